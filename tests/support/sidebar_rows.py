"""Conversations of several days, months and folders, as the sidebar gets them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from PySide6.QtCore import QLocale

from app.store import ConversationRow, Folder, Group, group_rows

if TYPE_CHECKING:
    from collections.abc import Sequence

NOW = datetime.now(UTC).replace(hour=14, minute=0)
FOLDERS = (Folder("f1", "Field work", 1.0), Folder("f2", "Tax 2024", 2.0))


def row(
    key: str, title: str, days: float = 0, folder: str | None = None, *, pinned: bool = False
) -> ConversationRow:
    """A conversation that was changed so many days ago."""
    return ConversationRow(key, title, folder, pinned, (NOW - timedelta(days=days)).timestamp())


ROWS = (
    row("pin", "Household paperwork", 20, pinned=True),
    row("a", "Alder Valley nitrate report"),
    row("b", "Workshop days into my calendar", 0.1),
    row("c", "Rental contract, clause 14", 1),
    row("d", "Letter to the housing office", 3),
    row("e", "Tide table for Friday", 12),
    row("m", "Old photograph, who is where", 50),
    row("x", "Sampling plan", 2, "f1"),
    row("y", "Bottle labels", 4, "f1"),
)


def grouped(
    rows: Sequence[ConversationRow], folders: Sequence[Folder] = FOLDERS
) -> tuple[Group, ...]:
    """The rows as the store groups them today."""
    return group_rows(rows, folders, NOW, UTC)


def month_heading(days: float) -> str:
    """What the month of so many days ago is called."""
    then = NOW - timedelta(days=days)
    name = QLocale().standaloneMonthName(then.month)
    return name if then.year == NOW.year else f"{name} {then.year}"
