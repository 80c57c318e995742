"""The sidebar's groups, by the calendar of the person's own time zone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from app.store import ConversationRow, Folder, Group, group_rows

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 3, 30, 0, 30, tzinfo=BERLIN)  # the night after the clocks went forward
FOLDERS = [Folder("z", "rivers", 1.0), Folder("y", "Alder", 2.0)]


def row(
    name: str, when: datetime, folder: str | None = None, pinned: bool = False
) -> ConversationRow:
    return ConversationRow(name, name, folder, pinned, when.timestamp())


def told(groups: tuple[Group, ...]) -> list[tuple[str, str]]:
    return [(g.kind, " ".join(r.id for r in g.rows)) for g in groups]


def test_every_group_in_its_order() -> None:
    rows = [
        row("pin", NOW - timedelta(days=400), "z", pinned=True),
        row("now", NOW),
        row("minutes", NOW - timedelta(minutes=20)),
        row("late", datetime(2026, 3, 29, 23, 59, tzinfo=BERLIN)),
        row("dawn", datetime(2026, 3, 29, 0, 0, tzinfo=BERLIN)),
        row("week", datetime(2026, 3, 28, 23, 59, tzinfo=BERLIN)),
        row("seven", datetime(2026, 3, 23, 0, 0, tzinfo=BERLIN)),
        row("eight", datetime(2026, 3, 22, 23, 59, tzinfo=BERLIN)),
        row("thirty", datetime(2026, 2, 28, 0, 0, tzinfo=BERLIN)),
        row("older", datetime(2026, 2, 27, 23, 59, tzinfo=BERLIN)),
        row("winter", datetime(2025, 12, 31, 23, 30, tzinfo=BERLIN)),
        row("filed", NOW - timedelta(days=3), "y"),
        row("astray", NOW - timedelta(days=3), "no such folder"),
    ]
    groups = group_rows(rows, FOLDERS, NOW, BERLIN)
    assert told(groups) == [
        ("pinned", "pin"),
        ("today", "now minutes"),
        ("yesterday", "late dawn"),
        ("previous_7", "week astray seven"),
        ("previous_30", "eight thirty"),
        ("month", "older"),
        ("month", "winter"),
        ("folder", "filed"),
        ("folder", ""),
    ]
    assert [(g.year, g.month) for g in groups if g.kind == "month"] == [(2026, 2), (2025, 12)]
    assert [g.folder.name for g in groups if g.folder] == ["Alder", "rivers"]


def test_the_day_is_that_of_the_zone() -> None:
    moment = datetime(2026, 3, 29, 22, 30, tzinfo=UTC)
    (group,) = group_rows([row("a", moment)], [], NOW, BERLIN)
    assert group.kind == "today"
    (group,) = group_rows([row("a", moment)], [], datetime(2026, 3, 30, 12, tzinfo=UTC), UTC)
    assert group.kind == "yesterday"


def test_a_clock_that_was_wrong_counts_as_today() -> None:
    (group,) = group_rows([row("a", NOW + timedelta(days=30))], [], NOW, BERLIN)
    assert group.kind == "today"


@given(
    st.lists(
        st.builds(
            ConversationRow, st.uuids().map(str), st.just("t"),
            st.sampled_from([None, "z", "y", "x"]), st.booleans(), st.floats(0, 2e9),
        )
    )
)  # fmt: skip
def test_every_row_is_shown_once_and_newest_first(rows: list[ConversationRow]) -> None:
    groups = group_rows(rows, FOLDERS, NOW, BERLIN)
    shown = [r for group in groups for r in group.rows]
    assert sorted(r.id for r in shown) == sorted(r.id for r in rows)
    for group in groups:
        assert list(group.rows) == sorted(group.rows, key=lambda r: (-r.changed, r.id))
        assert group.rows or group.kind == "folder"
