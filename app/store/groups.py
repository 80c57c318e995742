"""The sidebar's groups: pinned, by day, by month, folders last. A pure function of rows and time.

What a group is called is the window's to say, in the person's language.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, tzinfo

    from app.store.records import ConversationRow, Folder

GroupKind = Literal["pinned", "today", "yesterday", "previous_7", "previous_30", "month", "folder"]
_ORDER: tuple[GroupKind, ...] = ("pinned", "today", "yesterday", "previous_7", "previous_30")
_Key = tuple[GroupKind, int, int, str]


@dataclass(frozen=True, slots=True)
class Group:
    """A heading and its rows, newest first. `year` and `month` are those of a month's group."""

    kind: GroupKind
    rows: tuple[ConversationRow, ...]
    year: int = 0
    month: int = 0
    folder: Folder | None = None


def group_rows(
    rows: Iterable[ConversationRow], folders: Iterable[Folder], now: datetime, zone: tzinfo
) -> tuple[Group, ...]:
    """Every row once: pinned, else its folder, else its day. Folders are there when empty too.

    `now` is any moment with a time zone; days begin at midnight in `zone`. What was changed in the
    future, by a clock that was wrong, counts as today's.
    """
    today = now.astimezone(zone).date()
    shelves = {folder.id: folder for folder in folders}
    filed: dict[_Key, list[ConversationRow]] = {}
    for row in sorted(rows, key=lambda r: (-r.changed, r.id)):
        filed.setdefault(_key(row, shelves, today, zone), []).append(row)
    plain = [
        Group(kind, tuple(filed[kind, 0, 0, ""])) for kind in _ORDER if (kind, 0, 0, "") in filed
    ]
    months = sorted((key for key in filed if key[0] == "month"), reverse=True)
    named = sorted(shelves.values(), key=lambda f: (f.name.casefold(), f.id))
    return (
        *plain,
        *(Group("month", tuple(filed[key]), key[1], key[2]) for key in months),
        *(Group("folder", tuple(filed.get(("folder", 0, 0, f.id), ())), folder=f) for f in named),
    )


def _key(row: ConversationRow, shelves: dict[str, Folder], today: date, zone: tzinfo) -> _Key:
    if row.pinned:
        return "pinned", 0, 0, ""
    if row.folder_id in shelves:
        return "folder", 0, 0, row.folder_id or ""
    day = datetime.fromtimestamp(row.changed, zone).date()
    age = (today - day).days
    if age <= 1:
        return ("yesterday" if age == 1 else "today"), 0, 0, ""
    if age <= 30:
        return ("previous_7" if age <= 7 else "previous_30"), 0, 0, ""
    return "month", day.year, day.month, ""
