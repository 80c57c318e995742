"""The file itself: its mode, its transactions, and its versions."""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from app.store import (
    NewerDatabase,
    open_store,
)
from app.store.database import Database
from app.store.migrations import NEWEST, migrate, version_of
from engine import user

if TYPE_CHECKING:
    from app.store import Store

VERSIONS = Path(__file__).parent / "versions"


def test_only_the_owner_may_read_the_file_and_its_journal(store: Store) -> None:
    store.conversations.create()
    files = sorted(store.database.path.parent.glob("conversations.sqlite3*"))
    assert len(files) == 3
    assert all(path.stat().st_mode & 0o077 == 0 for path in files)


def test_an_open_file_is_made_private(tmp_path: Path) -> None:
    path = tmp_path / "db"
    path.touch(0o644)
    Database(path).close()
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_journal_and_foreign_keys_are_in_force(store: Store) -> None:
    with store.database.read() as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert connection.execute("PRAGMA foreign_keys").fetchone() == (1,)
        assert connection.execute("PRAGMA synchronous").fetchone() == (1,)
    with pytest.raises(sqlite3.IntegrityError):
        store.conversations.create("a", "no such folder")
    assert store.conversations.rows() == []


def test_a_write_that_fails_leaves_nothing(store: Store) -> None:
    def create_and_fail() -> None:
        with store.database.write():
            store.conversations.create()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        create_and_fail()
    assert store.conversations.rows() == []


def test_threads_take_turns(store: Store) -> None:
    def create() -> None:
        for _ in range(20):
            store.conversations.create("Named")

    threads = [threading.Thread(target=create) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(store.conversations.rows()) == 80


# Versions.


def schema(path: Path) -> list[tuple[str, str]]:
    connection = sqlite3.connect(path)
    rows = connection.execute("SELECT name, sql FROM sqlite_master ORDER BY name").fetchall()
    connection.close()
    return rows


def test_there_is_a_fixture_for_every_version() -> None:
    kept = {f"{version}.sql" for version in range(1, NEWEST + 1)}
    assert {path.name for path in VERSIONS.glob("*.sql")} == kept


@pytest.mark.parametrize("version", range(1, NEWEST + 1))
def test_an_old_database_is_brought_up_and_read(tmp_path: Path, version: int) -> None:
    path = tmp_path / "conversations.sqlite3"
    old = sqlite3.connect(path)
    old.executescript((VERSIONS / f"{version}.sql").read_text())
    old.close()
    store = open_store(tmp_path).store
    (row,) = store.conversations.rows()
    read = store.conversations.read(row.id)
    assert (read.title, read.system_prompt, read.folder_id) == ("Foam", "Be brief.", "folder-1")
    assert [turn.answer for turn in read.turns] == ["Proteins.", "Leaves."]
    assert read.turns[0].question == user("Why does it foam?")
    assert read.turns[1].parent_id == read.turns[0].id
    assert read.shown == {None: "turn-1"}
    assert read.options == ({} if version < 2 else {"thinking": False})
    assert [hit.row.id for hit in store.search.find("protei")] == [row.id]
    assert store.database.problems() == []
    store.close()
    Database(tmp_path / "new").close()
    assert schema(path) == schema(tmp_path / "new")


def test_a_newer_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "conversations.sqlite3"
    newer = sqlite3.connect(path)
    newer.execute("CREATE TABLE later (a)")
    newer.execute(f"PRAGMA user_version = {NEWEST + 1}")
    newer.commit()
    newer.close()
    before = path.read_bytes()
    with pytest.raises(NewerDatabase) as caught:
        open_store(tmp_path)
    assert "later version" in caught.value.sentence
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir() if "damaged" in p.name] == []


def test_a_step_that_fails_is_undone() -> None:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.execute("CREATE TABLE turn (in_the_way)")
    with pytest.raises(sqlite3.OperationalError):
        migrate(connection)
    assert version_of(connection) == 0
    names = connection.execute("SELECT name FROM sqlite_master").fetchall()
    assert names == [("turn",)]
    connection.close()
