"""Stop strings: end an answer at a given text without ever showing any part of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


class StopStrings:
    """Watches an answer for the earliest of `stops`, holding back what may be the start of one."""

    def __init__(self, stops: Sequence[str]) -> None:
        self._stops = tuple(stops)
        self._held = ""
        self.stopped = False

    def hear(self, text: str) -> str:
        """What may be shown after `text`; sets `stopped` once a stop string is complete."""
        if self.stopped:
            return ""
        if not self._stops:
            return text
        self._held += text
        found = [at for stop in self._stops if (at := self._held.find(stop)) >= 0]
        if found:
            self.stopped = True
            return self._release(min(found), drop_rest=True)
        return self._release(len(self._held) - begun_at_end(self._held, self._stops))

    def flush(self) -> str:
        """What is still held back when the answer ends for another reason."""
        return self._release(len(self._held))

    def _release(self, length: int, *, drop_rest: bool = False) -> str:
        shown, rest = self._held[:length], self._held[length:]
        self._held = "" if drop_rest else rest
        return shown


def begun_at_end(text: str, marks: Sequence[str]) -> int:
    """Length of the longest end of `text` that begins one of `marks` and is not all of it."""
    longest = max(len(mark) for mark in marks) - 1
    for length in range(min(longest, len(text)), 0, -1):
        end = text[-length:]
        if any(mark.startswith(end) for mark in marks):
            return length
    return 0
