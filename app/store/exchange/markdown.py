"""A conversation as a Markdown text: the turns that are shown, for reading elsewhere."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from app.turn_tree import shown_path
from engine import DocumentPart, ImagePart

if TYPE_CHECKING:
    from app.store.records import Conversation, Turn
    from engine import Message

# What would make a line of a title something else than text.
_MARKUP = re.compile(r"([\\`*_{}\[\]<>#|])")


def write_markdown(conversation: Conversation) -> str:
    """The branch that is shown. Attachments are named, not contained; reasoning is left out."""
    blocks = [f"# {_line(conversation.title)}"]
    if conversation.system_prompt:
        blocks += ["## System prompt", conversation.system_prompt]
    for turn in shown_path(conversation.turns, conversation.shown):
        blocks += _turn(turn)
    return "\n\n".join(blocks) + "\n"


def attachment_line(part: ImagePart | DocumentPart) -> str:
    """An attachment in words."""
    if isinstance(part, ImagePart):
        return f"Picture: {part.name} ({part.width} × {part.height})"
    pages = len(part.pages)
    return f"Document: {part.name} ({pages} {'page' if pages == 1 else 'pages'})"


def attachments_of(question: Message) -> list[ImagePart | DocumentPart]:
    """What is attached to a question."""
    return [part for part in question.parts if isinstance(part, ImagePart | DocumentPart)]


def _turn(turn: Turn) -> list[str]:
    blocks = ["## Question"]
    blocks += [f"*{_line(attachment_line(part))}*" for part in attachments_of(turn.question)]
    blocks += [f"*{_line(lost.name)}: {lost.sentence}*" for lost in turn.lost]
    blocks += [turn.question.text] if turn.question.text else []
    blocks += ["## Answer", turn.answer or f"*No answer ({turn.state}).*"]
    if turn.error is not None:
        blocks.append(f"*{_line(turn.error.sentence)}*")
    return blocks


def _line(text: str) -> str:
    return _MARKUP.sub(r"\\\1", " ".join(text.split()))
