"""Conversations of the window as records of the store, and back."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, TypeVar

from pydantic import TypeAdapter, ValidationError

import engine
from app.conversation import Conversation, Turn, TurnState
from app.store import Conversation as KeptConversation
from app.store import Turn as KeptTurn
from app.store import TurnError
from engine import EngineError, Timings, Usage

if TYPE_CHECKING:
    from app.store.records import Json

M = TypeVar("M", Usage, Timings)

# Names of a conversation's options, as they are kept.
THINKING = "thinking"


def live_conversation(kept: KeptConversation) -> Conversation:
    """A conversation to go on with."""
    return Conversation(
        id=kept.id,
        title=kept.title,
        titled_by_person=kept.titled_by_person,
        system_prompt=kept.system_prompt,
        thinking=_flag(kept.options.get(THINKING)),
        all_turns=[_live_turn(turn) for turn in kept.turns],
        shown=dict(kept.shown),
    )


def kept_conversation(live: Conversation, now: float) -> KeptConversation:
    """A conversation with all its turns, as it is kept."""
    return KeptConversation(
        id=live.id,
        title=live.title,
        created=now,
        changed=now,
        titled_by_person=live.titled_by_person,
        system_prompt=live.system_prompt,
        options={} if live.thinking is None else {THINKING: live.thinking},
        turns=tuple(_kept_turn(turn) for turn in live.all_turns),
        shown=dict(live.shown),
    )


def figures_of(turn: Turn) -> dict[str, Json]:
    """What was measured of a turn, and how its thought was said, as JSON values."""
    figures: dict[str, Json] = {"completion_tokens": turn.completion_tokens}
    if turn.usage is not None:
        figures["usage"] = dataclasses.asdict(turn.usage)
    if turn.timings is not None:
        figures["timings"] = dataclasses.asdict(turn.timings)
    if turn.attachment_tokens:
        figures["attachment_tokens"] = dict(turn.attachment_tokens)
    if turn.thought_opening is not None:
        figures["thought"] = [turn.thought_opening, turn.thought_closing]
    if turn.reasoning_s is not None:
        figures["reasoning_s"] = turn.reasoning_s
    if turn.thinking is not None:
        figures[THINKING] = turn.thinking
    return figures


def error_of(turn: Turn) -> TurnError | None:
    """Why a turn failed, by the name of the error's class."""
    error = turn.error
    if error is None:
        return None
    return TurnError(type(error).__name__, error.sentence, error.details)


def _kept_turn(turn: Turn) -> KeptTurn:
    return KeptTurn(
        turn.id, turn.parent_id, turn.question, turn.created, turn.state.value, turn.answer,
        turn.reasoning, figures_of(turn), error_of(turn),
    )  # fmt: skip


def _live_turn(kept: KeptTurn) -> Turn:
    figures = kept.figures
    completion = figures.get("completion_tokens")
    opening, closing = _marks(figures.get("thought"))
    seconds = figures.get("reasoning_s")
    return Turn(
        question=kept.question,
        parent_id=kept.parent_id,
        id=kept.id,
        created=kept.created,
        answer=kept.answer,
        reasoning=kept.reasoning,
        reasoning_s=seconds if isinstance(seconds, float) else None,
        thought_opening=opening,
        thought_closing=closing,
        thinking=_flag(figures.get(THINKING)),
        state=_state(kept.state),
        error=_error(kept.error),
        usage=_measured(Usage, figures.get("usage")),
        timings=_measured(Timings, figures.get("timings")),
        completion_tokens=completion if isinstance(completion, int) else 0,
        attachment_tokens=_tokens(figures.get("attachment_tokens")),
        lost=tuple(_lost(part.name, part.sentence) for part in kept.lost),
    )


def _marks(value: Json) -> tuple[str | None, str]:
    """What was said before a thought and after it, where the model said it in this form."""
    match value:
        case [str(opening), str(closing)]:
            return opening, closing
    return None, ""


def _flag(value: Json) -> bool | None:
    return value if isinstance(value, bool) else None


def _state(name: str) -> TurnState:
    """The state of this name. What a later version has added is shown as simply ended."""
    try:
        state = TurnState(name)
    except ValueError:
        return TurnState.DONE
    # Nothing runs in what was read from the disk.
    return TurnState.INTERRUPTED if state.running else state


def _error(kept: TurnError | None) -> EngineError | None:
    """An error of the class that it had, where that is told by its texts alone."""
    if kept is None:
        return None
    kind = getattr(engine, kept.kind, None)
    texts_only = isinstance(kind, type) and issubclass(kind, EngineError)
    error = EngineError(kept.sentence, kept.details)
    if texts_only and kind is not None and kind.__init__ is EngineError.__init__:
        error = kind(kept.sentence, kept.details)
    return error


def _measured(kind: type[M], value: Json) -> M | None:
    """Figures as they were measured; `None` where they do not fit, as from another version."""
    if value is None:
        return None
    try:
        return TypeAdapter(kind).validate_python(value)
    except ValidationError:
        return None


def _tokens(value: Json) -> dict[str, int]:
    if not isinstance(value, dict):
        return {}
    return {digest: tokens for digest, tokens in value.items() if isinstance(tokens, int)}


def _lost(name: str, sentence: str) -> str:
    return f"{name}: {sentence}" if name else sentence
