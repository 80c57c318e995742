"""What the palette can offer, where it comes from, and in which order it is shown. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

from app.ui.palette.matching import Match, Title, match, query_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

Scope = Literal["action", "page", "conversation", "document", "model", "setting"]

# What is typed first, and to which entries it limits the rest.
PREFIXES: Mapping[str, Scope] = {">": "action", "#": "conversation", "@": "document"}
# More than this nobody scrolls through; another letter finds what is not there.
LONGEST = 60


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that can be chosen.

    `key` is the same in every run, so that it is known again among the recent ones; `kind` and
    `keys` stand at the right. An entry with a `reason` is shown and cannot be chosen: that is why.
    """

    key: str
    title: str
    scope: Scope
    act: Callable[[], None]
    kind: str = ""
    keys: str = ""
    icon: str = ""
    reason: str = ""


class Source(Protocol):
    """Offers entries; asked anew whenever the palette is opened."""

    def entries(self) -> Iterable[Entry]:
        """What there is now, in the order in which it is shown where nothing is typed."""
        ...


@dataclass(frozen=True, slots=True)
class Row:
    """An entry that is shown, and the places of its title that were typed."""

    entry: Entry
    places: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """What is shown for a query; `nothing` says in words that there is nothing."""

    rows: tuple[Row, ...]
    nothing: str = ""


class Offer:
    """All entries at one moment, ready to be looked through."""

    def __init__(self, entries: Iterable[Entry], recent: Sequence[str]) -> None:
        self._entries = [(entry, Title.of(entry.title)) for entry in entries]
        self._recent = {key: place for place, key in enumerate(recent)}

    def find(self, typed: str) -> Found:
        """The entries that fit, the best first; `typed` may begin with one of `PREFIXES`."""
        scope = PREFIXES.get(typed[:1])
        query = query_of(typed[1:] if scope is not None else typed)
        fitting = [
            (entry, found, place)
            for place, (entry, title) in enumerate(self._entries)
            if scope in (None, entry.scope) and (found := match(query, title)) is not None
        ]
        fitting.sort(key=lambda one: self._rank(one[0], one[1], one[2]))
        rows = tuple(Row(entry, found.places) for entry, found, _ in fitting[:LONGEST])
        return Found(rows, "" if rows else _nothing(scope, typed))

    def _rank(self, entry: Entry, found: Match, place: int) -> tuple[int, ...]:
        """Less is better: the kind of fit, then what can be chosen, recent, close and early."""
        recent = self._recent.get(entry.key, len(self._recent))
        first = found.places[0] if found.places else 0
        return (found.fit, bool(entry.reason), recent, found.gap, first, place)


def _nothing(scope: Scope | None, typed: str) -> str:
    words = (typed[1:] if scope is not None else typed).strip()
    if scope == "document":
        return f"No open document matches ‘{words}’." if words else "No documents are open."
    if scope == "conversation":
        return f"No conversation matches ‘{words}’." if words else "There are no conversations yet."
    if scope == "action":
        return f"No command matches ‘{words}’."
    return f"No command or conversation matches ‘{words}’."
