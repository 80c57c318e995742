"""What must be known of a chat template before it is used, found out by trying it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from engine.api.errors import ModelNotUsable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    Values = Sequence[Mapping[str, object]]

_ASKED, _SAID = "What is seven?", "Eleven"


@dataclass(frozen=True, slots=True)
class TemplateTraits:
    """How a template shows plain texts and earlier answers.

    `content_in_parts`: a text must come as a list of parts; a bare string is left out without a
    word (SmolVLM). `answer_lead`: the space that stands before an earlier answer, and that a new
    answer begins with by itself (SmolVLM). `answers_stay`: an earlier answer is shown behind the
    same words as when it was given (not so where those words opened a thought).
    """

    content_in_parts: bool = False
    answer_lead: str = ""
    answers_stay: bool = True


class ApplyTemplate(Protocol):
    """See `engine.prompt.render.ChatModel.apply_template`."""

    def __call__(self, messages: Values, *, answer: bool) -> str:
        """The template's text."""


def template_traits(apply: ApplyTemplate) -> TemplateTraits:
    """The traits of a template; the usual ones where it refuses to be tried."""
    try:
        return _try(apply)
    except ModelNotUsable:
        return TemplateTraits()


def _try(apply: ApplyTemplate) -> TemplateTraits:
    parts = _ASKED not in apply([_message("user", _ASKED, parts=False)], answer=True)
    asked = _message("user", _ASKED, parts=parts)
    begun = apply([asked], answer=True)
    said = _message("assistant", _SAID, parts=parts)
    later = apply([asked, said, asked], answer=True)
    if not later.startswith(begun):
        return TemplateTraits(parts, answers_stay=False)
    lead = later[len(begun) :].partition(_SAID)[0]
    return TemplateTraits(parts, lead if lead.isspace() else "")


def _message(role: str, text: str, *, parts: bool) -> Mapping[str, object]:
    return {"role": role, "content": [{"type": "text", "text": text}] if parts else text}
