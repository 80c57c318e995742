"""Damaged databases: set aside, never overwritten, and read again as far as they can be."""

from __future__ import annotations

import random
import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from stored_conversations import Clock, document, picture

from app.drafts import Draft
from app.store import (
    Conversation,
    DamagedDatabase,
    NotWritable,
    Turn,
    TurnError,
    open_store,
    recover,
    set_aside_files,
)
from app.store.migrations import NEWEST
from app.store.recovery import set_aside
from engine import user

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.store import Store

PHOTO, REPORT = picture(b"pixels"), document("nitrate in the river")
PAGE = 4096
VERSIONS = Path(__file__).parent / "versions"
MANY = 60


def fill(folder: Path) -> dict[str, Conversation]:
    """A closed store of many conversations, and what it held."""
    store = open_store(folder, Clock()).store
    rivers = store.folders.create("Rivers")
    draw = random.Random(3)
    for n in range(MANY):
        turns = [
            Turn(
                f"{n}-{place}", f"{n}-{place - 1}" if place else None,
                user(PHOTO, REPORT, f"q{n}") if n == 7 else user(f"question {n} {place}"),
                float(n), "done", " ".join(str(draw.random()) for _ in range(40)), "", {"n": n},
                TurnError("A", "b", "c") if place == 2 else None,
            )
            for place in range(6)
        ]  # fmt: skip
        store.conversations.insert(
            Conversation(
                f"c{n}", f"Conversation {n}", float(n), float(n), folder_id=rivers.id,
                draft=Draft("half", (PHOTO,)), turns=tuple(turns), shown={None: f"{n}-0"},
                options={"n": n},
            )
        )  # fmt: skip
    held = {f"c{n}": store.conversations.read(f"c{n}") for n in range(MANY)}
    store.close()
    return held


def overwrite(path: Path, at: int, count: int) -> None:
    with path.open("r+b") as file:
        file.seek(at)
        file.write(b"\xa5" * count)


def root_page(path: Path, name: str) -> int:
    connection = sqlite3.connect(path)
    query = "SELECT rootpage FROM sqlite_master WHERE name = ?"
    (page,) = connection.execute(query, (name,)).fetchone()
    connection.close()
    return (page - 1) * PAGE


