"""The thought before an answer, told from it while both still come in.

A thought stands first or not at all: the answer opens it with a mark, or the prompt has opened it
already. Nothing is lost: the texts of all pieces, joined, are what was heard.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from engine.text.stopping import begun_at_end

if TYPE_CHECKING:
    from engine.api.events import PartName

_Place = Literal["beginning", "opened", "thought", "closed", "answer"]


@dataclass(frozen=True, slots=True)
class ThoughtMarks:
    """What a thought stands between. `tokens` are the special tokens in these marks."""

    opening: str
    closing: str
    tokens: tuple[str, ...] = ()

    def opened_by(self, prompt: str) -> bool:
        """Whether `prompt`, up to where the answer begins, ends with a thought just opened."""
        return prompt.rstrip().endswith(self.opening)


@dataclass(frozen=True, slots=True)
class Piece:
    """Some text and what it is part of. Marks have the white space around them."""

    part: PartName
    text: str


class ThoughtSplitter:
    """Tells thought and answer apart, whatever pieces the text comes in.

    `opened` says that the prompt has opened a thought. `said` is what was heard before, where an
    answer goes on; it is not told again. What may be the beginning of a mark is held back.
    """

    def __init__(self, marks: ThoughtMarks, *, opened: bool = False, said: str = "") -> None:
        self._marks = marks
        self._opened = opened
        self._place: _Place = "beginning"
        self._held = ""
        # How much of what is held back was told before it came here.
        self._known = 0
        self.hear(said)
        self._known = len(self._held)

    def hear(self, text: str) -> list[Piece]:
        """What can be told after `text`."""
        self._held += text
        pieces: list[Piece] = []
        before: tuple[_Place, int] | None = None
        while before != (before := (self._place, len(self._held))):
            pieces += self._step()
        return pieces

    def close(self) -> list[Piece]:
        """What is still held back when no more text comes."""
        if self._place == "beginning" and not self._opened:
            return self._tell("answer", len(self._held))
        thinking = self._place == "thought" or bool(self._held.strip())
        return self._tell("thought" if thinking else "mark", len(self._held))

    def _step(self) -> list[Piece]:
        match self._place:
            case "beginning":
                return self._begin()
            case "opened":
                return self._pass_space("thought")
            case "thought":
                return self._think()
            case "closed":
                return self._pass_space("answer")
        return self._tell("answer", len(self._held))

    def _begin(self) -> list[Piece]:
        """Only white space may stand before the mark that opens a thought."""
        opening, text = self._marks.opening, self._held.lstrip()
        space = len(self._held) - len(text)
        if text.startswith(opening):
            self._place = "opened"
            return self._tell("mark", space + len(opening))
        if opening.startswith(text):
            return []
        self._place = "thought" if self._opened else "answer"
        return self._tell("mark", space) if self._opened else []

    def _think(self) -> list[Piece]:
        """The white space before the closing mark is the mark's."""
        closing = self._marks.closing
        at = self._held.find(closing)
        end = len(self._held) - begun_at_end(self._held, (closing,)) if at < 0 else at
        thought = self._tell("thought", len(self._held[:end].rstrip()))
        if at < 0:
            return thought
        self._place = "closed"
        return thought + self._tell("mark", self._held.find(closing) + len(closing))

    def _pass_space(self, following: _Place) -> list[Piece]:
        """The white space after a mark is the mark's."""
        text = self._held.lstrip()
        if text:
            self._place = following
        return self._tell("mark", len(self._held) - len(text))

    def _tell(self, part: PartName, length: int) -> list[Piece]:
        """The first `length` characters that are held, without those that are known."""
        text, self._held = self._held[:length], self._held[length:]
        new = text[self._known :]
        self._known = max(0, self._known - length)
        return [Piece(part, new)] if new else []


@dataclass(frozen=True, slots=True)
class Thought:
    """A thought between its marks, and the offset after the closing one; `None` if it has none.

    `opened` says that the text opened it, not the prompt.
    """

    text: str
    end: int | None
    opened: bool


def split(text: str, marks: ThoughtMarks, *, opened: bool = False) -> list[Piece]:
    """The pieces of a whole answer."""
    splitter = ThoughtSplitter(marks, opened=opened)
    return splitter.hear(text) + splitter.close()


def thought_of(text: str, marks: ThoughtMarks, *, opened: bool = False) -> Thought | None:
    """The thought that a whole answer begins with, character by character."""
    before = [piece for piece in split(text, marks, opened=opened) if piece.part != "answer"]
    opens = bool(before) and before[0].part == "mark" and marks.opening in before[0].text
    if not opens and not opened:
        return None
    head = "".join(piece.text for piece in before)
    start = head.index(marks.opening) + len(marks.opening) if opens else 0
    if not any(piece.part == "mark" and marks.closing in piece.text for piece in before):
        return Thought(head[start:], None, opens)
    end = head.rindex(marks.closing)
    return Thought(head[start:end], end + len(marks.closing), opens)
