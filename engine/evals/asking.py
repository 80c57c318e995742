"""Questions put one after the other about the facts of a text, with their answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.evals import keys, questions
from engine.evals.absent import draw_absent_key, is_absent
from engine.evals.facts import within
from engine.evals.items import Exchange, Split, Text
from engine.evals.lists import lines_of

if TYPE_CHECKING:
    import random
    from collections.abc import Mapping, Sequence

    from engine.evals.facts import Fact

_AGAIN_SHARE = 0.1

PASTED_TRAIN = lines_of(
    """
    {t}|{q}
    {t}||{q}
    {q}|{t}
    {q}||{t}
    Here is a text:|{t}||{q}
    I have this:|{t}|{q}
    Read this:|{t}|{q}
    {q} Here is what I have:|{t}
    {t}|---|{q}
    Text:|{t}||Question: {q}
    This is my note:|{t}||{q}
    Look at this.|{t}|{q}
    They wrote:|{t}|{q}
    {q} The text is:||{t}
    My list:|{t}|Now: {q}
    "{t}"|{q}
    From my mail:||{t}||{q}
    {q}|---|{t}|---
    Given:|{t}|{q}
    I copied this:|{t}|Question: {q}
    """
)
PASTED_HELD_OUT = lines_of(
    """
    Take this text:|{t}||{q}
    {q} See here:|{t}
    ***|{t}|***|{q}
    Someone sent me this:||{t}||{q}
    {q}||"{t}"
    Below is a text.|{t}|Please answer: {q}
    """
)


@dataclass(frozen=True, slots=True)
class Asking:
    """How it is asked: the shares of what is absent, close to a stated key, or only meant.

    `most` questions at the most; twice as many while training, where a text is read to be asked.
    """

    absent: float = 0.12
    hard: float = 0.4
    meant: float = 0.15
    most: int = 5
    place: str = "document"


def exchanges(
    rng: random.Random,
    split: Split,
    facts: Sequence[Fact],
    page_of: Mapping[str, int],
    shown: str,
    task: str,
    how: Asking,
) -> list[Exchange]:
    """Draw questions about facts, each on the page it is stated on, and about absent ones."""
    present = [fact.key for fact in facts]
    asked: list[Exchange] = []
    stated = rng.sample(facts, len(facts))
    answers: list[tuple[str, str, tuple[str, ...]]] = []
    fewest, most = (how.most, 2 * how.most) if split is Split.TRAIN else (2, how.most)
    for _ in range(rng.randint(fewest, most)):
        later = bool(asked)
        if answers and rng.random() < _AGAIN_SHARE:
            key, answer, copied = rng.choice(answers)
            question = questions.again(rng, split, key)
        else:
            if rng.random() < how.absent:
                key = _absent_key(rng, split, present, shown, how)
                answer, copied = not_stated(key, how.place), (key,)
            elif stated:
                fact = stated.pop()
                key, answer = fact.key, fact.answer(page_of.get(fact.key))
                copied = (key, fact.value)
            else:
                continue
            question = _question(rng, split, key, present, how, later=later)
            answers.append((key, answer, copied))
        found = _standing(copied, f"{shown}\n{question}")
        asked.append(Exchange((Text(question),), answer, task, copied=found))
    return asked


def not_stated(what: str, place: str) -> str:
    """Return the answer where something is not stated."""
    return f"The {what} is not in the {place}."


def with_pasted(rng: random.Random, split: Split, question: str, text: str) -> str:
    """Return a question and a text in one message."""
    forms = PASTED_TRAIN if split is Split.TRAIN else PASTED_HELD_OUT
    return rng.choice(forms).replace("|", "\n").format(t=text, q=question)


def _standing(copied: Sequence[str], seen: str) -> tuple[str, ...]:
    """Leave out what does not stand there letter by letter, such as a key with a capital."""
    found = []
    for piece in copied:
        tail = piece.partition(" ")[2]
        if piece in seen:
            found.append(piece)
        elif tail and within(tail, seen) == 1:
            found.append(tail)
    return tuple(found)


def _question(
    rng: random.Random, split: Split, key: str, present: Sequence[str], how: Asking, *, later: bool
) -> str:
    if rng.random() < how.meant and questions.clear(key, present):
        question = questions.meant(rng, split, key, later=later)
        if question is not None:
            return question
    # The wordings speak of a document.
    return questions.named(rng, split, key, later=later).replace("document", how.place)


def _absent_key(
    rng: random.Random, split: Split, present: Sequence[str], shown: str, how: Asking
) -> str:
    """Draw a key that is absent; where all is only meant, a known one clear of the present."""
    if how.meant < 1:
        return draw_absent_key(rng, split, present, shown, hard=how.hard)
    small = shown.lower()
    while True:
        key = rng.choice(keys.KNOWN_KEYS)
        if is_absent(key, present, small) and questions.clear(key, present):
            return key
