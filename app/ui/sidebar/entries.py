"""What stands in the sidebar's list, from its first line to its last: headings, folders, rows."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from PySide6.QtCore import QDate, QDateTime, QLocale

from app.store.records import ConversationRow, Folder

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from app.store.groups import Group

_HEADINGS = {
    "pinned": "Pinned",
    "today": "Today",
    "yesterday": "Yesterday",
    "previous_7": "Previous 7 days",
    "previous_30": "Previous 30 days",
}
_FOLDERS = "Folders"


@dataclass(frozen=True, slots=True)
class Heading:
    """A group's name; nobody can open it."""

    text: str


@dataclass(frozen=True, slots=True)
class FolderEntry:
    """A folder's own line. `marked` is a closed folder that holds the open conversation."""

    folder: Folder
    count: int
    unfolded: bool
    marked: bool = False
    answering: bool = False


Entry = Heading | FolderEntry | ConversationRow


@dataclass(frozen=True, slots=True)
class Listing:
    """The whole list: a key and an entry for every line, and which rows stand inside a folder.

    A conversation's key is its id; `heading_key` and `folder_key` name the other lines.
    """

    keys: Sequence[str] = ()
    entries: Sequence[Entry] = ()
    indented: frozenset[str] = frozenset()


def heading_key(name: str) -> str:
    """The key of a heading; no id of a conversation has a space in it."""
    return f"heading {name}"


def folder_key(folder_id: str) -> str:
    """The key of a folder's line."""
    return f"folder {folder_id}"


def list_groups(
    groups: Sequence[Group],
    unfolded: Collection[str],
    current: str | None,
    answering: Collection[str],
) -> Listing:
    """The groups under their headings; of folders, only those that are `unfolded` with rows."""
    keys: list[str] = []
    entries: list[Entry] = []
    indented: list[str] = []
    foldered = False
    for group in groups:
        if group.folder is None:
            keys.append(heading_key(f"{group.kind} {group.year} {group.month}"))
            entries.append(Heading(_heading(group)))
        else:
            if not foldered:
                foldered = True
                keys.append(heading_key("folders"))
                entries.append(Heading(_FOLDERS))
            is_unfolded = group.folder.id in unfolded
            keys.append(folder_key(group.folder.id))
            entries.append(_folder_entry(group, group.folder, is_unfolded, current, answering))
            if not is_unfolded:
                continue
            indented.extend(row.id for row in group.rows)
        keys.extend([row.id for row in group.rows])
        entries.extend(group.rows)
    return Listing(keys, entries, frozenset(indented))


def spoken(entry: Entry, *, answering: bool) -> str:
    """What a screen reader says of a line."""
    if isinstance(entry, Heading):
        return entry.text
    if isinstance(entry, FolderEntry):
        state = "open" if entry.unfolded else "closed"
        return f"{entry.folder.name}, folder, {conversations(entry.count)}, {state}"
    said = [entry.title]
    if entry.pinned:
        said.append("pinned")
    if answering:
        said.append("answering")
    return ", ".join(said)


def tip(entry: Entry) -> str:
    """A line's tooltip: the whole title and the date, as text that is no markup."""
    if isinstance(entry, Heading):
        return ""
    if isinstance(entry, FolderEntry):
        return f"<qt>{escape(entry.folder.name)}<br>{conversations(entry.count)}</qt>"
    moment = QDateTime.fromSecsSinceEpoch(int(entry.changed))
    date = QLocale().toString(moment.date(), QLocale.FormatType.LongFormat)
    time = QLocale().toString(moment.time(), QLocale.FormatType.ShortFormat)
    return f"<qt>{escape(entry.title)}<br>{escape(date)}, {escape(time)}</qt>"


def conversations(count: int) -> str:
    """So many conversations."""
    return "1 conversation" if count == 1 else f"{count:,} conversations"


def _heading(group: Group) -> str:
    if group.kind != "month":
        return _HEADINGS[group.kind]
    name = QLocale().standaloneMonthName(group.month)
    name = name[:1].upper() + name[1:]
    return name if group.year == QDate.currentDate().year() else f"{name} {group.year}"


def _folder_entry(
    group: Group,
    folder: Folder,
    unfolded: bool,
    current: str | None,
    answering: Collection[str],
) -> FolderEntry:
    if unfolded:
        return FolderEntry(folder, len(group.rows), unfolded=True)
    return FolderEntry(
        folder,
        len(group.rows),
        unfolded=False,
        marked=any(row.id == current for row in group.rows),
        answering=bool(answering) and any(row.id in answering for row in group.rows),
    )
