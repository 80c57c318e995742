"""Short documents with facts in them, as lines, prose or a table, over one page or several."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.evals import words
from engine.evals.facts import Fact, draw_facts, draw_question
from engine.evals.items import Document, Exchange, Item, Split, Text
from engine.evals.lists import words_of
from engine.evals.tables import draw_table

if TYPE_CHECKING:
    import random

TOP_LEVEL = 6
# Most facts of a document, by level.
_FACTS = (2, 3, 4, 6, 8, 9, 10)

LINES_TRAIN = ("{K}: {v}", "{K}: {v}", "{K} = {v}", "- {K}: {v}", "* {k}: {v}", "{K} - {v}",
    "{k}: {v}", "{K}\t{v}", "| {K} | {v} |", "{K}: {v}.", "{K} : {v}", "{K}; {v}", "{K} ... {v}",
    "{K}  {v}", "{K} -> {v}")  # fmt: skip
LINES_HELD_OUT = ("{K}:  {v}", "> {K}: {v}", "{K} | {v}", "+ {K} = {v}", "{k} - {v}")
PROSE_TRAIN = ("The {k} is {v}.", "The {k} is {v}.", "The {k} was {v}.", "The {k} will be {v}.",
    "The {k} is now {v}.", "The {k} has been set to {v}.", "The {k} remains {v}.",
    "Please note that the {k} is {v}.", "As agreed, the {k} is {v}.", "For the {k} we noted {v}.",
    "We have {v} as the {k}.", "Its {k} is {v}.", "The {k} of this one: {v}.", "Our {k} is {v}.",
    "Remember: the {k} is {v}.", "Here {v} is the {k}.", "The {k} must be {v}.",
    "The {k} given is {v}.", "They wrote {v} for the {k}.", "The {k} was changed to {v}.",
    )  # fmt: skip
PROSE_HELD_OUT = ("In this case the {k} is {v}.", "The {k} stays {v}.", "The {k} shall be {v}.",
    "As the {k} we have {v}.", "Your {k} is {v}.", "It is stated that the {k} is {v}.")  # fmt: skip
FILLER_TRAIN = ("The {a} {n} was {b} all {m}.", "Nobody spoke about the {n}.",
    "We thank you for your {n}.", "A {a} {n} stood near the {m}.", "Please keep this {n} safe.",
    "This page was checked twice.", "The {n} and the {m} were both {a}.", "See the {n} as well.",
    "All {n} work is done by the {m} team.", "It was a {a} {n}.", "Details follow below.",
    "There were many {a} {n} plans.", "Yesterday the {m} looked {a}.", "Kind regards")  # fmt: skip
FILLER_HELD_OUT = ("Later the {n} turned {a}.", "Some {a} {n} came with the {m}.",
    "Ask the {m} about any {n}.", "Every {n} had a {a} {m}.", "Nothing else was {a}.",
    "Thank you for reading this.")  # fmt: skip
_FILES = words_of(
    """
    notes invoice letter order report contract ticket plan list minutes offer memo
    """
)
_ENDINGS = ["pdf", "txt", "docx", "md", "html"]


def draw_document(rng: random.Random, split: Split, level: int = TOP_LEVEL) -> Item:
    """Draw a document of facts and one to five questions about it, one after the other."""
    most = _FACTS[min(level, TOP_LEVEL)]
    facts = draw_facts(rng, split, rng.randint(2, most))
    fillers = rng.randint(0, level) if rng.random() < 0.6 else 0
    return _about(rng, split, facts, _laid_out(rng, split, facts, fillers, level), "document")


def draw_long_document(rng: random.Random, split: Split, level: int = TOP_LEVEL) -> Item:
    """Draw a document of many facts or much filler, up to about 1,800 tokens at the top level."""
    scale = 1 + level
    facts = draw_facts(rng, split, rng.randint(4, 4 + 3 * scale))
    fillers = rng.randint(scale, max(scale, 10 * scale - 2 * len(facts)))
    pages = _laid_out(rng, split, facts, fillers, level)
    return _about(rng, split, facts, pages, "document/long", most_questions=6)


def draw_table_document(rng: random.Random, split: Split, level: int = TOP_LEVEL) -> Item:
    """Draw a document that holds a table, and questions about its cells."""
    table = draw_table(rng, split, level)
    before = [_filler(rng, split) for _ in range(rng.randint(0, 1))]
    pages = ("\n".join([*before, table.text]),)
    document = Document(file_name(rng, split), pages)
    cells = rng.sample(table.cells, min(len(table.cells), rng.randint(2, 5)))
    exchanges = [Exchange((Text(q),), answer, "document/table") for q, answer in cells]
    return _with_document("document/table", document, exchanges)


def file_name(rng: random.Random, split: Split) -> str:
    """Draw a plausible file name."""
    stem = rng.choice(_FILES) if rng.random() < 0.6 else words.any_word(rng, split)
    if rng.random() < 0.6:
        stem += rng.choice("_- ") + str(rng.randint(1, 9999))
    return f"{stem}.{rng.choice(_ENDINGS)}"


def _about(
    rng: random.Random,
    split: Split,
    facts: tuple[Fact, ...],
    pages: tuple[str, ...],
    task: str,
    most_questions: int = 5,
) -> Item:
    document = Document(file_name(rng, split), pages)
    count = min(len(facts), rng.randint(most_questions - 3, most_questions))
    exchanges = [
        Exchange((Text(draw_question(rng, split, fact.key)),), fact.answer, task)
        for fact in rng.sample(facts, count)
    ]
    return _with_document(task, document, exchanges)


def _with_document(task: str, document: Document, exchanges: list[Exchange]) -> Item:
    first = exchanges[0]
    opening = Exchange((document, *first.asked), first.answer, first.task)
    return Item(task, (opening, *exchanges[1:]))


def _laid_out(
    rng: random.Random, split: Split, facts: tuple[Fact, ...], fillers: int, level: int
) -> tuple[str, ...]:
    """Write the facts down among fillers, over one to three pages."""
    train = split is Split.TRAIN
    lines = LINES_TRAIN if train else LINES_HELD_OUT
    prose = PROSE_TRAIN if train else PROSE_HELD_OUT
    manner = rng.random()
    forms = [rng.choice(lines)] if manner < 0.45 else list(lines) if manner < 0.55 else list(prose)
    if manner > 0.85:
        forms += lines
    written = [
        rng.choice(forms).format(k=f.key, K=f.key[0].upper() + f.key[1:], v=f.value) for f in facts
    ]
    for _ in range(fillers):
        written.insert(rng.randint(0, len(written)), _filler(rng, split))
    if rng.random() < 0.3:
        written.insert(0, _title(rng, split))
    between = rng.choice(("\n", "\n", "\n\n", " ")) if forms[0] in prose else "\n"
    count = 1 if level < 2 or rng.random() < 0.6 else rng.randint(2, 3)
    size = -(-len(written) // count)
    return tuple(between.join(written[i : i + size]) for i in range(0, len(written), size))


def _filler(rng: random.Random, split: Split) -> str:
    forms = FILLER_TRAIN if split is Split.TRAIN else FILLER_HELD_OUT
    return rng.choice(forms).format(
        n=words.pick(rng, words.NOUNS, split),
        m=words.pick(rng, words.NOUNS, split),
        a=words.pick(rng, words.ADJECTIVES, split),
        b=words.pick(rng, words.ADJECTIVES, split),
    )


def _title(rng: random.Random, split: Split) -> str:
    title = f"{words.any_word(rng, split)} {words.any_word(rng, split)}"
    return rng.choice((title.title(), title.upper(), f"# {title.capitalize()}", title.capitalize()))
