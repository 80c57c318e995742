"""A conversation as the window holds it: a tree of questions, their answers, how each one stands.

An edited question and a regenerated answer are turns beside the old one; one of them is shown.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING
from uuid import uuid4

from app.turn_tree import Siblings, choose, descendants, shown_path, siblings
from engine import DocumentPart, ImagePart, assistant, system

if TYPE_CHECKING:
    from engine import EngineError, Message, PartName, PrefillProgress, Timings, Usage

UNTITLED = "New conversation"
TITLE_WORDS = 6


class TurnState(Enum):
    """How a turn stands. `CUT` is an answer that ran into its limit.

    `INTERRUPTED` is one that the end of the program has cut off.
    """

    QUEUED = "queued"
    READING = "reading"
    ANSWERING = "answering"
    DONE = "done"
    CANCELLED = "cancelled"
    CUT = "cut"
    FAILED = "failed"
    INTERRUPTED = "interrupted"

    @property
    def running(self) -> bool:
        """Whether an answer is still to come."""
        return self in (TurnState.QUEUED, TurnState.READING, TurnState.ANSWERING)


@dataclass(slots=True, eq=False)
class Turn:
    """One question and its answer. It changes while the answer comes in.

    `parent_id` is the turn that it follows, `None` for a first question; `created` are seconds
    since 1970.
    """

    question: Message
    parent_id: str | None = None
    id: str = field(default_factory=lambda: uuid4().hex)
    created: float = field(default_factory=time.time)
    answer: str = ""
    reasoning: str = ""
    # How long the model thought before it answered, in seconds; `None` while it is not known.
    reasoning_s: float | None = None
    # What the model said before its thought and after it; `None` where it is not told its thought
    # again, as of an answer that another program has kept.
    thought_opening: str | None = None
    thought_closing: str = ""
    # How thinking was switched for this answer, which goes on as it was begun.
    thinking: bool | None = None
    state: TurnState = TurnState.QUEUED
    prefill: PrefillProgress | None = None
    error: EngineError | None = None
    usage: Usage | None = None
    timings: Timings | None = None
    completion_tokens: int = 0
    # What single attachments cost, by their digest, as far as it was known when they were sent.
    attachment_tokens: dict[str, int] = field(default_factory=dict)
    # What of the question is gone from the disk, in words.
    lost: tuple[str, ...] = ()

    @property
    def thought(self) -> str:
        """The thought as the model said it, with its marks."""
        if self.thought_opening is None:
            return ""
        return self.thought_opening + self.reasoning + self.thought_closing

    @property
    def said(self) -> str:
        """All that the model said, character by character: what it is told that it has said."""
        return self.thought + self.answer

    def begin(self, thinking: bool | None) -> None:
        """Nothing of what the model says has been heard yet."""
        self.reasoning, self.reasoning_s = "", None
        self.thought_opening, self.thought_closing = None, ""
        self.thinking = thinking

    def hear(self, text: str, part: PartName) -> None:
        """Take in more of what the model says. Once the answer has begun, all belongs to it."""
        if part == "answer" or self.answer:
            self.answer += text
            return
        self.thought_opening = self.thought_opening or ""
        if part == "thought":
            self.reasoning += text
        elif self.reasoning:
            self.thought_closing += text
        else:
            self.thought_opening += text


@dataclass(slots=True, eq=False)
class Conversation:
    """All turns in the order in which they were asked, and which are shown.

    `shown` names, for a turn's id (`None` for the beginning), which of the turns below it is shown;
    where nothing is named, it is the newest. The first question gives the title. `thinking` is how
    thinking is switched for what is asked from now on; `None` leaves it to the model.
    """

    id: str = field(default_factory=lambda: uuid4().hex)
    title: str = UNTITLED
    titled_by_person: bool = False
    system_prompt: str = ""
    thinking: bool | None = None
    all_turns: list[Turn] = field(default_factory=list)
    shown: dict[str | None, str] = field(default_factory=dict)
    _path: list[Turn] | None = field(default=None, init=False, repr=False)

    @property
    def turns(self) -> list[Turn]:
        """The turns that are shown, from the first question to the last answer. Not to be changed.

        It is asked for at every event, so the path is looked for once after each change.
        """
        if self._path is None:
            self._path = shown_path(self.all_turns, self.shown)
        return self._path

    @property
    def context_tokens(self) -> int | None:
        """How much of the context the last answer left filled; `None` before the first."""
        usages = [turn.usage for turn in self.turns if turn.usage is not None]
        return usages[-1].prompt_tokens + usages[-1].completion_tokens if usages else None

    def add(self, question: Message) -> Turn:
        """Append a turn that asks `question`; the first one names the conversation."""
        if not self.all_turns and not self.titled_by_person:
            self.title = title_from(question)
        path = self.turns
        return self._add(Turn(question, path[-1].id if path else None))

    def add_beside(self, turn: Turn, question: Message) -> Turn:
        """Ask `question` in the place of `turn`, which stays: an edit, or a second answer."""
        return self._add(Turn(question, turn.parent_id))

    def remove(self, turn: Turn) -> None:
        """Take out `turn` and all below it; an empty conversation is untitled again."""
        ids = {gone.id for gone in descendants(self.all_turns, turn.id)}
        self.all_turns = [kept for kept in self.all_turns if kept.id not in ids]
        self.shown = {p: t for p, t in self.shown.items() if p not in ids and t not in ids}
        self._path = None
        if not self.all_turns and not self.titled_by_person:
            self.title = UNTITLED

    def versions(self, turn: Turn) -> Siblings:
        """The turns that stand in the place of `turn`."""
        return siblings(self.all_turns, turn.id)

    def choose(self, turn_id: str) -> None:
        """Show this turn; what was chosen below it stays. Raises `KeyError`."""
        self.shown = choose(self.all_turns, self.shown, turn_id)
        self._path = None

    def messages_for(self, turn: Turn) -> tuple[Message, ...]:
        """The whole history up to `turn`'s question; its partial answer last, to be continued.

        It is the history of `turn`, shown or not: an answer goes on while another is looked at.

        Chat templates want questions and answers to alternate, so an earlier question that never
        got an answer (failed, stopped while it was read, or still waiting) is left out with it.
        Raises `KeyError` for a turn of another conversation.
        """
        if turn.id not in (one.id for one in self.all_turns):
            raise KeyError(turn.id)
        partial = (assistant(turn.said),) if turn.said else ()
        return (*self._history(turn.parent_id), turn.question, *partial)

    def messages_with(self, question: Message) -> tuple[Message, ...]:
        """What the model would read if `question` were asked now."""
        path = self.turns
        return (*self._history(path[-1].id if path else None), question)

    def messages_instead(self, turn: Turn, question: Message) -> tuple[Message, ...]:
        """What the model would read if `question` were asked in the place of `turn`."""
        return (*self._history(turn.parent_id), question)

    def _history(self, place: str | None) -> list[Message]:
        """What is said up to and with the turn `place`."""
        above = {one.id: one for one in self.all_turns}
        answered: list[Turn] = []
        while place is not None:
            earlier = above[place]
            if earlier.answer:
                answered.append(earlier)
            place = earlier.parent_id
        answered.reverse()
        head = [system(self.system_prompt)] if self.system_prompt.strip() else []
        return head + [m for t in answered for m in (t.question, assistant(t.said))]

    def _add(self, turn: Turn) -> Turn:
        self.all_turns.append(turn)
        self.choose(turn.id)
        return turn


def copy_to(conversation: Conversation, last: Turn) -> Conversation:
    """A conversation of its own with all that was said up to and with `last`."""
    copy = Conversation(
        title=conversation.title,
        system_prompt=conversation.system_prompt,
        thinking=conversation.thinking,
    )
    path = conversation.turns
    for turn in path[: path.index(last) + 1]:
        new = copy.add(turn.question)
        new.answer, new.reasoning, new.state = turn.answer, turn.reasoning, turn.state
        new.thought_opening, new.thought_closing = turn.thought_opening, turn.thought_closing
        new.reasoning_s, new.thinking = turn.reasoning_s, turn.thinking
        new.error, new.usage, new.timings = turn.error, turn.usage, turn.timings
        new.completion_tokens = turn.completion_tokens
        new.attachment_tokens.update(turn.attachment_tokens)
        new.lost = turn.lost
    copy.title, copy.titled_by_person = conversation.title, conversation.titled_by_person
    return copy


def title_from(question: Message) -> str:
    """At most six words of the question; without words, the name of what is attached."""
    words = question.text.split()
    if words:
        title = " ".join(words[:TITLE_WORDS])
        return title if len(words) <= TITLE_WORDS else title.rstrip(".,;:!?–—") + "…"
    names = [p.name for p in question.parts if isinstance(p, ImagePart | DocumentPart)]
    return names[0] if names else UNTITLED
