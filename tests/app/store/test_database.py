"""The file itself: its mode, its versions, and every way in which it can be refused."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from stored_conversations import Clock, picture

from app.store import (
    DamagedDatabase,
    DiskFull,
    LockedDatabase,
    NewerDatabase,
    NotWritable,
    StoreError,
    open_store,
)
from app.store.database import Database
from app.store.errors import _error
from app.store.migrations import MIGRATIONS, NEWEST, migrate, statements, version_of
from engine import user

if TYPE_CHECKING:
    from collections.abc import Callable

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
            store.conversations.create()

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
    for statement in statements("".join(MIGRATIONS[:version])):
        old.execute(statement)
    old.executescript((VERSIONS / f"{version}.sql").read_text())
    old.execute(f"PRAGMA user_version = {version}")
    old.commit()
    old.close()
    store = open_store(tmp_path).store
    (row,) = store.conversations.rows()
    read = store.conversations.read(row.id)
    assert (read.title, read.system_prompt, read.folder_id) == ("Foam", "Be brief.", "folder-1")
    assert [turn.answer for turn in read.turns] == ["Proteins.", "Leaves."]
    assert read.turns[0].question == user("Why does it foam?")
    assert read.turns[1].parent_id == read.turns[0].id
    assert read.shown == {None: "turn-1"}
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


# Refusals.


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    path = tmp_path / "db"
    path.write_bytes(b"a letter to a friend" * 100)
    with pytest.raises(DamagedDatabase):
        Database(path)
    assert path.read_bytes() == b"a letter to a friend" * 100


def test_another_program_that_holds_the_file(tmp_path: Path) -> None:
    Database(tmp_path / "db").close()
    other = sqlite3.connect(tmp_path / "db", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    with pytest.raises(LockedDatabase) as caught:
        Database(tmp_path / "db", busy_s=0.05)
    assert "Another program" in caught.value.sentence
    other.execute("ROLLBACK")
    database = Database(tmp_path / "db", busy_s=0.05)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(LockedDatabase), database.write():
        pass
    other.close()
    with database.write() as connection:
        connection.execute("DELETE FROM turn")
    database.close()


def test_a_folder_that_does_not_exist(tmp_path: Path) -> None:
    with pytest.raises(NotWritable):
        Database(tmp_path / "no folder" / "db")


def as_nobody(act: Callable[[], None]) -> str:
    """Run `act` in a child without privileges; returns the error's class and sentence."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.setgroups([])
            os.setgid(65534)
            os.setuid(65534)
            try:
                act()
                told = "nothing was refused"
            except StoreError as fault:
                told = f"{type(fault).__name__}: {fault.sentence}"
            os.write(writer, told.encode())
        finally:
            os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as answers:
        told = answers.read()
    os.waitpid(child, 0)
    return told


@pytest.mark.skipif(os.name == "nt" or os.getuid() != 0, reason="needs to drop privileges")
@pytest.mark.parametrize("what", ["file", "folder", "attachments"])
def test_what_may_not_be_written(what: str) -> None:
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        store = open_store(folder).store
        conversation = store.conversations.create("kept")
        store.close()
        folder.chmod(0o755 if what != "attachments" else 0o777)
        path = folder / "conversations.sqlite3"
        path.chmod(0o444 if what == "file" else 0o666)
        (folder / "attachments").mkdir(mode=0o755)

        def write() -> None:
            opened = open_store(folder).store
            try:
                opened.turns.ask(conversation.id, user(picture(b"pixels"), "?"))
            finally:
                opened.database.close()

        told = as_nobody(write)
        assert told.startswith("NotWritable: ")
        assert "does not let your account write" in told
        store = open_store(folder).store
        assert [row.title for row in store.conversations.rows()] == ["kept"]
        store.close()


