"""Tooltips of text that others wrote: Qt would take a file named `<b>` for markup."""

from __future__ import annotations

from html import escape


def plain_tip(text: str) -> str:
    """`text` so that a tooltip shows each of its characters."""
    return f"<qt>{escape(text, quote=False)}</qt>" if "<" in text or "&" in text else text
