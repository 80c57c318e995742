"""What a document can state something about: known keys, and the ways to ask for any key.

A known key's own questions do not name it ("Who drives?"); they are split by their wording.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from engine.evals import clauses_what_where, clauses_who_when
from engine.evals.lists import lines_of, words_of

if TYPE_CHECKING:
    from collections.abc import Iterator

# key | kind of value | questions that mean it without saying it
# Past forms of the verbs that follow "did" in the tables.
_PAST = {"buy": "bought", "order": "ordered", "ship": "shipped", "marry": "married",
    "sign": "signed", "borrow": "borrowed", "give": "gave", "fail": "failed",
    "happen": "happened", "do": "did", "book": "booked", "come": "came",
    "go": "went", "found": "founded", "bill": "billed", "win": "won"}  # fmt: skip
_IRREGULAR = {"have": "has", "go": "goes", "do": "does"}
_SUBJECT = re.compile(r"(?P<head>.*) (?P<aux>\w+) \[(?P<subject>[^]]+)\](?P<rest>.*)\?")


def indirect(marked: str) -> str:
    """Return a question of the tables as a clause inside a sentence: "when it leaves"."""
    found = _SUBJECT.fullmatch(marked)
    if not found:
        return _small(marked.removesuffix("?"))
    head, aux, subject, rest = found["head"], found["aux"], found["subject"], found["rest"]
    if aux not in ("do", "does", "did"):
        return f"{_small(head)} {subject} {aux}{rest}"
    verb, *others = rest.split()
    if aux == "does":
        verb = _third_person(verb)
    elif aux == "did":
        verb = _PAST[verb]
    return " ".join((_small(head), subject, verb, *others))


def _small(text: str) -> str:
    return text[0].lower() + text[1:]


def _third_person(verb: str) -> str:
    if verb in _IRREGULAR:
        return _IRREGULAR[verb]
    if verb.endswith(("ch", "sh", "s", "x")):
        return f"{verb}es"
    return f"{verb[:-1]}ies" if verb.endswith("y") and verb[-2] not in "aeiou" else f"{verb}s"


def _rows() -> Iterator[tuple[str, str, tuple[str, ...]]]:
    for table in (clauses_who_when.TABLE, clauses_what_where.TABLE):
        for row in table.replace("\n/", " /").strip().splitlines():
            key, kind, questions = row.split("|")
            yield key.strip(), kind.strip(), tuple(q.strip() for q in questions.split("/"))


def _bare(marked: str) -> str:
    return marked.replace("[", "").replace("]", "")


# key: the kind of its value, and the questions that mean it without saying it
KNOWN: dict[str, tuple[str, tuple[str, ...]]] = {
    key: (kind, tuple(_bare(q) for q in questions)) for key, kind, questions in _rows()
}
# a question of its own: the same as a clause
CLAUSES: dict[str, str] = {_bare(q): indirect(q) for _, _, qs in _rows() for q in qs}

# Keys of one line can be meant by one another's questions, so no question may rest on one of them
# where another one stands too.
_NEAR = lines_of(
    """
    driver, pilot, guide, carrier
    seller, supplier, manufacturer, owner, buyer, sender, landlord
    sender, origin, recipient
    buyer, owner, tenant, recipient
    host, manager, chairperson, speaker, guide, mayor, captain, contact, teacher
    author, editor, translator, publisher, composer, painter
    doctor, nurse, patient
    inspector, technician, caretaker, manufacturer
    architect, founder, inventor, manufacturer, painter
    teacher, coach, speaker
    landlord, tenant, owner
    judge, lawyer, witness
    referee, coach, winner
    captain, manager, coach, mayor
    insurer, bank, sponsor
    cook, host
    contact, support address, e-mail, phone number, emergency number, fax number
    employer, sponsor, manager, project
    photographer, painter
    singer, composer, speaker
    departure time, start time, opening time, boarding time, pick-up time, check-in time
    arrival time, delivery date, pick-up time, delivery time
    closing time, end date, expiry date, opening time
    due date, return date, end date, expiry date
    delivery date, shipping date, order date, release date, invoice date, arrival time
    start date, meeting date, start time, moving date, founding date, exam date, release date
    meeting date, wedding date, exam date, start time
    birth date, founding date, wedding date, release date, signing date
    duration, delivery time, travel time, cooking time, shelf life, trial period, repair time
    duration, warranty, notice period, shelf life, expiry date, length
    wake-up time, start time
    age, birth date, founding date
    total, price, fee, rent, deposit, fine, shipping cost, loan, balance
    budget, balance, loan, donation, sponsor
    salary, bonus, total
    discount, tax rate, commission, interest rate
    humidity, battery level, volume
    order number, booking code, invoice number, contract number, part number
    customer number, order number, case number, booking code, contract number
    serial number, part number, batch number, tracking number
    door code, password, coupon code, entrance
    licence plate, serial number
    passport number, customer number
    flight, train, carrier, platform
    weight, capacity, quantity, power, volume
    height, length, width, depth, distance, thickness
    distance, travel time, mileage
    length, number of pages, duration, distance, shelf life, expiry date
    capacity, volume, fuel use, number of seats
    power, fuel use
    quantity, number of guests, number of copies, number of pages, number of rooms
    staff, population, number of guests, number of seats
    number of errors, problem, status
    number of rooms, number of seats, number of guests
    delivery address, return address, invoice address, address, destination, room
    venue, meeting point, address, room, hotel, meeting date
    destination, delivery address, venue, origin, address, hotel
    origin, birthplace, material, departure time, platform
    birthplace, address
    room, seat, platform, entrance, meeting point, venue, parking space, locker, destination
    storage place, key place, locker, address, parking space, seat, room, hotel
    phone number, fax number, emergency number, e-mail, support address
    colour, shape, material, flavour, subject
    status, problem, subject, age
    project, product, subject, goal, reason, hobby, language
    product, dish, gift, prize, order number, flavour
    reason, problem, subject, goal
    nickname, contact
    currency, price, total, fee
    hobby, gift
    language, author, subject
    number of guests, host
    venue, storage place, address
    employer, address, venue, hotel
    tracking number, order number
    bank, balance, hotel
    parking space, venue, address, key place
    """
)


def _near() -> dict[str, frozenset[str]]:
    groups = [frozenset(line.split(", ")) for line in _NEAR]
    return {key: frozenset().union(*(g for g in groups if key in g)) for key in KNOWN}


KNOWN_KEYS = tuple(KNOWN)
NEAR: dict[str, frozenset[str]] = _near()

# Endings of composed keys: "garden code", "spare garden code"; overlap between them is meant.
TAILS = words_of(
    """
    number code name date time price place colour size weight type model level limit rate fee
    address contact owner order status team room speed length count label version grade target
    """
)
