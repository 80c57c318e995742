"""Answers questions about documents from what is shown alone, knowing only the wordings."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise, product
from typing import TYPE_CHECKING

from engine.evals import asking, columns, keys, statements, tables, told, wordings, words
from engine.evals.items import Document, Item, Split, Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_NAMED = (
    *wordings.ASKED_TRAIN, *wordings.ASKED_HELD_OUT, *wordings.FOLLOWING_TRAIN,
    *wordings.FOLLOWING_HELD_OUT, *wordings.AGAIN_TRAIN, *wordings.AGAIN_HELD_OUT,
)  # fmt: skip
_ABOUT = (
    *wordings.ABOUT_TRAIN, *wordings.ABOUT_HELD_OUT, *wordings.ABOUT_NEXT_TRAIN,
    *wordings.ABOUT_NEXT_HELD_OUT, "{Q}?",
)  # fmt: skip
_LINES = (*statements.LINES_TRAIN, *statements.LINES_HELD_OUT)
_PROSE = (*statements.PROSE_TRAIN, *statements.PROSE_HELD_OUT)
_AROUND = (*told.AROUND_TRAIN, *told.AROUND_HELD_OUT)
_JOINTS = re.compile(r"(?:, and|,? while| and|;) (?=the )")
# No value holds the end of a sentence or a line, or the middle of two sentences in one.
_TOO_FAR = re.compile(rf"[.!] |\n|{_JOINTS.pattern}")
_ORDINARY = frozenset((*words.NOUNS, *words.ADJECTIVES, *keys.TAILS))


def solved(item: Item) -> list[str]:
    """Return an answer to each question of a document item."""
    shown = item.exchanges[0].asked[0]
    if item.task == "document/table":
        assert isinstance(shown, Document)
        table = _Table(shown.pages)
        return [table.answer(_question(exchange.asked[-1])) for exchange in item.exchanges]
    if isinstance(shown, Document):
        pages = [_segments(page) for page in shown.pages]
        asked = [_question(exchange.asked[-1]) for exchange in item.exchanges]
        return [_answer(question, pages) for question in asked]
    first, segments = _taken_apart(_question(shown))
    asked = [first, *(_question(exchange.asked[0]) for exchange in item.exchanges[1:])]
    return [_answer(question, [segments], pasted=True) for question in asked]


def _question(part: object) -> str:
    assert isinstance(part, Text)
    return part.text


def _answer(question: str, pages: Sequence[Sequence[str]], *, pasted: bool = False) -> str:
    meant = _meanings().get(question)
    candidates = [meant] if meant else _keys_in(question)
    for key in candidates:
        found = _value(key, pages)
        if found is not None:
            value, page = found
            return f"The {key} is {value}." if pasted else f"The {key} is {value} [p. {page}]."
    key = _most_likely(candidates)
    return f"The {key} is not in the {'text' if pasted else 'document'}."


@lru_cache(maxsize=1)
def _meanings() -> dict[str, str]:
    """Return every question that means a known key without naming it."""
    found = {}
    for key, (_, own) in keys.KNOWN.items():
        for question, form in product(own, dict.fromkeys(_ABOUT)):
            bare = question.removesuffix("?")
            small = bare[0].lower() + bare[1:]
            asked = form.format(Q=bare, q=small, c=keys.CLAUSES[question])
            assert found.setdefault(asked, key) == key, asked
    return found


def _keys_in(question: str) -> list[str]:
    """Return the key a question names, then what it may be short for, if it is short."""
    named = _named(question)
    return [named, *_unshortened(named)]


def _named(question: str) -> str:
    return max(_namings(question))[1]


def _namings(question: str) -> Iterator[tuple[int, str]]:
    """Yield a key for each wording a question may be of, with the length of what is fixed."""
    asked = question.replace("the text", "the document").replace("this text", "this document")
    for before, after, at_start in _named_halves():
        if asked.startswith(before) and asked.endswith(after):
            key = asked[len(before) : len(asked) - len(after)]
            if key and key.strip() == key:
                yield len(before + after), key[0].lower() + key[1:] if at_start else key


@lru_cache(maxsize=1)
def _named_halves() -> list[tuple[str, str, bool]]:
    found = []
    for form in _NAMED:
        for wording in (form, _careless(form)):
            before, after = re.split(r"\{[kK]\}", wording, maxsplit=1)
            found.append((before, after, "{K}" in form or not before))
    return found


def _careless(form: str) -> str:
    bare = form.rstrip("?.")
    return bare[0].lower() + bare[1:]


def _unshortened(key: str) -> list[str]:
    found = [long for long, shorts in wordings.SHORT.items() if _is_short(key, shorts)]
    parts = key.split()
    for i, part in enumerate(parts):
        for long, shorts in wordings.SHORT.items():
            if " " not in long and _is_short(part, shorts):
                found.append(" ".join((*parts[:i], long, *parts[i + 1 :])))
    return found


def _is_short(text: str, shorts: Sequence[str]) -> bool:
    """The mark of an abbreviation is also the one that ends a sentence."""
    return text in shorts or f"{text}." in shorts


def _most_likely(candidates: Sequence[str]) -> str:
    """Return what an absent key is called in full."""
    named, *longer = candidates
    if not longer or all(word in _ORDINARY for word in named.split()):
        return named
    return next((key for key in longer if key in keys.KNOWN), longer[0])


def _segments(page: str) -> list[str]:
    """Return the lines of a page, two lines together, its sentences and the halves of these."""
    lines = [line for line in page.split("\n") if line]
    found = [*lines, *("\n".join(pair) for pair in pairwise(lines))]
    for line in lines:
        for sentence in re.split(r"(?<=[.!])\s+", line):
            found.append(sentence)
            halves = _JOINTS.split(sentence)
            if len(halves) > 1:
                found += [f"{halves[0]}.", *(f"T{half[1:]}" for half in halves[1:])]
                found += [f"T{half[1:]}." for half in halves[1:-1]]
    return found


def _value(key: str, pages: Sequence[Sequence[str]]) -> tuple[str, int] | None:
    """Return the value stated for a key, and its page: where most of a form is recognised."""
    best: tuple[int, int, str, int] | None = None
    for hint, forms in _forms(key):
        for number, segments in enumerate(pages, 1):
            for segment in segments:
                if hint not in segment.lower():
                    continue
                for before, after in forms:
                    if segment.startswith(before) and segment.endswith(after):
                        value = segment[len(before) : max(0, len(segment) - len(after))].strip()
                        if value and not _TOO_FAR.search(value):
                            rank = (len(before) + len(after), -len(value), value, number)
                            best = max(best, rank) if best else rank
    return None if best is None else (best[2], best[3])


@lru_cache(maxsize=4096)
def _forms(key: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the ways to state a key, each with something its statements hold."""
    big = key[0].upper() + key[1:]
    named = [form.format(k=key, K=big, T=key.title(), v="{v}") for form in (*_LINES, *_PROSE)]
    found = [(key.lower(), [_halves(form) for form in named])]
    for form in (*told.told_forms(key, Split.TRAIN), *told.told_forms(key, Split.HELD_OUT)):
        at_start = form if form[0] == "{" else form[0].upper() + form[1:]
        framed = [
            frame.removeprefix("|").replace("{s}", at_start if frame[0] == "|" else form)
            for frame in _AROUND
        ]
        hint = max(form.split("{v}"), key=len).lower()
        found.append((hint, [_halves(frame) for frame in framed]))
    return found


