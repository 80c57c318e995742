"""Facts laid out over the pages of a document, and the page on which each is found."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from engine.evals import statements
from engine.evals.facts import within
from engine.evals.told import draw_told

if TYPE_CHECKING:
    import random
    from collections.abc import Mapping, Sequence

    from engine.evals.facts import Fact
    from engine.evals.items import Split

    Piece = tuple[str, tuple[Fact, ...]]


class Manner(StrEnum):
    """How a document states its facts."""

    LINES = "lines"
    PROSE = "prose"
    BOTH = "both"
    TOLD = "told"  # in sentences that need not name the key


@dataclass(frozen=True, slots=True)
class Pages:
    """The texts of the pages, and by key the number of the page that states it."""

    texts: tuple[str, ...]
    page_of: Mapping[str, int]


def lay_out(
    rng: random.Random,
    split: Split,
    facts: Sequence[Fact],
    manner: Manner,
    *,
    fillers: int,
    pages: int,
) -> Pages:
    """Write facts and fillers down, in any order of the fillers, over at most so many pages."""
    pieces: list[Piece] = _pieces(rng, split, facts, manner)
    for _ in range(fillers):
        pieces.insert(rng.randint(0, len(pieces)), (statements.filler(rng, split), ()))
    cuts = sorted(rng.sample(range(1, len(pieces)), min(pages, len(pieces)) - 1))
    texts, page_of = [], {}
    loose = rng.random() < 0.5
    for number, (start, end) in enumerate(zip([0, *cuts], [*cuts, len(pieces)], strict=True), 1):
        page = pieces[start:end]
        page_of.update({fact.key: number for _, stated in page for fact in stated})
        text = _text(rng, page, manner, loose=loose)
        titled = rng.random() < (0.3 if number == 1 else 0.15)
        texts.append(f"{statements.title(rng, split)}\n{text}" if titled else text)
    return Pages(tuple(texts), page_of)


def placed_once(values: Sequence[str], shown: str) -> bool:
    """Whether each value stands at one place only of what is shown."""
    small = shown.lower()
    return all(within(value.lower(), small) == 1 for value in values)


def shown_text(name: str, pages: Sequence[str]) -> str:
    """Return a document's text with its name and page marks, for telling what stands there."""
    marked = [f"[p. {number}]\n{page}" for number, page in enumerate(pages, 1)]
    return "\n".join([f"{name} {len(pages)}", *marked])


def _pieces(rng: random.Random, split: Split, facts: Sequence[Fact], manner: Manner) -> list[Piece]:
    lines = statements.line_forms(rng, split)
    prose = statements.sentence_forms(split)
    pieces: list[Piece] = []
    for fact in facts:
        as_line = manner is Manner.LINES or (manner is Manner.BOTH and rng.random() < 0.5)
        form = draw_told(rng, split, fact.key) if manner is Manner.TOLD else None
        piece = statements.stated(form or rng.choice(lines if as_line else prose), fact)
        joinable = not as_line and manner is not Manner.TOLD and piece.startswith("The ")
        if pieces and joinable and rng.random() < 0.25:
            before, stated = pieces[-1]
            if before.endswith(".") and len(stated) == 1:
                pieces[-1] = (statements.joined(rng, before, piece), (*stated, fact))
                continue
        pieces.append((piece, (fact,)))
    return pieces


def _text(rng: random.Random, page: Sequence[Piece], manner: Manner, *, loose: bool) -> str:
    if manner in (Manner.LINES, Manner.BOTH):
        between = "\n\n" if loose and rng.random() < 0.2 else "\n"
        return between.join(text for text, _ in page)
    text = page[0][0]
    for piece, _ in page[1:]:
        broken = rng.random() < 0.2 or text[-1] not in ".!"
        text += ("\n\n" if loose else "\n") if broken else " "
        text += piece
    return text
