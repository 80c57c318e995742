"""Functions that people really offer an assistant, with requests that often do not name them.

Both splits know the functions; a checksum divides the requests.
"""

from __future__ import annotations

from engine.evals.items import Split, belongs
from engine.evals.lists import lines_of, words_of
from engine.evals.tool_parameters import Parameter

# name | description | parameters, name:kind or name=options, with "?" if optional | requests
_TABLE = """
get_weather | Get the weather of a city. | city:town day?:date unit?=celsius,fahrenheit
| What is the weather in {city}? / What's the weather like in {city} on {day}?
/ How warm is it in {city}? / Will it rain in {city} on {day}? / weather in {city}
/ Is it cold in {city}? / How is the weather in {city}? / Do I need a coat in {city} on {day}?
/ Weather for {city} in {unit}, please. / How many degrees {unit} are there in {city}?
/ Tell me the weather in {city} for {day} in {unit}. / Is it sunny in {city}?
/ What will the weather in {city} be on {day}? / How hot does it get in {city} on {day}?
set_alarm | Set an alarm. | time:time day?:date label?:phrase
| Wake me at {time}. / Wake me up at {time} on {day}. / Set an alarm for {time}.
/ I have to get up at {time}. / Please set an alarm for {time} on {day}.
/ Set an alarm at {time} called {label}. / Ring at {time}. / Let it ring at {time}, {label}.
/ I want to sleep until {time}. / alarm at {time} / Can you wake me at {time}?
/ Please get me out of bed at {time} on {day}. / Alarm for {time} named {label}, please.
set_timer | Start a timer. | minutes:integer label?:phrase
| Set a timer for {minutes} minutes. / Tell me when {minutes} minutes are over.
/ Count down {minutes} minutes. / timer {minutes} minutes / Start a timer of {minutes} minutes.
/ Give me {minutes} minutes for {label}. / {minutes} minutes from now, please.
/ Set a {minutes} minute timer called {label}. / I need a timer for {minutes} minutes.
/ Let me know after {minutes} minutes. / Timer for {label}: {minutes} minutes.
convert_currency | Convert money between currencies. | value:number source=EUR,USD,GBP,CHF,JPY,PLN
target=SEK,NOK,DKK,CZK,INR,CAD | How much is {value} {source} in {target}?
/ Convert {value} {source} to {target}. / What are {value} {source} in {target}?
/ {value} {source} in {target} / Change {value} {source} into {target}, please.
/ I have {value} {source}. How many {target} is that?
/ How many {target} do I get for {value} {source}?
/ What is {value} {source} worth in {target}? / Turn {value} {source} into {target}.
send_email | Send an e-mail. | to:email subject?:phrase body:text
| Write to {to}: {body} / Send an e-mail to {to} saying {body}. / Mail {body} to {to}.
/ Send {to} an e-mail about {subject} that says {body}. / Tell {to} {body} by e-mail.
/ E-mail {to}, subject {subject}, text {body}. / Let {to} know by mail: {body}
/ Please mail {to} with the subject {subject}: {body} / Drop a line to {to}: {body}
/ Could you send {body} to {to}? / Answer {to} with {body}. / Send {to} this: {body}
send_message | Send a text message to a person. | to:person text:text
| Tell {to} {text}. / Text {to}: {text} / Let {to} know: {text} / Send {to} a message: {text}
/ Message {to} {text}. / Can you tell {to} {text}? / Say {text} to {to}.
/ Please write {to} that {text}. / Write {text} to {to}. / Inform {to}: {text}
/ Send the message {text} to {to}. / Text {text} to {to}, please.
add_contact | Save a person's address. | name:person phone?:phone email?:email
| Save {name} with the number {phone}. / {name} has the number {phone}, keep it.
/ Add {name} to my contacts, {email}. / Note that {name} is reached at {phone}.
/ New contact: {name}, {phone}, {email} / Remember the e-mail of {name}: {email}
/ Put {name} into my contacts. / {name} can be mailed at {email}, save that.
/ Please keep {phone} as the number of {name}. / Store {name} and {email} in the contacts.
find_train | Find a train. | origin:town destination:town date?:date time?:time
| When is there a train from {origin} to {destination}?
/ How do I get from {origin} to {destination} by train? / Trains from {origin} to {destination}
/ I want to go from {origin} to {destination} on {date}.
/ Next train to {destination} from {origin}?
/ Is there a train from {origin} to {destination} at {time}?
/ I travel to {destination} on {date}, leaving {origin} at {time}. Which train is there?
/ Find me a train to {destination} from {origin}. / By rail from {origin} to {destination} on {date}
/ Which train goes to {destination} from {origin} on {date}?
book_flight | Book a flight. | origin:town destination:town date:date seats?:integer
| Book me a flight from {origin} to {destination} on {date}.
/ I want to fly from {origin} to {destination} on {date}.
/ Fly me to {destination} from {origin} on {date}.
/ We need {seats} seats on the plane from {origin} to {destination} on {date}.
/ {seats} seats from {origin} to {destination} by air on {date}, please.
/ Get me on a plane to {destination} on {date}, leaving {origin}.
/ A flight to {destination} on {date} from {origin}, please.
/ Reserve {seats} seats to {destination} from {origin} by plane on {date}.
book_table | Book a table in a restaurant. | people:integer time:time date?:date name?:person
| A table for {people} at {time}, please. / We want to eat out at {time}, {people} people.
/ Book a table for {people} on {date} at {time}. / Dinner for {people} at {time} on {date}.
/ Reserve a table at {time} for {people} in the name of {name}.
/ Get us a table at {time}, we are {people}. / {name} needs a table for {people} at {time}.
/ Can we have a table for {people} on {date} at {time}? / Table for {people}, {time}, for {name}
create_event | Put an event in the calendar. | title:phrase date:date time?:time place?:town
| Put {title} in my calendar for {date}. / {title} is on {date} at {time}, note it.
/ I have {title} on {date}. / Add {title} to the calendar on {date} at {time}.
/ On {date} there is {title} in {place}. / Plan {title} for {date} at {time} in {place}.
/ New appointment: {title}, {date}, {time} / Enter {title} on {date}, please.
/ Schedule {title} on {date}. / Mark {date} for {title}.
/ My calendar should have {title} on {date}.
add_reminder | Remind the user of something. | text:text date?:date time?:time
| Remind me of {text} at {time}. / Do not let me forget {text}. / Remind me about {text} on {date}.
/ I must not forget {text}. / I have to think of {text} at {time} on {date}.
/ Please remind me: {text} / Reminder at {time}: {text} / On {date} remind me of {text}.
/ Nudge me about {text} at {time}. / Help me remember {text}. / Bring {text} to my mind on {date}.
add_task | Add to the list of things to do. | title:phrase due?:date priority?=low,medium,high
| I have to do {title} by {due}. / Put {title} on my list. / New task: {title}
/ To do: {title}, {priority} / Add {title} to my to-do list. / {title} must be done by {due}.
/ Note {title} as a task of {priority} priority. / On my list: {title}, due {due}
/ Add the task {title} with {priority} priority, due {due}. / Another thing to do: {title}
take_note | Write a note down. | text:text title?:phrase
| Note down {text}. / Write this down: {text} / Take a note: {text} / Keep in mind that {text}.
/ Make a note of {text}. / Note to self: {text} / Jot down {text}. / Write a note saying {text}.
/ Please put {text} in my notes. / Save the note {text} as {title}. / Note called {title}: {text}
search_web | Search the internet. | query:phrase count?:integer
| Search for {query}. / Google {query}. / Look up {query} on the internet.
/ What is known about {query}?
/ Find pages about {query}. / Search the web for {query}. / Find {count} pages about {query}.
/ Give me {count} results for {query}. / Find out about {query} online. / web search {query}
/ What does the internet say about {query}? / I am looking for {query} online.
translate_text | Translate a text. | text:text target=German,French,Spanish,Polish,Italian,Dutch
| Translate {text} into {target}. / What is {text} in {target}? / How do you say {text} in {target}?
/ Say {text} in {target}. / {text} in {target}, please. / What does {text} mean in {target}?
/ I need {text} in {target}. / Put {text} into {target}. / What would {text} be in {target}?
/ Give me the {target} for {text}. / Please give me {text} in {target}.
play_song | Play music. | title:phrase artist?:person volume?:integer
| Play {title}. / Play {title} by {artist}. / I want to hear {title}. / Put on {title} by {artist}.
/ Let me listen to {title}. / Some music: {title} / Play {title} at volume {volume}.
/ Can you play {title} by {artist} at volume {volume}? / Start the song {title}.
/ {artist} sings {title}, play it. / I feel like hearing {title} now.
switch_light | Switch the light of a room. | place:room on:boolean
| Switch [on/off] the light in {place}. / Light [on/off] in {place}.
/ Turn the light [on/off] in {place}. / Turn [on/off] the lamp in {place}, please.
/ Please switch the light in {place} [on/off]. / The light in {place} should be [on/off].
/ I want the light [on/off] in {place}. / Lights [on/off] in {place}!
set_heating | Set the heating of a room. | degrees:integer place?:room
| Make it {degrees} degrees in {place}. / Set the heating to {degrees} degrees.
/ Heat {place} to {degrees} degrees. / I want it to be {degrees} degrees warm.
/ {degrees} degrees in {place}, please. / Turn the heating to {degrees} in {place}.
/ The heating should be at {degrees}. / Bring {place} to {degrees} degrees.
/ Warm up {place} to {degrees} degrees. / Set it to {degrees} degrees.
track_parcel | Say where a parcel is. | number:code
| Where is my parcel {number}? / Where is {number} now? / When does the parcel {number} come?
/ Track {number}. / Has the parcel {number} been sent? / Find my parcel, number {number}.
/ parcel {number} / What about my parcel {number}? / How far is my parcel {number}?
/ I am waiting for the parcel {number}. / Where did you leave my parcel {number}?
get_route | Find the way between two places. | origin:town destination:town mode?=car,bike,foot,bus
| How do I get from {origin} to {destination} by {mode}?
/ Show me the way from {origin} to {destination}.
/ Which way is it to {destination} from {origin}? / Route from {origin} to {destination} by {mode}
/ How far is {destination} from {origin} by {mode}?
/ I want to find my way from {origin} to {destination}.
/ Take me to {destination} from {origin}. / Directions to {destination} from {origin}, by {mode}
/ What is the best way from {origin} to {destination}? / Lead me from {origin} to {destination}.
get_stock_price | Get the price of a company's shares. | company:firm
| What are shares of {company} worth? / How much is a share of {company}? / Share price of {company}
/ How does {company} do at the stock market? / What is {company} trading at?
/ Look up the stock of {company}. / How are the shares of {company}?
/ What does one {company} share cost?
/ Stock price of {company}, please. / Check the shares of {company}.
transfer_money | Transfer money to a person. | to:person euros:number text?:phrase
| Send {euros} euros to {to}. / Pay {to} {euros} euros. / Give {to} {euros} euros for {text}.
/ Transfer {euros} euros to {to}, {text}.
/ Wire {euros} euros to {to}. / Please pay {euros} euros to {to} for {text}.
/ Let {to} have {euros} euros. / Move {euros} euros to the account of {to}.
read_file | Read a file. | path:file
| What is in {path}? / Open {path}. / Show me {path}. / Read {path}. / What does {path} say?
/ Print what is in {path}. / Let me see {path}. / Give me the text of {path}. / cat {path}
/ Please read the file {path}. / I want to see {path}. / What stands in the file {path}?
write_file | Write a text to a file. | path:file text:text
| Write {text} to {path}. / Save {text} as {path}. / Put {text} into {path}.
/ Create {path} with the text {text}. / Store {text} in {path}. / {path} should say {text}.
/ Make a file {path} that says {text}. / Fill {path} with {text}. / I want {text} in {path}.
/ Please write {text} into the file {path}. / Save {text} under {path}.
list_files | List the files of a folder. | folder:folder ending?=pdf,txt,png,csv,md
| Which files are in {folder}? / What is in the folder {folder}? / Show me the files in {folder}.
/ List {folder}. / ls {folder} / Are there {ending} files in {folder}? / What do I have in {folder}?
/ List the {ending} files of {folder}. / Which {ending} files does {folder} hold?
/ Look into the folder {folder}. / Tell me what {folder} contains. / Any {ending} in {folder}?
calculate | Work out a sum. | expression:sum
| What is {expression}? / Calculate {expression}. / How much is {expression}? / {expression}
/ Work out {expression}. / {expression} = ? / Please calculate {expression}.
/ Can you work out {expression}? / What does {expression} make? / What do I get for {expression}?
order_pizza | Order a pizza. | size=small,medium,large topping:word address?:street
| A {size} pizza with {topping}, please. / I want a {size} pizza with {topping}.
/ Order a {size} {topping} pizza. / Send a {size} pizza with {topping} to {address}.
/ Get me a pizza, {size}, with {topping}. / {size} pizza, {topping}, to {address}
/ Let us eat a {size} pizza with {topping}. / One pizza with {topping}, {size}, please.
/ Can I have a {size} pizza with {topping} at {address}? / I am hungry: {size} pizza with {topping}.
find_recipe | Find a recipe. | ingredients:list minutes?:integer
| What can I cook with {ingredients}? / Find a recipe with {ingredients}.
/ I have {ingredients}. What can I cook?
/ What can be cooked from {ingredients} in {minutes} minutes?
/ Dinner with {ingredients} in {minutes} minutes? / recipe with {ingredients}
/ Something to eat made of {ingredients}, please. / Which dish needs {ingredients}?
/ I want to cook {ingredients} in {minutes} minutes. / A recipe for {ingredients}, please.
call_taxi | Call a taxi. | pickup:street time?:time
| I need a taxi at {pickup}. / Send a taxi to {pickup} at {time}. / A cab to {pickup}, please.
/ Pick me up at {pickup}. / Get me a cab at {time} from {pickup}. / Taxi from {pickup} at {time}
/ Can a taxi come to {pickup}? / I am at {pickup} and need a taxi. / Please call a taxi to {pickup}.
look_up_word | Explain a word. | word:word language?=English,German,French,Spanish
| What does {word} mean? / Define {word}. / Explain the word {word}.
/ What is the meaning of {word}?
/ What does the {language} word {word} mean? / Look up {word} in the {language} dictionary.
/ meaning of {word} / Tell me what {word} means.
/ Is there a {language} word {word}? What does it mean?
/ I do not understand the word {word}. / How would you explain {word}?
find_restaurant | Find a place to eat. | city:town food?=Italian,Indian,Greek,Thai,Turkish
| Where can I eat in {city}? / Is there {food} food in {city}? / Find a {food} restaurant in {city}.
/ I am hungry and in {city}. / A good place to eat in {city}? / Where do they cook {food} in {city}?
/ Restaurants in {city}, please. / I would like {food} food in {city}. / {food} restaurant in {city}
/ Where is a nice {food} place in {city}? / Somewhere to eat in {city}, {food}
call_person | Call a person by phone. | name:person
| Call {name}. / Ring {name}. / Phone {name}, please. / I want to talk to {name}.
/ Get {name} on the phone. / Can you call {name}? / Give {name} a ring. / Dial {name}.
/ Connect me with {name}. / I need to speak to {name}. / Put me through to {name}.
get_time | Get the time of day in a city. | city:town
| What time is it in {city}? / How late is it in {city}? / time in {city} / Is it night in {city}?
/ Tell me the time in {city}. / What is the time in {city} now? / What do the clocks in {city} say?
/ What time do they have in {city}? / The time in {city}, please. / How late is it now in {city}?
book_hotel | Book a room in a hotel. | city:town nights:integer date?:date name?:person
| I need a hotel in {city} for {nights} nights.
/ Book a hotel in {city}, {nights} nights from {date}.
/ We want to stay {nights} nights in {city}. / A hotel room in {city} on {date} for {nights} nights.
/ Find {name} a bed in {city} for {nights} nights. / {nights} nights in {city}, please.
/ Somewhere to sleep in {city} for {nights} nights. / Hotel for {name} in {city}, {nights} nights
/ I will be in {city} for {nights} nights from {date} and need a room.
"""

