"""A conversation as one HTML file: no scripts, nothing fetched, all that was written escaped."""

from __future__ import annotations

import base64
from html import escape
from typing import TYPE_CHECKING

from markdown_it import MarkdownIt

from app.reading import as_png
from app.store.exchange.markdown import attachment_line, attachments_of
from app.turn_tree import shown_path
from engine import ImagePart, UnreadableFile

if TYPE_CHECKING:
    from app.store.records import Conversation, Turn
    from engine import DocumentPart

# What browsers show, by how the file begins.
_TYPES = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF8", "image/gif"),
    (b"RIFF", "image/webp"),
)
_STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 46rem; margin: 2rem auto; padding: 0 1rem }
.question { border-left: 3px solid #233f6b; padding-left: 1rem; white-space: pre-wrap }
.note { color: #555 } img { max-width: 100% } pre { overflow-x: auto; background: #f4f2ec }
pre { padding: .5rem } table { border-collapse: collapse } td, th { padding: .2rem .6rem }
"""
# Even where something slipped through, a browser would neither run nor fetch it.
_POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"


def write_html(conversation: Conversation) -> str:
    """The branch that is shown, with its pictures inside; reasoning is left out."""
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")
    title = escape(conversation.title)
    body = [f"<h1>{title}</h1>"]
    if conversation.system_prompt:
        body.append(f'<p class="note">{escape(conversation.system_prompt)}</p>')
    for turn in shown_path(conversation.turns, conversation.shown):
        body += _turn(turn, markdown)
    return (
        '<!DOCTYPE html>\n<html>\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{escape(_POLICY)}">\n'
        f"<title>{title}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n"
        + "\n".join(body)
        + "\n</body>\n</html>\n"
    )


def _turn(turn: Turn, markdown: MarkdownIt) -> list[str]:
    pieces = [_attachment(part) for part in attachments_of(turn.question)]
    pieces += [_note(f"{lost.name}: {lost.sentence}") for lost in turn.lost]
    pieces.append(f'<div class="question">{escape(turn.question.text)}</div>')
    rendered = str(markdown.render(turn.answer)) if turn.answer else _note(turn.state)
    pieces.append(f'<div class="answer">{rendered}</div>')
    if turn.error is not None:
        pieces.append(_note(turn.error.sentence))
    return pieces


def _attachment(part: ImagePart | DocumentPart) -> str:
    line = attachment_line(part)
    if not isinstance(part, ImagePart):
        return _note(line)
    kind, content = _type_of(part.data), part.data
    if kind is None:  # browsers do not show it, or not all of them
        try:
            kind, content = "image/png", as_png(part)
        except UnreadableFile:
            return _note(line)
    data = base64.b64encode(content).decode()
    return f'<p><img alt="{escape(line)}" src="data:{kind};base64,{data}"></p>'


def _type_of(data: bytes) -> str | None:
    return next((kind for magic, kind in _TYPES if data.startswith(magic)), None)


def _note(text: str) -> str:
    return f'<p class="note">{escape(text)}</p>'