def _halves(form: str) -> tuple[str, str]:
    before, after = form.split("{v}")
    return before, after


def _taken_apart(pasted: str) -> tuple[str, list[str]]:
    """Return the question and the segments of the text of a message that holds both."""
    found = []
    for form in (*asking.PASTED_TRAIN, *asking.PASTED_HELD_OUT):
        pattern = re.escape(form.replace("|", "\n").replace("{t}", "\0").replace("{q}", "\1"))
        pattern = pattern.replace("\0", "(?P<t>.+)").replace("\1", "(?P<q>[^\n]+)")
        match = re.fullmatch(pattern, pasted, re.DOTALL)
        if match:
            known = (
                99 if match["q"] in _meanings() else max(_namings(match["q"]), default=(-1, ""))[0]
            )
            length = len(form) if len(form) > len('"{t}"|{q}') else 0
            found.append((length, known, match["q"], match["t"]))
    _, _, question, text = max(found)
    return question, _segments(text)


class _Table:
    """A table read out of the last page of a document."""

    def __init__(self, pages: Sequence[str]) -> None:
        self.page = len(pages)
        lines = [line for line in pages[-1].split("\n") if "|---" not in line]
        for separator in (" | ", "\t", "; ", ";", "   "):
            bare = [re.sub(r"^\| | \|$", "", line) for line in lines]
            rows = [line.split(separator) for line in bare]
            if len(rows[-1]) > 1 and len(rows[-1]) == len(rows[-2]):
                break
        rows = [[cell.strip() for cell in row] for row in rows if len(row) == len(rows[-1])]
        self.columns = [cell.lower() for cell in rows[0][1:]]
        self.cells = {
            (column, row[0]): value
            for row in rows[1:]
            for column, value in zip(self.columns, row[1:], strict=True)
        }

    def answer(self, question: str) -> str:
        """Answer a question about a cell, there or not."""
        known = [c for named in columns.COLUMNS.values() for c in named]
        for (column, row), value in self.cells.items():
            if question in _about_cell(column, row) and self._clear(question, column, row):
                return f"The {column} of {row} is {value} [p. {self.page}]."
        rows = {row for _, row in self.cells}
        for column, row in product(known, sorted(rows)):
            if question in _about_cell(column, row):
                return f"The {column} of {row} is not in the document."
        for column in (*self.columns, *known):
            for form in _cell_forms(column):
                before, after = form.format(c=column, r="\0").split("\0")
                row = question[len(before) : len(question) - len(after)]
                if question == before + row + after and row and " " not in row:
                    return f"The {column} of {row} is not in the document."
        raise AssertionError(question)

    def _clear(self, question: str, column: str, row: str) -> bool:
        others = [c for c in self.columns if c != column]
        assert not any(question in _about_cell(other, row) for other in others), question
        return True


def _cell_forms(column: str) -> tuple[str, ...]:
    named = (*tables.ASKED_TRAIN, *tables.ASKED_HELD_OUT)
    return (*named, *columns.MEANT.get(column, ()))


@lru_cache(maxsize=4096)
def _about_cell(column: str, row: str) -> frozenset[str]:
    return frozenset(form.format(c=column, r=row) for form in _cell_forms(column))
