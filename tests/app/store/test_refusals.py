"""Every way in which the system can refuse to save, each told, and nothing lost by it."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from stored_conversations import picture

from app.store import (
    DamagedDatabase,
    DiskFull,
    LockedDatabase,
    NotWritable,
    StoreError,
    open_store,
)
from app.store.database import Database
from app.store.errors import _error
from engine import user

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.store import Store


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
