"""A conversation as the window holds it: questions, their answers, and how each one stands."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING
from uuid import uuid4

from engine import DocumentPart, ImagePart, assistant

if TYPE_CHECKING:
    from engine import EngineError, Message, PrefillProgress, Timings, Usage

UNTITLED = "New conversation"
TITLE_WORDS = 6


class TurnState(Enum):
    """How a turn stands. `CUT` is an answer that ran into its limit."""

    QUEUED = "queued"
    READING = "reading"
    ANSWERING = "answering"
    DONE = "done"
    CANCELLED = "cancelled"
    CUT = "cut"
    FAILED = "failed"

    @property
    def running(self) -> bool:
        """Whether an answer is still to come."""
        return self in (TurnState.QUEUED, TurnState.READING, TurnState.ANSWERING)


@dataclass(slots=True, eq=False)
class Turn:
    """One question and its answer. It changes while the answer comes in."""

    question: Message
    answer: str = ""
    state: TurnState = TurnState.QUEUED
    prefill: PrefillProgress | None = None
    error: EngineError | None = None
    usage: Usage | None = None
    timings: Timings | None = None
    completion_tokens: int = 0
    # What single attachments cost, by their digest, as far as it was known when they were sent.
    attachment_tokens: dict[str, int] = field(default_factory=dict)


@dataclass(slots=True, eq=False)
class Conversation:
    """Turns in order, and the title that the first question gave."""

    id: str = field(default_factory=lambda: uuid4().hex)
    title: str = UNTITLED
    turns: list[Turn] = field(default_factory=list)

    @property
    def context_tokens(self) -> int | None:
        """How much of the context the last answer left filled; `None` before the first."""
        usages = [turn.usage for turn in self.turns if turn.usage is not None]
        return usages[-1].prompt_tokens + usages[-1].completion_tokens if usages else None

    def add(self, question: Message) -> Turn:
        """Append a turn that asks `question`; the first one names the conversation."""
        if not self.turns:
            self.title = title_from(question)
        turn = Turn(question)
        self.turns.append(turn)
        return turn

    def remove(self, turn: Turn) -> None:
        """Take `turn` out; an empty conversation is untitled again."""
        self.turns.remove(turn)
        if not self.turns:
            self.title = UNTITLED

    def messages_for(self, turn: Turn) -> tuple[Message, ...]:
        """The whole history up to `turn`'s question; its partial answer last, to be continued.

        Chat templates want questions and answers to alternate, so an earlier question that never
        got an answer (failed, stopped while it was read, or still waiting) is left out with it.
        """
        earlier = self.turns[: self.turns.index(turn)]
        answered = [t for t in earlier if t.answer]
        pairs = (m for t in answered for m in (t.question, assistant(t.answer)))
        partial = (assistant(turn.answer),) if turn.answer else ()
        return (*pairs, turn.question, *partial)


def title_from(question: Message) -> str:
    """At most six words of the question; without words, the name of what is attached."""
    words = question.text.split()
    if words:
        title = " ".join(words[:TITLE_WORDS])
        return title if len(words) <= TITLE_WORDS else title.rstrip(".,;:!?–—") + "…"
    names = [p.name for p in question.parts if isinstance(p, ImagePart | DocumentPart)]
    return names[0] if names else UNTITLED
