"""What an engine must remember, kept by plain bookkeeping: no model, no tensor, nothing of its own.

For every request it says which tokens the prompt must become, how many of them must be reused at
least, and whether a reason must be given. It follows what is taken and put back by the events that
it is told of. Where it cannot know which cache the engine chose, it counts all that it may have
chosen as cut, so that what it demands is never too much.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from engine.api.messages import assistant
from soak.reading import pictures_of

if TYPE_CHECKING:
    from engine.api.events import Usage
    from soak.reading import Conversation, Reader

Keys = Sequence[int]
# Shorter gains are not looked for on disk (`engine.cache.disk_saving`).
_NOT_WORTH_A_FILE = 64


@dataclass(frozen=True, slots=True)
class Known:
    """What a beginning of a conversation was shown as, when it was read or said."""

    text: str
    keys: tuple[int, ...]
    marks: frozenset[int]


@dataclass(frozen=True, slots=True)
class Expected:
    """A prompt as it must be. `rewritten` tokens of it were known otherwise."""

    messages: Conversation
    text: str
    keys: tuple[int, ...]
    marks: frozenset[int]
    rewritten: int


@dataclass(slots=True, eq=False)
class Entry:
    """A cache that must be there: its keys, and the lengths that it can be brought back to.

    To the `latest`, its last prompt but for one token, it can be until there is a longer one.
    """

    keys: tuple[int, ...]
    places: frozenset[int]
    latest: int = 0


@dataclass(slots=True, eq=False)
class Taken:
    """What a turn goes on from, while it runs."""

    expected: Expected
    reused: int
    places: frozenset[int]
    tokens: list[int] = field(default_factory=list)


class Oracle:
    """The memory of one model, over loads and restarts."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self._known: dict[Conversation, Known] = {}
        self._entries: list[Entry] = []
        self._known_on_disk: dict[Conversation, Known] = {}
        self._on_disk: list[Entry] = []
        self._keeps = False

    def load(self, *, keeps: bool) -> None:
        """The model is loaded with nothing in memory; `keeps` where there is a disk."""
        self._known, self._entries, self._keeps = {}, [], keeps

    def leave(self) -> None:
        """The model goes in peace: what is in memory is on disk from now on."""
        if self._keeps:
            self._on_disk += self._entries
            self._known_on_disk |= self._known
        self._known, self._entries = {}, []

    def forget(self, alive: Sequence[Conversation]) -> None:
        """Nobody will ask about anything but these conversations and their beginnings."""

        def wanted(messages: Conversation) -> bool:
            return any(leaf[: len(messages)] == messages for leaf in alive)

        self._known = {m: k for m, k in self._known.items() if wanted(m)}
        self._known_on_disk = {m: k for m, k in self._known_on_disk.items() if wanted(m)}
        self._on_disk = self._on_disk[-40:]

    def expect(self, messages: Conversation) -> Expected:
        """What `messages` must become now."""
        text = self.reader.text(messages)
        known, rewritten = self._find(messages, text)
        images = pictures_of(messages)
        begun = known.text if known else ""
        keys, marks = list(known.keys if known else ()), set(known.marks if known else ())
        borders = [b for b in self.reader.borders(messages, text) if len(begun) < b < len(text)]
        done, seen = len(begun), self.reader.pictures_in(begun)
        for border in sorted({*borders, len(text)}):
            piece = text[done:border]
            count = self.reader.pictures_in(piece)
            start = len(keys)
            keys += self.reader.keys(piece, images[seen : seen + count])
            marks |= {len(keys)} | _ends_of_pictures(keys, start)
            done, seen = border, seen + count
        return Expected(messages, text, tuple(keys), frozenset(marks), rewritten)

    def take(self, expected: Expected, reused: int) -> Taken:
        """The turn has begun, and reuses so many tokens."""
        least, common = self._least(expected.keys)
        assert reused >= least, f"{reused} tokens reused, {least} must be ({common} in common)"
        assert reused < len(expected.keys)
        served = [e for e in self._entries if _common(e.keys, expected.keys) >= reused > 0]
        if self.reader.kind.cuts and not self._on_disk:
            served = served[:1]
        kept = frozenset.intersection(*(e.places for e in served)) if served else frozenset()
        # A cache of which less than half is of use is copied and stays.
        gone = [e for e in served if reused * 2 >= len(e.keys)]
        self._entries = [e for e in self._entries if e not in served]
        self._entries += [e for e in served if e not in gone]
        if len(gone) > 1:
            shared = frozenset.intersection(*(e.places for e in gone))
            self._entries.append(Entry(expected.keys[:reused], _up_to(reused, shared)))
        return Taken(expected, reused, _up_to(reused, kept))

    def common(self, keys: Keys) -> int:
        """How many of `keys` are certainly in memory, whether or not they can be returned to."""
        return min(max((_common(e.keys, keys) for e in self._entries), default=0), len(keys) - 1)

    def put_back(self, taken: Taken, held: int, *, exactly: bool) -> None:
        """The turn has ended; its cache holds at least `held` tokens, or `exactly` these."""
        if held < 1:
            return
        keys = (*taken.expected.keys, *taken.tokens)[:held]
        total = len(taken.expected.keys)
        stops = {n for n in taken.expected.marks if n < total}
        if not self.reader.kind.slides:
            stops.add(total - 1)
        passed = {n for n in stops if taken.reused < n <= held}
        latest = total - 1 if held >= total else 0
        end = {held} if exactly else frozenset[int]()
        self._entries.append(Entry(keys, taken.places | passed | end, latest))

    def remember(self, taken: Taken, said: str, *, whole: bool) -> None:
        """What was read is known from now on, and where `whole` what was said too."""
        expected = taken.expected
        self._known[expected.messages] = Known(expected.text, expected.keys, expected.marks)
        if not whole or not taken.tokens:
            return
        mark = self.reader.end_mark if taken.tokens[-1] == self.reader.end else ""
        self._known[answered(expected.messages, said)] = Known(
            expected.text + said + mark, (*expected.keys, *taken.tokens), expected.marks
        )

    def check(self, taken: Taken, usage: Usage, common: int) -> None:
        """What the engine says of a turn that began when so many tokens were in `common`."""
        expected = taken.expected
        assert usage.prompt_tokens == len(expected.keys), (usage, len(expected.keys))
        assert usage.image_tokens == sum(key < 0 for key in expected.keys)
        assert usage.reused_tokens == taken.reused
        if taken.reused < common:
            assert "read again" in usage.reuse_note, (usage, common)
        if taken.reused < expected.rewritten - 1:
            assert "chat template" in usage.reuse_note, (usage, expected.rewritten)

    def _find(self, messages: Conversation, text: str) -> tuple[Known | None, int]:
        rewritten = 0
        for count in range(len(messages), 0, -1):
            known = self._known.get(messages[:count])
            if known is None and self._keeps:
                known = self._known_on_disk.get(messages[:count])
            if known is None:
                continue
            if text.startswith(known.text):
                return known, rewritten
            rewritten = rewritten or len(known.keys)
        return None, rewritten

    def _least(self, keys: Keys) -> tuple[int, int]:
        """How many of `keys` must be reused, and how many are in common with what is in memory."""
        least = max((self._usable(entry, keys) for entry in self._entries), default=0)
        if self._keeps:
            on_disk = max((self._usable(entry, keys) for entry in self._on_disk), default=0)
            least = max(least, on_disk - _NOT_WORTH_A_FILE)
        return least, self.common(keys)

    def _usable(self, entry: Entry, keys: Keys) -> int:
        common = min(_common(entry.keys, keys), len(keys) - 1)
        if self.reader.kind.cuts:
            return common
        places = {*entry.places, entry.latest}
        return max((place for place in places if place <= common), default=0)


def answered(messages: Conversation, said: str) -> Conversation:
    """`messages` with an answer, or with more of the one that they end with."""

    if messages[-1].role == "assistant":
        return (*messages[:-1], assistant(messages[-1].text + said))
    return (*messages, assistant(said))


def _up_to(length: int, places: frozenset[int]) -> frozenset[int]:
    return frozenset(place for place in places if place <= length)


def _common(a: Keys, b: Keys) -> int:
    if a[: len(b)] == b[: len(a)]:
        return min(len(a), len(b))
    return next(at for at, (x, y) in enumerate(zip(a, b, strict=False)) if x != y)


def _ends_of_pictures(keys: Keys, start: int) -> set[int]:
    """Lengths from `start` on at which a picture has ended."""
    return {
        at
        for at in range(start + 1, len(keys))
        if keys[at - 1] < 0 and keys[at] != keys[at - 1] - 1
    }
