"""What a document can state something about: known keys with the questions people ask for them.

A key's own questions do not name it ("Who drives?"); they are split by their wording.
"""

from __future__ import annotations

from engine.evals.lists import lines_of, words_of

# key | kind of value | questions that mean it without saying it
_TABLE = """
driver | person | Who drives? / Who is driving? / Who is at the wheel? / Who drives the van?
host | person | Who hosts? / Who is hosting? / Who receives the guests? / Who invites us?
seller | firm | Who sells it? / Who is selling? / From whom do we buy? / Who sold it?
buyer | firm | Who buys it? / Who is buying? / To whom is it sold? / Who bought it?
supplier | firm | Who supplies it? / Who delivers the goods? / Who supplies us?
author | person | Who wrote it? / Who wrote this? / By whom was it written?
contact | person | Whom should I contact? / Who can I talk to? / Whom do I ask?
manager | person | Who manages this? / Who is in charge? / Who leads the team?
teacher | person | Who teaches? / Who gives the lesson? / Who is teaching?
speaker | person | Who speaks? / Who gives the talk? / Who is talking?
patient | person | Who is being treated? / Who is ill? / Whom does it concern?
owner | person | Who owns it? / To whom does it belong? / Whose is it?
inspector | person | Who inspects it? / Who checked it? / Who did the inspection?
tenant | person | Who rents it? / Who lives there? / Who pays the rent?
chairperson | person | Who chairs the meeting? / Who leads the meeting?
departure time | time | When does it leave? / When does it depart? / When do we leave?
arrival time | time | When does it arrive? / When do we arrive? / When will it be there?
start time | time | When does it start? / When does it begin? / At what time do we start?
closing time | time | When does it close? / Until when is it open? / When do they close?
check-in time | time | When can I check in? / From when can I check in?
due date | date | When is it due? / By when must it be paid? / When do I have to pay?
delivery date | date | When will it be delivered? / When does it come? / When do we get it?
invoice date | date | When was it invoiced? / When was the bill written?
start date | date | On which day does it start? / On what day does it begin?
end date | date | On which day does it end? / When is it over? / Until when does it last?
expiry date | date | When does it expire? / Until when is it valid? / How long is it good?
birth date | date | When was she born? / When was he born? / When is the birthday?
return date | date | When do I bring it back? / When must it be returned?
meeting date | date | When do we meet? / On which day do we meet? / When is the meeting?
total | amount | How much is it in all? / What do I owe? / How much altogether?
price | amount | How much does it cost? / What does it cost? / How much is it?
deposit | amount | How much is paid in advance? / What is to be left as security?
rent | amount | What does the flat cost a month? / How much is paid each month?
fee | amount | What do they charge? / How much do they charge? / What must I pay?
budget | amount | How much may we spend? / What can we spend? / How much money is there?
salary | amount | What does the job pay? / How much does she earn? / What does he earn?
discount | percentage | How much is taken off? / How much cheaper is it?
tax rate | percentage | How much tax is charged? / How high is the tax?
humidity | percentage | How humid is it? / How damp is the air?
order number | code | Which order is it? / Under which number was it ordered?
invoice number | code | Which invoice is it? / Which bill is this?
customer number | code | Which customer is it? / As whom are we registered?
serial number | code | Which device is it? / Which unit is it exactly?
tracking number | code | How can I track it? / With what can I trace the parcel?
booking code | code | How is the booking called? / Which booking is it?
door code | code | How do I open the door? / What do I type at the door?
licence plate | code | Which car is it? / What is on the plate?
part number | code | Which part is it? / Which part do I order?
flight | code | Which plane do we take? / On which plane is he?
batch number | code | Which batch is it? / From which batch is it?
weight | measure | How heavy is it? / How much does it weigh? / What does it weigh?
height | measure | How tall is it? / How high is it?
length | measure | How long is it? / How far does it reach?
width | measure | How wide is it? / How broad is it?
depth | measure | How deep is it? / How far down does it go?
distance | measure | How far is it? / How far away is it?
capacity | measure | How much fits in? / How much does it hold?
volume | measure | How big is it inside? / How much space does it take?
power | measure | How strong is the motor? / How much power does it have?
quantity | number | How many are there? / How many do we get? / How many were ordered?
number of guests | number | How many people come? / How many guests are there?
number of pages | number | How long is the book? / How many pages does it have?
population | number | How many people live there? / How many live in the town?
mileage | number | How far has it been driven? / How many miles has it done?
delivery address | address | Where will it be delivered? / Where does it go? / Where to?
venue | phrase | Where does it take place? / Where do we meet? / Where is it held?
destination | town | Where does it go to? / Where are they going? / Where is it bound for?
origin | town | Where does it come from? / Where was it made?
birthplace | town | Where was she born? / Where was he born?
address | address | Where do they live? / Where is the house? / Where is the office?
room | room | Where do I have to go? / Behind which door is it?
seat | room | Where do I sit? / Where is she sitting?
platform | room | Where does the train leave from? / Where do I board?
key place | phrase | Where do I find the key? / Where is the key hidden?
storage place | phrase | Where is it kept? / Where do we keep it? / Where is it stored?
meeting point | phrase | Where do we gather? / Where shall we wait?
phone number | phone | How can I call them? / How do I reach them? / Where can I call?
fax number | phone | Where do I send a fax? / Where can I fax it?
e-mail | email | Where can I write to? / How do I write to them?
support address | email | Who helps by mail? / Where do I write for help?
duration | duration | How long does it take? / How long does it last?
warranty | duration | How long is it covered? / How long do they guarantee it?
notice period | duration | How long ahead must I cancel? / How early must I cancel?
delivery time | duration | How long do we wait for it? / How soon does it come?
age | duration | How old is it? / How old is he? / How old is she?
colour | word | What does it look like? / Which paint was used?
material | word | What is it made of? / From what is it made?
status | word | How far along is it? / How does it stand?
password | word | How do I log in? / What do I type to log in?
project | word | What are we working on? / What is it all for?
product | phrase | What was ordered? / What did they buy? / What is sold?
subject | phrase | What is it about? / What does it deal with?
dish | phrase | What is there to eat? / What is served?
prize | phrase | What can I win? / What does the winner get?
hobby | phrase | What does she do for fun? / What does he like to do?
reason | phrase | Why was it done? / What caused it?
bank | firm | Where is the account held? / With whom is the account?
carrier | firm | Who carries it? / Who ships it? / Who transports it?
insurer | firm | Who insures it? / With whom is it insured?
landlord | person | Who lets the flat? / To whom do we pay the rent?
doctor | person | Who treats him? / Who treats her?
architect | person | Who designed it? / Who planned the house?
witness | person | Who saw it? / Who was there and saw it?
winner | person | Who won? / Who came first? / Who got the prize?
"""

