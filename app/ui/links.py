"""The links of a document: where they are, where they lead, and what they read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PySide6.QtGui import QTextDocument, QTextFragment


@dataclass(frozen=True, slots=True)
class Link:
    """Characters `begin` to `end` of a document, which lead to `target`."""

    begin: int
    end: int
    target: str
    text: str


def links(document: QTextDocument) -> list[Link]:
    """All links of `document`, neighbouring pieces of one link taken together."""
    found: list[Link] = []
    for piece in _pieces(document):
        last = found[-1] if found else None
        if last is not None and (last.end, last.target) == (piece.begin, piece.target):
            found[-1] = Link(last.begin, piece.end, last.target, last.text + piece.text)
        else:
            found.append(piece)
    return found


def place_of(document: QTextDocument, anchor: str) -> int | None:
    """Where the anchor called `anchor` is."""
    named = (piece for piece in pieces(document) if anchor in piece.charFormat().anchorNames())
    return next((piece.position() for piece in named), None)


def pieces(document: QTextDocument) -> Iterator[QTextFragment]:
    """The runs of letters that look alike."""
    block = document.begin()
    while block.isValid():
        walk = block.begin()
        while not walk.atEnd():
            yield walk.fragment()
            walk += 1
        block = block.next()


def _pieces(document: QTextDocument) -> Iterator[Link]:
    for piece in pieces(document):
        target = piece.charFormat().anchorHref()
        if target:
            begin = piece.position()
            yield Link(begin, begin + piece.length(), target, piece.text())
