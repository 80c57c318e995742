"""How a document stands in the user's message, as plain text.

The form is byte-stable: a model is trained on it and a kept prefix depends on it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_MARK = re.compile(
    r"\[[^\[\]\n]*p\. *\d+\]"
    r"|</?(?:document|tool_call|tool_response|tools|think)\b"
    r"|<\|"
    r"|</?image>"
)
_LINE_BREAKS = re.compile(r"\r\n|[\r\v\f\x1c-\x1e\x85\u2028\u2029]")
_UNSAFE_IN_NAME = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]+")


def document_text(name: str, pages: Sequence[str], numbers: Sequence[int] | None = None) -> str:
    """Return the document between its tags, each page under its mark, without a final newline.

    Pages are numbered from 1 unless `numbers` says otherwise (where only some were chosen).

    A line of the text that looks like a mark or a tag of ours is indented by one space, so that
    no document can forge a page or close itself.
    """
    lines = [document_opening(name, len(pages))]
    marked = range(1, len(pages) + 1) if numbers is None else numbers
    for number, page in zip(marked, pages, strict=True):
        lines.append(page_mark(number))
        if page:
            lines.append(page_text(page))
    lines.append(document_closing())
    return "\n".join(lines)


def document_opening(name: str, pages: int) -> str:
    """Return the line that opens a document."""
    safe = _UNSAFE_IN_NAME.sub(" ", name).replace('"', "'").replace("<", "(").replace(">", ")")
    return f'<document name="{safe}" pages="{pages}">'


def document_closing() -> str:
    """Return the line that closes a document."""
    return "</document>"


def page_mark(number: int) -> str:
    """Return the line above a page's text or picture."""
    return f"[p. {number}]"


def page_text(page: str) -> str:
    """Return a page's text with its line breaks made plain and look-alike lines indented."""
    lines = _LINE_BREAKS.sub("\n", page).split("\n")
    return "\n".join(f" {line}" if _MARK.match(line) else line for line in lines)
