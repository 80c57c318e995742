"""What is switched off for a model is refused before any work, with the reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.api.errors import BadRequest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.api.events import AbilityName, ModelInfo
    from engine.api.messages import Message
    from engine.api.requests import ToolSpec


def reason_against(info: ModelInfo, ability: AbilityName) -> str:
    """Why `ability` is switched off; empty where it is not."""
    return next((s.reason for s in info.switched_off if s.ability == ability), "")


def refuse_switched_off(
    info: ModelInfo, messages: Sequence[Message], tools: Sequence[ToolSpec]
) -> None:
    """Raise `BadRequest` where a conversation needs what is switched off."""
    if (reason := reason_against(info, "pictures")) and any(m.images for m in messages):
        raise BadRequest(f"This model cannot be shown pictures. {reason}")
    needs_functions = tools or any(m.calls or m.role == "tool" for m in messages)
    if needs_functions and (reason := reason_against(info, "functions")):
        raise BadRequest(f"This model cannot be given functions. {reason}")
