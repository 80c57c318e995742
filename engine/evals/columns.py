"""Columns of tables by the kind of their values, and questions that mean a column."""

from __future__ import annotations

from engine.evals.lists import lines_of, words_of

COLUMNS = {
    "code": ("code", "order", "part", "serial", "batch"),
    "number": ("number", "quantity", "stock", "count", "score"),
    "amount": ("price", "total", "cost", "fee", "budget"),
    "date": ("date", "due date", "start", "birthday", "deadline"),
    "time": ("time", "departure", "arrival", "opening", "closing"),
    "person": ("contact", "owner", "driver", "manager", "author"),
    "town": ("town", "city", "origin", "branch"),
    "room": ("room", "seat", "gate", "shelf"),
    "word": ("colour", "type", "status", "brand", "flavour"),
    "measure": ("weight", "size", "length", "height", "volume"),
    "percentage": ("share", "discount", "tax", "rate"),
    "duration": ("duration", "age", "warranty"),
    "phone": ("phone", "fax", "extension"),
    "firm": ("supplier", "maker", "customer"),
    "email": ("e-mail", "support"),
    "phrase": ("place", "prize", "remark"),
}

_MEANT = lines_of(
    """
    price: How much is {r}? / What does {r} cost? / How much does {r} cost? / How expensive is {r}?
    cost: How much is {r}? / What does {r} cost? / How much does {r} cost? / How expensive is {r}?
    fee: What do they charge for {r}? / How much is charged for {r}? / What must I pay for {r}?
    budget: How much may {r} spend? / How much money does {r} have? / What may {r} spend?
    quantity: How many of {r} are there? / How many are there of {r}? / How many do we have of {r}?
    stock: How much of {r} is left? / How many of {r} are in store? / How many of {r} do we have?
    score: How many points does {r} have? / How well did {r} do? / How did {r} do?
    due date: When is {r} due? / By when must {r} be paid? / By when is {r} due?
    start: When does {r} start? / When does {r} begin? / From when does {r} run?
    birthday: When was {r} born? / On which day was {r} born? / When do we congratulate {r}?
    deadline: By when must {r} be done? / When must {r} be ready? / Until when does {r} have time?
    departure: When does {r} leave? / When does {r} depart? / At what time does {r} leave?
    arrival: When does {r} arrive? / When will {r} be there? / At what time does {r} arrive?
    opening: When does {r} open? / From when is {r} open? / At what time does {r} open?
    closing: When does {r} close? / Until when is {r} open? / At what time does {r} close?
    contact: Whom do I ask about {r}? / Who answers for {r}? / Whom should I call about {r}?
    owner: Who owns {r}? / To whom does {r} belong? / Whose is {r}?
    driver: Who drives {r}? / Who is driving {r}? / Who is at the wheel of {r}?
    manager: Who leads {r}? / Who is in charge of {r}? / Who manages {r}? / Who runs {r}?
    author: Who wrote {r}? / By whom is {r}? / By whom was {r} written?
    town: In which place does {r} live? / Where does {r} live? / Where is {r} at home?
    origin: Where does {r} come from? / Where is {r} from? / From where is {r}?
    seat: Where does {r} sit? / Where is {r} sitting?
    room: Where is {r}? / Behind which door is {r}? / Which door leads to {r}?
    shelf: Where does {r} lie? / Where do we keep {r}? / Where is {r} kept?
    colour: What does {r} look like? / How is {r} painted? / Which paint does {r} have?
    status: How far is {r}? / How does {r} stand? / How far along is {r}?
    flavour: What does {r} taste like? / How does {r} taste? / What does {r} taste of?
    weight: How heavy is {r}? / How much does {r} weigh? / What does {r} weigh?
    size: How big is {r}? / How large is {r}? / How small is {r}?
    length: How long is {r}? / How far does {r} reach?
    height: How tall is {r}? / How high is {r}? / How high up does {r} go?
    discount: How much cheaper is {r}? / How much is taken off {r}? / How much do I save on {r}?
    duration: How long does {r} take? / How long does {r} last? / How much time does {r} need?
    age: How old is {r}? / How many years old is {r}?
    warranty: How long is {r} covered? / How long do they guarantee {r}?
    phone: How can I call {r}? / How do I reach {r}? / What do I dial for {r}?
    supplier: Who supplies {r}? / From whom do we get {r}? / Who delivers {r}?
    maker: Who makes {r}? / Who built {r}? / Who produces {r}?
    customer: Who buys {r}? / Who ordered {r}? / To whom do we sell {r}?
    e-mail: Where can I write to {r}? / How do I write to {r}? / How can I mail {r}?
    place: Where can I find {r}? / Where do I find {r}? / Where is {r} found?
    prize: What does {r} win? / What does {r} get? / What did {r} win?
    """
)
MEANT: dict[str, tuple[str, ...]] = {
    column: tuple(questions.split(" / "))
    for column, questions in (line.split(": ", 1) for line in _MEANT)
}
# Where one of these stands too, a question may as well mean it.
_UNCLEAR = words_of(
    """
    branch city cost date departure duration gate opening place price room seat shelf start time
    total town
    """
)


def is_clear(column: str, columns: tuple[str, ...]) -> bool:
    """Whether a question that only means the column leaves no doubt among the others."""
    return column in MEANT and not any(c in _UNCLEAR and c != column for c in columns)
