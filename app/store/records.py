"""What the store keeps, as values. Times are seconds since 1970, UTC."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from app.drafts import Draft

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine import Message

Json = bool | int | float | str | list["Json"] | dict[str, "Json"] | None


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder of the sidebar."""

    id: str
    name: str
    created: float


@dataclass(frozen=True, slots=True)
class ConversationRow:
    """What the sidebar shows of a conversation."""

    id: str
    title: str
    folder_id: str | None
    pinned: bool
    changed: float


@dataclass(frozen=True, slots=True)
class TurnError:
    """Why a turn failed: the name of the error's class, and its two texts."""

    kind: str
    sentence: str
    details: str = ""


@dataclass(frozen=True, slots=True)
class LostPart:
    """A part of a message whose file is gone or damaged; it is left out of the message.

    `position` is where it stood among the message's parts, counted from 0.
    """

    position: int
    name: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Turn:
    """One question and its answer, below the turn that it follows; `None` at the beginning.

    `state` is the name of a `TurnState`. `figures` are usage, timings and the
    like as JSON values.
    """

    id: str
    parent_id: str | None
    question: Message
    created: float
    state: str
    answer: str = ""
    reasoning: str = ""
    figures: Mapping[str, Json] = field(default_factory=dict)
    error: TurnError | None = None
    lost: tuple[LostPart, ...] = ()


@dataclass(frozen=True, slots=True)
class Conversation:
    """A whole conversation: all turns in the order they were asked in, and which are shown.

    `shown` names, for a turn's id (`None` for the beginning), which of the turns below it is
    shown. A turn that is not named there shows the newest below it. `options` are further settings
    of the conversation, by name.
    """

    id: str
    title: str
    created: float
    changed: float
    titled_by_person: bool = False
    folder_id: str | None = None
    pinned: bool = False
    system_prompt: str = ""
    draft: Draft = field(default_factory=Draft)
    turns: tuple[Turn, ...] = ()
    shown: Mapping[str | None, str] = field(default_factory=dict)
    lost_draft: tuple[LostPart, ...] = ()
    options: Mapping[str, Json] = field(default_factory=dict)