# Functions of one line may serve the same wish, so they are never on offer together.
_NEAR = lines_of(
    """
    set_alarm set_timer create_event add_reminder add_task take_note
    send_email send_message call_person add_contact
    find_train book_flight get_route call_taxi
    book_table order_pizza find_recipe find_restaurant book_hotel
    look_up_word translate_text search_web
    read_file write_file list_files
    convert_currency calculate transfer_money get_stock_price
    switch_light set_heating
    """
)


def _rows() -> list[list[str]]:
    joined = _TABLE.replace("\n/ ", " / ").replace("\n| ", " | ").replace("\ntarget=", " target=")
    return [[cell.strip() for cell in row.split(" | ")] for row in joined.strip().splitlines()]


def _parameter(text: str) -> Parameter:
    name, _, options = text.partition("=")
    name, _, kind = name.partition(":")
    plain = name.removesuffix("?")
    values = tuple(options.split(",")) if options else ()
    return Parameter(plain, kind or "enum", plain, (), values, required=plain == name)


# Names of functions, with their descriptions, parameters and requests.
EVERYDAY: dict[str, tuple[str, tuple[Parameter, ...], tuple[str, ...]]] = {
    name: (described, tuple(_parameter(p) for p in words_of(given)), tuple(asked.split(" / ")))
    for name, described, given, asked in _rows()
}


def requests_of(name: str, split: Split) -> tuple[str, ...]:
    """Return the requests for a function that belong to the split."""
    return tuple(form for form in EVERYDAY[name][2] if belongs(form, split))


def near(name: str, other: str) -> bool:
    """Whether a wish for one of two functions may be met by the other."""
    if name == other or "search_web" in (name, other):
        return True
    return any(name in line.split() and other in line.split() for line in _NEAR)
