"""Keys about people, firms, times and durations, with questions that mean a key, not naming it.

The subject of a question stands in brackets where it changes places with the verb inside a longer
sentence: "When does [it] leave?" becomes "when it leaves".
"""

from __future__ import annotations

TABLE = """
driver | person | Who drives? / Who is driving? / Who is at the wheel? / Who drives the van?
/ Who takes the wheel? / Who sits at the wheel?
host | person | Who hosts? / Who is hosting? / Who receives the guests? / Who invites us?
/ Who welcomes the guests? / Whose guests are [we]?
seller | firm | Who sells it? / Who is selling? / From whom do [we] buy? / Who sold it?
/ Who is selling it?
buyer | firm | Who buys it? / Who is buying? / To whom is [it] sold? / Who bought it?
/ To whom do [we] sell it?
supplier | firm | Who supplies it? / Who delivers the goods? / Who supplies us?
/ Who provides the goods? / From whom do [we] get the goods?
author | person | Who wrote it? / Who wrote this? / By whom was [it] written?
/ Who is [the text] by? / Who put this into words? / Who did the writing?
contact | person | Whom should [I] contact? / Who can [I] talk to? / Whom do [I] ask?
/ Whom can [I] turn to? / Who answers questions?
manager | person | Who manages this? / Who is in charge? / Who leads the team?
/ Who runs the team? / Who manages the team? / Who heads the team?
teacher | person | Who teaches? / Who gives the lesson? / Who is teaching?
/ Who teaches the class? / Who gives the course?
speaker | person | Who speaks? / Who gives the talk? / Who is talking? / Who is speaking?
/ Whose talk is [it]?
patient | person | Who is being treated? / Who is ill? / Whom do [they] treat? / Who is sick?
/ Who came to be treated?
owner | person | Who owns it? / To whom does [it] belong? / Whose is [it]?
/ Who does [it] belong to?
/ Whose property is [it]? / Who bought and kept it?
inspector | person | Who inspects it? / Who checked it? / Who did the inspection?
/ Who inspected it? / By whom was [it] checked?
tenant | person | Who rents it? / Who lives there? / Who pays the rent? / Who rents the flat?
/ Who lives in the flat?
chairperson | person | Who chairs the meeting? / Who leads the meeting? / Who chairs?
/ Who opens and closes the meeting? / Who is in the chair?
landlord | person | Who lets the flat? / To whom do [we] pay the rent? / Who gets the rent?
/ Who lets the house? / From whom do [we] rent?
doctor | person | Who treats him? / Who treats her? / Who treats the patient?
/ Who examined him? / Who wrote the prescription?
architect | person | Who designed it? / Who planned the house? / Who drew the plans?
/ Who designed the house? / By whom was [the house] planned?
witness | person | Who saw it? / Who was there and saw it? / Who saw it happen?
/ Who can say what happened? / Who watched it happen?
winner | person | Who won? / Who came first? / Who got the prize? / Who took first place?
/ Who has won? / Who beat the others?
pilot | person | Who flies? / Who flies the plane? / Who is flying? / Who is in the cockpit?
captain | person | Who sails the ship? / Who commands the ship? / Who leads the crew?
/ Who has command on board?
judge | person | Who judges? / Who decides the case? / Who hears the case?
/ Who speaks the verdict? / Who passed the sentence?
/ Who sits in judgement? / Who ruled on it?
lawyer | person | Who defends her? / Who defends him in court? / Who speaks for him in court?
/ Who gives legal advice?
coach | person | Who trains the players? / Who trains the team? / Who coaches? / Who trains them?
referee | person | Who blows the whistle? / Who watches over the rules? / Who shows the red card?
/ Who leads the match?
editor | person | Who edits it? / Who edited it? / Who corrects the text? / Who edits the text?
translator | person | Who translates it? / Who translated it? / By whom was [it] translated?
/ Who put it into English? / Who is translating?
photographer | person | Who took the photos? / Who takes the pictures? / Who is behind the camera?
/ Who took the photo?
painter | person | Who painted it? / By whom was [it] painted? / Who is painting?
/ Who made the painting? / Whose painting is [it]?
composer | person | Who composed it? / Who wrote the music? / By whom is [the music]?
/ Who composed the music?
singer | person | Who sings? / Who sings the song? / Who is singing? / Whose voice is [it]?
cook | person | Who cooks? / Who cooks dinner? / Who is cooking? / Who makes the food?
/ Who prepares the meal?
guide | person | Who shows us around? / Who leads the tour? / Who guides us?
/ Who explains things on the tour?
nurse | person | Who cares for him? / Who looks after her? / Who gives him his pills?
/ Who looks after the patient?
/ Who changes the bandage? / Who works on the ward?
caretaker | person | Who looks after the house? / Who repairs things in the house?
/ Who keeps the house in order? / Who takes care of the building?
technician | person | Who repairs it? / Who fixes it? / Who repaired it? / Who is going to fix it?
/ Who comes for the repair?
/ Who gets it running again? / Who came to repair it?
accountant | person | Who does the books? / Who keeps the books? / Who does the accounts?
/ Who keeps the accounts?
mayor | person | Who governs the town? / Who runs the town? / Who leads the town council?
/ Who sits in the town hall?
applicant | person | Who applied? / Who applies for the job? / Who wants the job?
/ Who is applying? / Who applied for it?
/ Who sent in an application? / Who would like the job?
deputy | person | Who stands in? / Who stands in for the boss?
/ Who takes over when the boss is ill?
/ Who fills in for him?
sender | person | Who sent it? / From whom is [it]? / Who sends it? / By whom was [it] sent?
/ Who posted it?
recipient | person | Who receives it? / For whom is [it]? / Who gets it? / To whom is [it] sent?
/ Who is [it] sent to?
founder | person | Who founded it? / Who set it up? / By whom was [it] founded?
/ Who founded the firm? / Who started the company?
inventor | person | Who invented it? / By whom was [it] invented? / Whose invention is [it]?
/ Who had the idea for it? / Who thought it up?
bank | firm | Where is [the account] held? / With whom is [the account]?
/ Who holds the account? / Where is [our money] kept?
carrier | firm | Who carries it? / Who ships it? / Who transports it? / Who brings the parcel?
insurer | firm | Who insures it? / With whom is [it] insured? / Who pays for damage?
/ Who covers the damage?
publisher | firm | Who published it? / Who prints and sells the book? / Who publishes it?
/ By whom was [it] published? / Who brought the book out?
manufacturer | firm | Who makes it? / Who built it? / Who produces it? / Who made it?
/ By whom was [it] made? / Who manufactures it?
employer | firm | Who does [she] work for? / For whom does [he] work? / Who pays her salary?
/ Who gave him the job? / Where does [she] work?
/ Whom does [she] work for? / Who employs her?
sponsor | firm | Who sponsors it? / Who pays for it all? / Who gives the money?
/ Who sponsors the team? / Who funds it?
hotel | firm | Where do [we] sleep? / Where do [we] stay overnight? / Where does [she] stay?
/ Where do [we] spend the night? / Where are [the beds] booked?
/ Where will [we] sleep? / Where are [we] staying?
departure time | time | When does [it] leave? / When does [it] depart? / When do [we] leave?
/ When do [we] set off? / At what time does [it] leave? / When does [the train] leave?
arrival time | time | When does [it] arrive? / When do [we] arrive? / When will [it] be there?
/ At what time does [it] arrive? / When do [we] get there?
start time | time | When does [it] start? / When does [it] begin? / At what time do [we] start?
/ At what hour does [it] begin? / What time does [it] start?
closing time | time | When does [it] close? / Until when is [it] open? / When do [they] close?
/ What time does [the shop] close? / When does [the shop] close?
opening time | time | When does [it] open? / From when is [it] open? / When do [they] open?
/ What time does [the shop] open? / When does [the shop] open?
check-in time | time | When can [I] check in? / From when can [I] check in?
/ When may [we] check in? / At what time can [we] check in?
/ When is [check-in] open? / How early can [I] check in?
boarding time | time | When do [we] board? / When can [I] board? / When may [we] get on the plane?
/ When does [boarding] begin?
pick-up time | time | When will [I] be picked up? / When do [they] fetch us?
/ When does [the car] fetch us? / At what time are [we] picked up?
/ When does [the driver] fetch me? / When will [they] pick us up?
wake-up time | time | When do [we] get up? / When must [I] get up? / When does [the alarm] ring?
/ When do [they] wake us?
due date | date | When is [it] due? / By when must [it] be paid? / When do [I] have to pay?
/ By when do [I] have to pay? / Until when can [it] be paid?
delivery date | date | When will [it] be delivered? / When does [it] come? / When do [we] get it?
/ When is [it] delivered? / When will [the parcel] come?
invoice date | date | When was [it] invoiced? / When was [the bill] written?
/ When was [the invoice] written? / From when is [the bill]?
/ When was [the bill] made out? / When did [they] bill us?
order date | date | When was [it] ordered? / When did [we] order it? / When did [they] order?
/ When was [the order] placed?
/ When did [she] order it? / On which day was [it] ordered? / When did [you] order?
shipping date | date | When was [it] shipped? / When was [it] sent off? / When did [they] ship it?
/ When is [it] shipped?
/ On which day was [it] shipped? / When did [it] go out? / When was [the parcel] sent?
start date | date | On which day does [it] start? / On what day does [it] begin?
/ Which day does [it] start on? / From which day does [it] run?
/ On which day will [it] start? / From what day does [it] run?
end date | date | On which day does [it] end? / When is [it] over? / Until when does [it] last?
/ When does [it] end? / On what day is [it] over?
/ On which day is [it] over? / When will [it] end? / When does [the course] end?
expiry date | date | When does [it] expire? / Until when is [it] valid? / How long is [it] good?
/ When does [it] run out? / Until when can [I] use it?
birth date | date | When was [she] born? / When was [he] born? / When is [the birthday]?
/ When is [her birthday]? / On which day was [he] born?
/ On which day was [she] born? / When was [the child] born?
return date | date | When do [I] bring it back? / When must [it] be returned?
/ By when must [I] give it back? / When do [we] return it? / When is [it] to be given back?
meeting date | date | When do [we] meet? / On which day do [we] meet? / When is [the meeting]?
/ On what day is [the meeting]? / When do [they] meet?
wedding date | date | When do [they] marry? / When is [the wedding]?
/ When are [they] getting married?
/ On which day do [they] marry? / When did [they] marry?
/ On which day is [the wedding]? / When will [they] marry?
exam date | date | When is [the exam]? / When do [I] take the test? / When is [the test] written?
/ On which day is [the test]?
founding date | date | When was [it] founded? / When was [the firm] founded? / When was [it] set up?
/ Since when does [the firm] exist?
/ Since when has [it] existed? / When was [the club] founded? / When did [they] found it?
release date | date | When is [it] released? / When does [it] come out? / When was [it] released?
/ When will [the film] come out?
signing date | date | When was [it] signed? / When did [they] sign? / When is [it] to be signed?
/ On which day was [it] signed?
moving date | date | When do [we] move? / When do [they] move house? / When do [we] move out?
/ On which day do [we] move?
/ When will [we] move? / When are [they] moving?
duration | duration | How long does [it] take? / How long does [it] last? / How long will [it] take?
/ How long does [it] go on? / How much time does [it] take?
warranty | duration | How long is [it] covered? / How long do [they] guarantee it?
/ How long is [it] under guarantee? / For how long are [repairs] free?
/ How long does [the guarantee] last? / How long do [they] repair it for free?
notice period | duration | How long ahead must [I] cancel? / How early must [I] cancel?
/ How long before the end must [I] cancel? / How early do [we] have to cancel?
delivery time | duration | How long do [we] wait for it? / How soon does [it] come?
/ How long until it comes? / How long does [the parcel] take?
age | duration | How old is [it]? / How old is [he]? / How old is [she]? / How old are [they]?
/ How many years old is [it]? / How many years old is [she]? / How old is [the child]?
travel time | duration | How long is [the trip]? / How long is [the drive]?
/ How long do [we] drive?
/ How long are [we] on the road? / How long does [the journey] take?
cooking time | duration | How long must [it] cook? / How long does [it] cook?
/ How long is [it] boiled? / How long does [it] stay in the oven?
shelf life | duration | How long does [it] keep? / How long can [it] be stored?
/ How long does [it] stay fresh? / For how long can [we] keep it?
trial period | duration | How long can [I] try it? / How long may [I] test it for free?
/ For how long is [it] free? / How long can [we] test it?
/ How long is [the test] free? / How long may [we] try it?
repair time | duration | How long is [it] in repair? / How long do [they] need to fix it?
/ How long does [the repair] take? / How long is [it] in the workshop?
"""
