"""Documents with facts in them, and questions about the facts that are stated or are not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.evals import asking, words
from engine.evals.facts import draw_clear_facts, draw_facts
from engine.evals.items import Document, Exchange, Item, Text
from engine.evals.layouts import Manner, lay_out, placed_once, shown_text
from engine.evals.lists import words_of
from engine.evals.statements import filler
from engine.evals.tables import draw_table

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Sequence

    from engine.evals.facts import Fact
    from engine.evals.items import Split

TOP_LEVEL = 6
# Most facts of a document, by level.
_FACTS = (2, 3, 4, 6, 8, 9, 10)
_LONGEST = 2900
_PLAIN_MANNERS = (Manner.LINES, Manner.PROSE, Manner.BOTH)
_FILES = words_of(
    """
    notes invoice letter order report contract ticket plan list minutes offer memo
    """
)
_ENDINGS = ["pdf", "txt", "docx", "md", "html"]
_USUAL = asking.Asking()


@dataclass(frozen=True, slots=True)
class _Plan:
    """What a document is to hold and what is asked about it."""

    task: str
    facts: tuple[Fact, ...]
    manner: Manner = Manner.LINES
    fillers: int = 0
    pages: int = 1
    asking: asking.Asking = _USUAL


def draw_document(rng: random.Random, split: Split, level: int = TOP_LEVEL) -> Item:
    """Draw a document that lists facts, and two to five questions about it."""

    def plan() -> _Plan:
        facts = draw_facts(rng, split, _count(rng, level))
        manner = Manner.BOTH if rng.random() < 0.15 else Manner.LINES
        return _Plan("document/facts", facts, manner, _fillers(rng, level), _pages(rng, level))

    return _first_drawn(rng, split, plan)


def draw_prose_document(rng: random.Random, split: Split, level: int = TOP_LEVEL) -> Item:
    """Draw a document whose facts stand in sentences."""

    def plan() -> _Plan:
        facts = draw_facts(rng, split, _count(rng, level))
        fillers, pages = _fillers(rng, level), _pages(rng, level)
        return _Plan("document/prose", facts, Manner.PROSE, fillers, pages)

    return _first_drawn(rng, split, plan)


def draw_paged_document(rng: random.Random, split: Split, level: int = TOP_LEVEL) -> Item:
    """Draw a document of two to four pages, so that the page of an answer is to be found."""

    def plan() -> _Plan:
        pages = rng.randint(2, 2 + min(level, TOP_LEVEL) // 3)
        facts = draw_facts(rng, split, max(pages, _count(rng, level)))
        manner = rng.choice(_PLAIN_MANNERS)
        return _Plan("document/pages", facts, manner, _fillers(rng, level), pages)

    return _first_drawn(rng, split, plan)


def draw_absent_document(rng: random.Random, split: Split, level: int = TOP_LEVEL) -> Item:
    """Draw a document and questions of which half ask what it does not state."""
    how = asking.Asking(absent=0.5, hard=0.15 * (level + 0.5), most=6)

    def plan() -> _Plan:
        facts = draw_facts(rng, split, _count(rng, level))
        manner = rng.choice(_PLAIN_MANNERS)
        fillers, pages = _fillers(rng, level), _pages(rng, level)
        return _Plan("document/absent", facts, manner, fillers, pages, how)

    return _first_drawn(rng, split, plan)


def draw_meant_document(rng: random.Random, split: Split, level: int = TOP_LEVEL) -> Item:
    """Draw a document and questions that mean its keys without naming them."""
    how = asking.Asking(meant=1.0)

    def plan() -> _Plan:
        facts = draw_clear_facts(rng, split, _count(rng, level))
        manner = rng.choice((Manner.LINES, Manner.LINES, Manner.PROSE, Manner.BOTH))
        fillers, pages = _fillers(rng, level), _pages(rng, level)
        return _Plan("document/meant", facts, manner, fillers, pages, how)

    return _first_drawn(rng, split, plan)


def draw_told_document(rng: random.Random, split: Split, level: int = TOP_LEVEL) -> Item:
    """Draw a document whose sentences state facts without naming their keys."""
    how = asking.Asking(meant=0.5)

    def plan() -> _Plan:
        facts = draw_clear_facts(rng, split, _count(rng, level), odd=0.05)
        fillers, pages = _fillers(rng, level), _pages(rng, level)
        return _Plan("document/told", facts, Manner.TOLD, fillers, pages, how)

    return _first_drawn(rng, split, plan)


def draw_one_kind_document(rng: random.Random, split: Split, level: int = TOP_LEVEL) -> Item:
    """Draw a document whose values are all of one kind: only the key tells them apart."""

    def plan() -> _Plan:
        facts = draw_facts(rng, split, _count(rng, level), one_kind=True)
        manner = rng.choice(_PLAIN_MANNERS)
        return _Plan("document/one_kind", facts, manner, _fillers(rng, level), _pages(rng, level))

    return _first_drawn(rng, split, plan)


def draw_long_document(rng: random.Random, split: Split, level: int = TOP_LEVEL) -> Item:
    """Draw a document of many facts and fillers, up to about 1,900 tokens at the top level."""
    scale = 1 + min(level, TOP_LEVEL)
    how = asking.Asking(most=6)

    def plan() -> _Plan:
        facts = draw_facts(rng, split, rng.randint(4, 4 + 3 * scale))
        length = rng.randint(200, _LONGEST * scale // (1 + TOP_LEVEL))
        fillers = max(0, length - 38 * len(facts)) // 33
        manner, pages = rng.choice(_PLAIN_MANNERS), rng.randint(1, 1 + scale // 2)
        return _Plan("document/long", facts, manner, fillers, pages, how)

    return _first_drawn(rng, split, plan, _LONGEST)


def draw_table_document(rng: random.Random, split: Split, level: int = TOP_LEVEL) -> Item:
    """Draw a document that holds a table, and questions about its cells."""
    while True:
        table = draw_table(rng, split, level)
        name = file_name(rng, split)
        pages = (
            tuple(filler(rng, split) for _ in range(rng.choice((0, 0, 0, 1, 2)))) if level else ()
        )
        if pages and rng.random() < 0.5:
            pages = (*pages[:-1], f"{pages[-1]}\n{table.text}")
        else:
            pages = (*pages, table.text)
        shown = shown_text(name, pages)
        if placed_once((*table.values, *table.rows), shown):
            exchanges = table.asked(rng, split, len(pages), "document/table", shown)
            return _attached("document/table", Document(name, pages), exchanges)


def draw_pasted_facts(rng: random.Random, split: Split, level: int = TOP_LEVEL) -> Item:
    """Draw facts typed into the question itself; answers then name no page."""
    while True:
        facts = draw_facts(rng, split, min(7, _count(rng, level)))
        manner = rng.choice(_PLAIN_MANNERS)
        fillers = min(2, _fillers(rng, level))
        text = lay_out(rng, split, facts, manner, fillers=fillers, pages=1).texts[0]
        if placed_once([fact.value for fact in facts], text):
            break
    how = asking.Asking(place="text", most=4)
    first, *others = asking.exchanges(rng, split, facts, {}, text, "document/pasted", how)
    question = first.asked[0]
    assert isinstance(question, Text)
    pasted = Text(asking.with_pasted(rng, split, question.text, text))
    opening = Exchange((pasted,), first.answer, first.task, copied=first.copied)
    return Item("document/pasted", (opening, *others))


def file_name(rng: random.Random, split: Split) -> str:
    """Draw a plausible file name."""
    stem = rng.choice(_FILES) if rng.random() < 0.6 else words.any_word(rng, split)
    if rng.random() < 0.6:
        stem += rng.choice("_- ") + str(rng.randint(1, 9999))
    return f"{stem}.{rng.choice(_ENDINGS)}"


def _first_drawn(
    rng: random.Random, split: Split, plan: Callable[[], _Plan], longest: int = 10_000
) -> Item:
    """Plan and draw until every value stands at one place only."""
    while True:
        if item := _drawn(rng, split, plan(), longest):
            return item


def _drawn(rng: random.Random, split: Split, plan: _Plan, longest: int) -> Item | None:
    """Draw a document as planned, unless a value then stands at a second place."""
    pages = lay_out(rng, split, plan.facts, plan.manner, fillers=plan.fillers, pages=plan.pages)
    document = Document(file_name(rng, split), pages.texts)
    shown = shown_text(document.name, document.pages)
    if len(shown) > longest or not placed_once([fact.value for fact in plan.facts], shown):
        return None
    exchanges = asking.exchanges(
        rng, split, plan.facts, pages.page_of, shown, plan.task, plan.asking
    )
    return _attached(plan.task, document, exchanges)


def _attached(task: str, document: Document, exchanges: Sequence[Exchange]) -> Item:
    first = exchanges[0]
    opening = Exchange((document, *first.asked), first.answer, first.task, copied=first.copied)
    return Item(task, (opening, *exchanges[1:]))


def _count(rng: random.Random, level: int) -> int:
    return rng.randint(2, _FACTS[min(level, TOP_LEVEL)])


def _fillers(rng: random.Random, level: int) -> int:
    return rng.randint(0, level) if rng.random() < 0.6 else 0


def _pages(rng: random.Random, level: int) -> int:
    return 1 if level < 2 or rng.random() < 0.6 else rng.randint(2, 3)