KNOWN: dict[str, tuple[str, tuple[str, ...]]] = {
    key.strip(): (kind.strip(), tuple(q.strip() for q in questions.split("/")))
    for key, kind, questions in (line.split("|") for line in _TABLE.strip().splitlines())
}

# Endings of composed keys: "garden code", "spare garden code"; overlap between them is meant.
TAILS = words_of(
    """
    number code name date time price place colour size weight type model level limit rate fee
    address contact owner order status team room speed length count label version grade target
    """
)

# With the literal key at {k}. The wordings of one split never appear in the other.
ASKED_TRAIN = lines_of(
    """
    What is the {k}?
    What's the {k}?
    Which {k} is given?
    Which {k} does it say?
    What {k} is stated?
    Tell me the {k}.
    Please tell me the {k}.
    Give me the {k}.
    I need the {k}.
    I am looking for the {k}.
    {K}?
    {k}
    {k} please
    The {k}, please.
    And the {k}?
    Can you find the {k}?
    Could you tell me the {k}?
    Do you know the {k}?
    What does it say about the {k}?
    What is written as the {k}?
    According to the document, what is the {k}?
    What is the {k} in this document?
    Look up the {k}.
    Find the {k}.
    Show me the {k}.
    How is the {k} given?
    Name the {k}.
    Is there a {k}? What is it?
    Read me the {k}, please.
    what is the {k}
    Then what is the {k}?
    Now the {k}.
    Also tell me the {k}.
    What about the {k}?
    Who or what is the {k}?
    """
)

ASKED_HELD_OUT = lines_of(
    """
    Could you look up the {k} for me?
    May I have the {k}?
    I would like to know the {k}.
    What is the {k} here?
    Please find the {k}.
    Can you tell me what the {k} is?
    And what is the {k}?
    What is the {k}, please?
    Please give me the {k}.
    What would be the {k}?
    """
)
