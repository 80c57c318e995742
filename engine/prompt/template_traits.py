"""What must be known of a chat template before it is used, found out by trying it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from engine.api.errors import ModelNotUsable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from engine.api.events import ThinkingName
    from engine.text.thought import ThoughtMarks

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

    def __call__(
        self,
        messages: Values,
        *,
        answer: bool,
        tools: Values = (),
        thinking: bool | None = None,
    ) -> str:
        """The template's text."""


@dataclass(frozen=True, slots=True)
class Thinking:
    """Whether a model thinks before it answers, as far as its template tells.

    `unasked` is whether it does so where nothing is said about it and it could be switched.
    """

    name: ThinkingName = "none"
    unasked: bool = False


def template_traits(apply: ApplyTemplate, thinking: bool | None = None) -> TemplateTraits:
    """The traits of a template, as it is where thinking is switched so.

    They are the usual ones where it refuses to be tried.
    """
    try:
        return _try(apply, thinking)
    except ModelNotUsable:
        return TemplateTraits()


def thinking_of(apply: ApplyTemplate, marks: ThoughtMarks | None) -> Thinking:
    """What a template knows of thinking: told by switching it on and off.

    Where that changes nothing, it may still open a thought before every answer.
    """
    try:
        asked = _asked(apply)
        plain, on, off = (
            apply([asked], answer=True, thinking=thinking) for thinking in (None, True, False)
        )
    except ModelNotUsable:
        return Thinking()
    if on != off:
        return Thinking("switch", unasked=plain == on)
    return Thinking("always" if marks is not None and marks.opened_by(plain) else "none")


def _asked(apply: ApplyTemplate) -> Mapping[str, object]:
    """A question in the form in which the template shows it."""
    plain = _message("user", _ASKED, parts=False)
    return plain if _ASKED in apply([plain], answer=True) else _message("user", _ASKED, parts=True)


def _try(apply: ApplyTemplate, thinking: bool | None) -> TemplateTraits:
    asked = _asked(apply)
    parts = not isinstance(asked["content"], str)
    begun = apply([asked], answer=True, thinking=thinking)
    said = _message("assistant", _SAID, parts=parts)
    later = apply([asked, said, asked], answer=True, thinking=thinking)
    if not later.startswith(begun):
        return TemplateTraits(parts, answers_stay=False)
    lead = later[len(begun) :].partition(_SAID)[0]
    return TemplateTraits(parts, lead if lead.isspace() else "")


def _message(role: str, text: str, *, parts: bool) -> Mapping[str, object]:
    return {"role": role, "content": [{"type": "text", "text": text}] if parts else text}
