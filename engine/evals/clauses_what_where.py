"""Keys about money, numbers, measures, places and things, with questions that only mean them.

Brackets as in the table of people and times.
"""

from __future__ import annotations

TABLE = """
total | amount | How much is [it] in all? / What do [I] owe? / How much altogether?
/ How much is [it] altogether? / What does [it] come to? / What does [everything] cost together?
price | amount | How much does [it] cost? / What does [it] cost? / How much is [it]?
/ What will [it] cost? / How expensive is [it]? / What do [they] want for it?
deposit | amount | How much is paid in advance? / What is to be left as security?
/ How much is held as security? / What do [we] pay in advance?
rent | amount | What does [the flat] cost a month? / How much is paid each month?
/ What do [we] pay for the flat? / How much does [the room] cost a month?
fee | amount | What do [they] charge? / How much do [they] charge? / What must [I] pay?
/ What is charged? / How much is charged for it?
budget | amount | How much may [we] spend? / What can [we] spend? / How much money is there?
/ How much money do [we] have for it? / How much are [we] allowed to spend?
salary | amount | What does [the job] pay? / How much does [she] earn? / What does [he] earn?
/ How much does [he] earn? / What is [she] paid?
bonus | amount | What is paid on top? / How much extra do [I] get? / What do [they] pay on top?
/ How much comes on top?
/ How much more is paid at the end of the year? / What is added to the salary?
fine | amount | What does [speeding] cost? / What do [I] pay for parking there?
/ How much is [the ticket] for speeding? / How much do [I] pay as a punishment?
/ What do [I] pay for driving too fast? / How much is paid as a punishment?
balance | amount | How much is in the account? / How much money is left?
/ What is left in the account?
/ How much is left?
/ How much does [the account] hold? / What do [we] still have? / How much do [we] still have?
shipping cost | amount | What does [sending it] cost? / How much is [the postage]?
/ What does [the postage] come to? / How much does [shipping] cost?
loan | amount | How much was borrowed? / How much did [they] borrow? / How much did [we] borrow?
/ How much money was lent?
donation | amount | How much was given? / How much did [they] give? / How much did [she] give?
/ What did [they] give for charity?
discount | percentage | How much is taken off? / How much cheaper is [it]?
/ How much do [I] save? / How much less do [I] pay?
/ How much is saved? / How much lower is [the price]? / How much do [they] take off?
tax rate | percentage | How much tax is charged? / How high is [the tax]? / How much tax is there?
/ What share goes to the state?
/ How much tax do [I] pay? / How much is taxed away?
humidity | percentage | How humid is [it]? / How damp is [the air]? / How damp is [it]?
/ How humid is [the air]? / How much water is in the air?
/ How wet is [the air]? / How moist is [it]?
interest rate | percentage | How much interest is paid? / How much interest do [we] get?
/ How high is [the interest]? / What does [the bank] charge for the loan?
/ How much interest do [I] pay? / How much interest does [it] bring?
commission | percentage | What does [the agent] keep? / How much does [the agent] get?
/ What share does [the agent] take? / How much goes to the agent?
battery level | percentage | How full is [the battery]? / How much battery is left?
/ How far is [it] charged? / How charged is [it]?
/ How much charge is left? / How full is [the phone]?
order number | code | Which order is [it]? / Under which number was [it] ordered?
/ Which order is this? / Under what number did [we] order?
invoice number | code | Which invoice is [it]? / Which bill is this? / Which bill is [it]?
/ Which invoice is this?
customer number | code | Which customer is [it]? / As whom are [we] registered?
/ Under which number do [they] know us? / Which customer is this?
serial number | code | Which device is [it]? / Which unit is [it] exactly?
/ Which device exactly is this? / What is engraved on the device?
tracking number | code | How can [I] track it? / With what can [I] trace the parcel?
/ How can [I] follow the parcel? / With what number can [I] follow it?
booking code | code | How is [the booking] called? / Which booking is [it]?
/ Under what code did [we] book? / Which booking is this?
door code | code | How do [I] open the door? / What do [I] type at the door?
/ What opens the door? / How do [we] get in? / What must [I] enter at the door?
licence plate | code | Which car is [it]? / What is on the plate? / How can [I] know the car?
/ Which car is his? / What stands on the plate?
part number | code | Which part is [it]? / Which part do [I] order? / Which part is this?
/ Which spare part is needed?
flight | code | Which plane do [we] take? / On which plane is [he]? / Which plane is [it]?
/ On which plane is [she]? / With which plane do [they] come?
batch number | code | Which batch is [it]? / From which batch is [it]? / Which batch is this?
/ In which batch was [it] made?
/ What batch is [it]? / With which batch was [it] made?
contract number | code | Which contract is [it]? / Under which contract does [it] fall?
/ Which contract is this? / Which contract do [we] mean?
/ What contract is [it]? / Which contract did [they] sign?
case number | code | Which case is [it]? / Which case is this? / Under which file is [it]?
/ Under what file does [the court] keep it?
passport number | code | Which passport is [it]? / What is printed in the passport?
/ Which passport does [she] have? / Which passport is this?
coupon code | code | How do [I] get the discount? / What do [I] type to pay less?
/ What do [I] enter for the discount? / How do [I] redeem the voucher?
train | code | Which train do [we] take? / Which train is [it]? / On which train is [she]?
/ With which train does [he] come?
locker | room | Where are [my things] locked up? / Where can [I] lock up my things?
/ Where do [I] leave my bag? / In which box are [the bags]?
/ Where are [the bags] locked up? / Where can [I] leave my bag?
weight | measure | How heavy is [it]? / How much does [it] weigh? / What does [it] weigh?
/ How heavy are [they]? / How much do [they] weigh?
height | measure | How tall is [it]? / How high is [it]? / How high does [it] reach?
/ How tall are [they]? / How high up does [it] go?
length | measure | How long is [it]? / How far does [it] reach? / How long is [the side]?
/ How long are [they]? / How long is [the piece]?
width | measure | How wide is [it]? / How broad is [it]? / How wide are [they]?
/ How broad are [they]?
depth | measure | How deep is [it]? / How far down does [it] go? / How deep does [it] go?
/ How deep is [the water]?
thickness | measure | How thick is [it]? / How thin is [it]? / How thick are [they]?
/ How thick is [the wall]?
distance | measure | How far is [it]? / How far away is [it]? / How far do [we] have to go?
/ How far apart are [they]?
/ How far is [the way]? / How far off is [it]?
capacity | measure | How much fits in? / How much does [it] hold? / How much goes in?
/ How much can [it] hold? / How much can [we] put in?
volume | measure | How big is [it] inside? / How much space does [it] take?
/ How much room does [it] take? / How big is [the inside]?
power | measure | How strong is [the motor]? / How much power does [it] have?
/ How powerful is [it]? / How strong is [it]?
/ How powerful is [the engine]? / How strong is [the engine]?
fuel use | measure | How much fuel does [it] burn? / How thirsty is [the car]?
/ How much does [the car] drink? / How much fuel does [it] need?
quantity | number | How many are [there]? / How many do [we] get? / How many were ordered?
/ How many pieces are [there]? / How many did [we] order? / How many pieces do [we] need?
number of guests | number | How many people come? / How many guests are [there]?
/ How many people are coming? / How many guests come?
number of pages | number | How long is [the book]? / How many pages does [it] have?
/ How many pages are [there]? / How many pages must [I] read?
number of rooms | number | How many rooms are [there]? / How many rooms does [it] have?
/ How many rooms does [the flat] have? / How many rooms do [we] get?
/ How many rooms does [the house] have? / How many rooms are in the house?
number of copies | number | How many copies are [there]? / How many were printed?
/ How many copies were printed? / How many copies do [we] need?
number of seats | number | How many can sit? / How many people can sit down?
/ For how many is [there] room? / How many chairs are [there]?
number of errors | number | How many mistakes are [there]? / How often did [it] fail?
/ How many mistakes were made? / How much went wrong?
staff | number | How many people work there? / How many work there?
/ How many people do [they] employ?
/ How many are employed?
population | number | How many people live there? / How many live in the town?
/ How many people live in the town? / How big is [the town]?
mileage | number | How far has [it] been driven? / How many miles has [it] done?
/ How far has [the car] gone? / How many miles has [the car] done?
delivery address | address | Where will [it] be delivered? / Where does [it] go? / Where to?
/ Where do [they] bring it? / Where should [it] be delivered? / Where do [they] deliver?
return address | address | Where do [I] send it back? / Where must [it] be sent back?
/ Where can [I] send it back? / Where do [returns] go?
invoice address | address | Where is [the bill] sent? / Where does [the bill] go?
/ Where do [I] send the bill? / Where do [bills] go?
address | address | Where do [they] live? / Where is [the house]? / Where is [the office]?
/ Where does [she] live? / Where does [he] live?
venue | phrase | Where does [it] take place? / Where do [we] meet? / Where is [it] held?
/ Where will [it] take place? / Where is [the event]?
destination | town | Where does [it] go to? / Where are [they] going? / Where is [it] bound for?
/ Where do [we] travel to? / Where does [the trip] end?
origin | town | Where does [it] come from? / Where was [it] made? / Where is [it] from?
/ Where do [they] come from?
/ Where is [she] from? / Where is [he] from? / Where does [she] come from?
birthplace | town | Where was [she] born? / Where was [he] born? / In which town was [she] born?
/ In which town was [he] born?
room | room | Where do [I] have to go? / Behind which door is [it]? / Which door is [it]?
/ Which door do [I] take?
seat | room | Where do [I] sit? / Where is [she] sitting? / Where does [he] sit?
/ Which place is mine? / Where are [we] sitting?
platform | room | Where does [the train] leave from? / Where do [I] board?
/ Where does [the train] stop? / Where does [the train] come in?
parking space | room | Where do [I] park? / Where is [the car] parked? / Where can [I] park?
/ Where do [we] leave the car? / Where is [the car]?
key place | phrase | Where do [I] find the key? / Where is [the key] hidden?
/ Where is [the key]? / Where do [they] hide the key?
storage place | phrase | Where is [it] kept? / Where do [we] keep it? / Where is [it] stored?
/ Where do [they] store it? / Where does [it] lie?
meeting point | phrase | Where do [we] gather? / Where shall [we] wait?
/ Where do [we] come together?
/ Where should [we] gather?
entrance | phrase | Where do [I] go in? / Where can [we] get in? / Where do [guests] enter?
/ Through which door do [we] enter?
phone number | phone | How can [I] call them? / How do [I] reach them? / Where can [I] call?
/ How can [I] reach them by phone? / What do [I] dial?
fax number | phone | Where do [I] send a fax? / Where can [I] fax it?
/ How can [I] fax them? / Where does [the fax] go?
emergency number | phone | Whom do [I] call in an emergency? / What do [I] dial when it burns?
/ Who helps in an emergency? / What do [I] dial in an emergency?
e-mail | email | Where can [I] write to? / How do [I] write to them?
/ How can [I] mail them? / Where do [I] send a mail?
/ How can [I] write to them? / Where should [I] write to?
support address | email | Who helps by mail? / Where do [I] write for help?
/ Where do [I] get help by mail? / Where can [I] write when it fails?
colour | word | What does [it] look like? / Which paint was used? / How is [it] painted?
/ In what paint is [it]?
/ How are [they] painted? / What paint does [it] have?
material | word | What is [it] made of? / From what is [it] made? / What are [they] made of?
/ Of what does [it] consist?
status | word | How far along is [it]? / How does [it] stand? / How far is [the work]?
/ How do [things] stand? / How is [it] going?
password | word | How do [I] log in? / What do [I] type to log in? / What do [I] need to log in?
/ With what can [I] log in?
project | word | What are [we] working on? / What is [it] all for? / What are [they] working on?
/ What does [the team] work on?
language | word | What do [they] speak? / How do [they] talk to each other?
/ What does [she] speak? / In what tongue is [it] written?
/ What does [he] speak? / What is spoken there?
flavour | word | What does [it] taste like? / What does [it] taste of? / How does [it] taste?
/ What do [they] taste like?
/ How do [they] taste? / What is [it] flavoured with?
shape | word | What form does [it] have? / How is [it] formed? / In what form is [it]?
/ What does [its outline] look like?
/ What form do [they] have? / How is [it] shaped?
nickname | word | What do [friends] call her? / What do [friends] call him?
/ How do [friends] call him? / What is [she] called by friends?
currency | word | What money do [they] use? / With what money do [we] pay?
/ In what money is [it] paid? / Which money is used?
product | phrase | What was ordered? / What did [they] buy? / What is sold?
/ What did [we] order? / What is on offer?
subject | phrase | What is [it] about? / What does [it] deal with? / What is [the text] about?
/ What do [they] talk about?
dish | phrase | What is there to eat? / What is served? / What do [we] eat?
/ What is for dinner? / What do [they] serve?
prize | phrase | What can [I] win? / What does [the winner] get? / What is there to win?
/ What can [we] win?
/ What will [I] win? / What did [she] win?
gift | phrase | What do [we] give her? / What does [he] get for his birthday?
/ What do [we] give him? / What does [she] get as a present?
hobby | phrase | What does [she] do for fun? / What does [he] like to do?
/ What does [she] like to do? / What does [he] do for fun?
reason | phrase | Why was [it] done? / What caused it? / Why did [it] happen?
/ Why did [they] do it? / How did [it] come about?
/ Why did [she] do it? / Why does [it] happen?
problem | phrase | What is wrong? / What does not work? / What went wrong? / What is broken?
goal | phrase | What do [we] want to reach? / What are [they] after? / What do [they] want?
/ What do [we] aim for?
/ What should be reached? / What do [we] hope for?
"""