def leaf_in_the_middle(path: Path, table: str) -> int:
    connection = sqlite3.connect(path)
    query = "SELECT pageno FROM dbstat WHERE name = ? AND pagetype = 'leaf' ORDER BY path"
    pages = [row[0] for row in connection.execute(query, (table,))]
    connection.close()
    return (pages[len(pages) // 2] - 1) * PAGE


def header(path: Path) -> None:
    overwrite(path, 0, 100)


def magic(path: Path) -> None:
    overwrite(path, 3, 8)


def first_page(path: Path) -> None:
    overwrite(path, 0, PAGE)


def schema(path: Path) -> None:
    overwrite(path, 100, PAGE - 100)


def list_of_conversations(path: Path) -> None:
    overwrite(path, root_page(path, "conversation"), PAGE)


def way_to_the_turns(path: Path) -> None:
    overwrite(path, root_page(path, "turn"), PAGE)


def ways_to_everything(path: Path) -> None:
    for table in ("turn", "conversation", "shown"):
        overwrite(path, root_page(path, table), PAGE)
    first_page(path)


def some_answers(path: Path) -> None:
    overwrite(path, leaf_in_the_middle(path, "turn"), PAGE)


def index_of_turns(path: Path) -> None:
    overwrite(path, root_page(path, "turn_parent"), PAGE)


def index_of_words(path: Path) -> None:
    overwrite(path, root_page(path, "message_words_data"), PAGE)


def end_cut_off(path: Path) -> None:
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size // 2 // PAGE * PAGE)


def put_aside(folder: Path) -> tuple[Store, Path]:
    """As the application does: at the start, or when the damage is met."""
    opened = open_store(folder, Clock())
    if opened.damaged is not None:
        return opened.store, opened.damaged
    problems = []
    try:
        problems = opened.store.database.problems()
        for row in opened.store.conversations.rows():
            opened.store.conversations.read(row.id)
    except DamagedDatabase as fault:
        problems.append(fault.sentence)
    assert problems, "the damage is found"
    opened.store.database.close()
    aside = set_aside(folder / "conversations.sqlite3")
    return open_store(folder, Clock()).store, aside


@pytest.mark.parametrize(
    ("damage", "kept"),
    [
        (header, MANY), (magic, MANY), (first_page, MANY), (schema, MANY),
        (index_of_turns, MANY), (index_of_words, MANY), (some_answers, MANY - 3),
        (end_cut_off, 1), (list_of_conversations, MANY), (way_to_the_turns, MANY),
        (ways_to_everything, 1),
    ],
)  # fmt: skip
def test_what_can_be_read_is_recovered(
    tmp_path: Path, damage: Callable[[Path], None], kept: int
) -> None:
    held = fill(tmp_path)
    path = tmp_path / "conversations.sqlite3"
    damage(path)
    damaged = path.read_bytes()

    store, aside = put_aside(tmp_path)
    assert aside.read_bytes() == damaged, "the damaged file is as it was"
    assert store.conversations.rows() == []
    assert store.sweep() == 0
    assert set_aside_files(path) == [aside]

    recovered = recover(aside, store.database, store.attachments)
    assert aside.read_bytes() == damaged
    rows = store.conversations.rows()
    same = [row.id for row in rows if held.get(row.id) == store.conversations.read(row.id)]
    assert len(same) >= kept or kept == 1
    assert recovered.conversations == len(rows) >= kept
    assert recovered.turns >= 5
    turns = [t for row in rows for t in store.conversations.read(row.id).turns]
    old = {t.id: t for c in held.values() for t in c.turns}
    assert all((t.question, t.answer) == (old[t.id].question, old[t.id].answer) for t in turns)
    assert recovered.turns == len(turns)
    if kept == MANY:
        assert len(store.search.find("Conversation 59")) == 1
        assert len(store.search.find_in_documents("nitrate")) == 1
    assert store.database.problems() == []
    assert sorted(p.name for p in tmp_path.iterdir() if p.name.startswith(".")) == []
    store.close()


@pytest.mark.parametrize("broken", [False, True])
@pytest.mark.parametrize("version", range(1, NEWEST + 1))
def test_what_an_older_version_kept_is_recovered(
    tmp_path: Path, version: int, broken: bool
) -> None:
    store = open_store(tmp_path, Clock()).store
    aside = tmp_path / "conversations.damaged-1.sqlite3"
    old = sqlite3.connect(aside)
    old.executescript((VERSIONS / f"{version}.sql").read_text())
    old.close()
    if broken:
        first_page(aside)
    recovered = recover(aside, store.database, store.attachments)
    assert (recovered.conversations, recovered.turns, recovered.whole) == (1, 2, not broken)
    read = store.conversations.read("conversation-1")
    assert (read.title, read.draft.text) == ("Foam", "half")
    assert read.options == ({} if version < 2 else {"thinking": False})
    store.close()


def test_what_was_removed_does_not_come_back(tmp_path: Path) -> None:
    fill(tmp_path)
    store = open_store(tmp_path, Clock()).store
    for n in range(0, MANY, 2):
        store.conversations.purge(f"c{n}")
    store.close()
    path = tmp_path / "conversations.sqlite3"
    ways_to_everything(path)
    store, aside = put_aside(tmp_path)
    found = recover(aside, store.database, store.attachments)
    assert (found.conversations, found.turns, found.whole) == (MANY // 2, MANY * 3, False)
    assert not any(int(row.id[1:]) % 2 == 0 for row in store.conversations.rows())
    store.close()


def test_recovering_twice_adds_nothing(tmp_path: Path) -> None:
    fill(tmp_path)
    aside = set_aside(tmp_path / "conversations.sqlite3")
    store = open_store(tmp_path, Clock()).store
    first = recover(aside, store.database, store.attachments)
    assert (first.conversations, first.turns, first.whole) == (MANY, 6 * MANY, True)
    again = recover(aside, store.database, store.attachments)
    assert (again.conversations, again.turns) == (0, 0)
    store.close()


def test_what_the_journal_holds_is_recovered_too(tmp_path: Path) -> None:
    store = open_store(tmp_path, Clock()).store
    conversation = store.conversations.create("in the journal")
    path = store.database.path
    files = {s: path.with_name(path.name + s).read_bytes() for s in ("", "-wal")}
    store.close()
    for suffix, data in files.items():
        path.with_name(path.name + suffix).write_bytes(data)
    aside = set_aside(path)
    store = open_store(tmp_path, Clock()).store
    recover(aside, store.database, store.attachments)
    assert [row.id for row in store.conversations.rows()] == [conversation.id]
    store.close()


def test_rows_that_make_no_sense_are_left_out(tmp_path: Path) -> None:
    fill(tmp_path)
    path = tmp_path / "conversations.sqlite3"
    connection = sqlite3.connect(path)
    connection.execute("UPDATE turn SET question = 'no json' WHERE id = '3-1'")
    connection.execute("UPDATE turn SET parent_id = 'nobody' WHERE id = '4-2'")
    connection.execute("UPDATE conversation SET draft = 'no json' WHERE id = 'c5'")
    connection.execute("UPDATE conversation SET folder_id = 'nobody' WHERE id = 'c6'")
    connection.execute("DELETE FROM conversation WHERE id = 'c7'")
    connection.execute("UPDATE shown SET turn_id = '9-3' WHERE turn_id = '8-0'")
    connection.commit()
    connection.close()
    aside = set_aside(path)
    store = open_store(tmp_path, Clock()).store
    recover(aside, store.database, store.attachments)
    read = store.conversations.read
    assert [turn.parent_id for turn in read("c3").turns] == [None, None, "3-2", "3-3", "3-4"]
    assert [turn.parent_id for turn in read("c4").turns][2] is None
    assert read("c5").draft.empty
    assert read("c6").folder_id is None
    assert read("c8").shown == {}
    (nameless,) = (row for row in store.conversations.rows() if row.title.startswith("Recovered"))
    assert read(nameless.id).turns[0].question == user(PHOTO, REPORT, "q7")
    assert store.database.problems() == []
    store.close()


def test_a_file_without_anything_readable_is_told(tmp_path: Path) -> None:
    path = tmp_path / "conversations.sqlite3"
    path.write_bytes(b"a letter to a friend" * 2000)
    opened = open_store(tmp_path, Clock())
    assert opened.damaged is not None
    found = recover(opened.damaged, opened.store.database, opened.store.attachments)
    assert (found.conversations, found.turns, found.whole) == (0, 0, False)
    opened.store.close()


def test_damage_that_is_met_while_opening_is_set_aside(tmp_path: Path) -> None:
    fill(tmp_path)
    path = tmp_path / "conversations.sqlite3"
    connection = sqlite3.connect(path)
    connection.execute("UPDATE turn SET state = 'answering' WHERE id = '30-3'")
    connection.commit()
    connection.close()
    overwrite(path, root_page(path, "turn_running"), PAGE)
    opened = open_store(tmp_path, Clock())
    assert opened.damaged is not None
    recover(opened.damaged, opened.store.database, opened.store.attachments)
    assert len(opened.store.conversations.rows()) == MANY
    opened.store.close()


def test_setting_aside_never_overwrites(tmp_path: Path) -> None:
    path = tmp_path / "conversations.sqlite3"
    for n in range(3):
        path.write_bytes(bytes([n]))
        set_aside(path)
    assert sorted(p.read_bytes() for p in set_aside_files(path)) == [b"\0", b"\1", b"\2"]


def test_a_file_that_cannot_be_renamed_stays(tmp_path: Path, monkeypatch) -> None:
    path = tmp_path / "conversations.sqlite3"
    path.write_bytes(b"damaged")
    path.with_name(f"{path.name}-wal").write_bytes(b"journal")
    rename = type(path).rename

    def refuse(self: Path, target: Path) -> Path:
        if self.name == path.name:
            raise PermissionError(13, "not allowed")
        return rename(self, target)

    monkeypatch.setattr(type(path), "rename", refuse)
    with pytest.raises(NotWritable):
        set_aside(path)
    assert path.read_bytes() == b"damaged"
    assert path.with_name(f"{path.name}-wal").read_bytes() == b"journal"