FULL = """
import resource, sys
from pathlib import Path
from app.store import DiskFull, open_store
from app.drafts import Draft
from engine import ImagePart, user
store = open_store(Path(sys.argv[1])).store
conversation = store.conversations.create("first")
kept = store.turns.ask(conversation.id, user("kept?"))
store.turns.save_partial(kept.id, "kept")
size = int(sys.argv[2])
resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
try:
    for n in range(1000):
        store.turns.save_partial(kept.id, "kept " + "x" * 20_000 * n)
        print(n, flush=True)
except DiskFull as fault:
    print("DiskFull", fault.sentence)
try:
    store.attachments.add(bytes(size + 1))
except DiskFull as fault:
    print("DiskFull", fault.sentence)
"""


@pytest.mark.skipif(os.name == "nt", reason="needs a limit on the size of files")
@pytest.mark.parametrize("size", [300_000, 700_000])
def test_a_full_disk_is_told_and_what_was_saved_is_there(tmp_path: Path, size: int) -> None:
    done = subprocess.run(
        [sys.executable, "-c", FULL, str(tmp_path), str(size)],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    *saved, first, second = done.stdout.splitlines()
    assert first.startswith("DiskFull The conversation could not be saved: the disk is full")
    assert second.startswith("DiskFull The attachment could not be saved: the disk is full")
    assert saved, "something fitted"
    opened = open_store(tmp_path)
    assert opened.damaged is None
    (row,) = opened.store.conversations.rows()
    (turn,) = opened.store.conversations.read(row.id).turns
    assert len(turn.answer) == 5 + 20_000 * int(saved[-1])
    assert opened.store.database.problems() == []
    opened.store.close()


def test_a_full_database_goes_on_once_there_is_room(store: Store) -> None:
    conversation = store.conversations.create()
    turn = store.turns.ask(conversation.id, user("?"))
    with store.database.read() as connection:
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
        connection.execute(f"PRAGMA max_page_count = {pages + 2}")
    with pytest.raises(DiskFull):
        store.turns.save_partial(turn.id, "x" * 100_000)
    assert store.conversations.read(conversation.id).turns[0].answer == ""
    with store.database.read() as connection:
        connection.execute("PRAGMA max_page_count = 1000000")
    store.turns.save_partial(turn.id, "x" * 100_000)
    assert len(store.conversations.read(conversation.id).turns[0].answer) == 100_000


def test_other_faults_of_the_system_are_told_and_our_own_are_not(tmp_path: Path) -> None:
    path = tmp_path / "db"
    fault = sqlite3.OperationalError("disk I/O error")
    assert _error(path, fault) is None
    fault.sqlite_errorcode = sqlite3.SQLITE_IOERR_READ
    assert type(_error(path, fault)) is StoreError
    database = Database(path)
    with pytest.raises(sqlite3.OperationalError), database.read() as connection:
        connection.execute("SELECT no_such_column")
    database.close()


# A killed process.

STREAM = """
import sys, time
from pathlib import Path
from app.store import open_store
from engine import user
store = open_store(Path(sys.argv[1])).store
conversation = store.conversations.create()
turn = store.turns.ask(conversation.id, user("Count without end"))
answer, saved = "", time.monotonic()
for n in range(10_000_000):
    answer += f"{n} "
    if time.monotonic() - saved >= 0.05:
        store.turns.save_partial(turn.id, answer)
        saved = time.monotonic()
        print(len(answer), flush=True)
"""


@pytest.mark.skipif(os.name == "nt", reason="there is no such signal")
def test_a_killed_process_loses_only_what_was_not_saved_yet(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", STREAM, str(tmp_path)], stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None
        told = [int(child.stdout.readline()) for _ in range(6)]
        child.send_signal(signal.SIGKILL)
        told += [int(line) for line in child.stdout.read().splitlines()]
    assert child.returncode == -signal.SIGKILL
    opened = open_store(tmp_path, Clock())
    assert (opened.damaged, opened.interrupted) == (None, 1)
    (row,) = opened.store.conversations.rows()
    (turn,) = opened.store.conversations.read(row.id).turns
    # One more may have been saved and not told of.
    assert len(turn.answer) >= told[-1]
    numbers = turn.answer.split()
    assert numbers == [str(n) for n in range(len(numbers))]
    assert opened.store.database.problems() == []
    opened.store.close()
