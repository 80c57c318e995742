"""Changes reach the disk in order; what cannot be written waits, and nothing is lost."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

import pytest

from app.store import LockedDatabase, open_store
from app.store.store import DATABASE_NAME

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from app.library import StoreThread
    from app.store import Opened, Store


def opened(qtbot: QtBot, thread: StoreThread, folder: Path) -> None:
    found: list[Opened] = []
    thread.open(lambda: folder, found.append, lambda fault: pytest.fail(str(fault)))
    qtbot.waitUntil(lambda: bool(found))


def titles(folder: Path) -> list[str]:
    store = open_store(folder).store
    rows = [row.title for row in store.conversations.rows()]
    store.close()
    return sorted(rows)


def creating(title: str) -> Callable[[Store], object]:
    def work(store: Store) -> None:
        store.conversations.create(title)

    return work


def test_what_is_asked_before_the_store_is_open_is_written_once_it_is(
    qtbot: QtBot, store_thread: StoreThread, tmp_path: Path
) -> None:
    store_thread.write(creating("early"))
    assert store_thread.unwritten == 1
    opened(qtbot, store_thread, tmp_path)
    qtbot.waitUntil(lambda: store_thread.unwritten == 0)
    store_thread.write(creating("late"))
    assert store_thread.close() is None
    assert titles(tmp_path) == ["early", "late"]


def test_the_newest_of_a_kind_replaces_only_its_neighbour(
    qtbot: QtBot, store_thread: StoreThread, tmp_path: Path
) -> None:
    for title, key in (("a1", "a"), ("a2", "a"), ("b", "b"), ("a3", "a"), ("a4", "a")):
        store_thread.write(creating(title), key)
    opened(qtbot, store_thread, tmp_path)
    assert store_thread.close() is None
    assert titles(tmp_path) == ["a2", "a4", "b"]


def test_a_read_finds_what_was_written_before(
    qtbot: QtBot, store_thread: StoreThread, tmp_path: Path
) -> None:
    opened(qtbot, store_thread, tmp_path)
    found: list[list[str]] = []
    store_thread.write(creating("first"))
    store_thread.read(
        lambda store: [row.title for row in store.conversations.rows()], found.append, print
    )
    qtbot.waitUntil(lambda: bool(found))
    assert found == [["first"]]


def test_what_another_program_blocks_waits_and_is_written_in_order(
    qtbot: QtBot, store_thread: StoreThread, tmp_path: Path
) -> None:
    opened(qtbot, store_thread, tmp_path)
    other = sqlite3.connect(tmp_path / DATABASE_NAME, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with qtbot.waitSignal(store_thread.trouble, timeout=10_000) as told:
        store_thread.write(creating("first"))
    assert isinstance(told.args[0], LockedDatabase)
    store_thread.write(creating("second"))
    assert store_thread.unwritten == 2
    with qtbot.waitSignal(store_thread.settled, timeout=10_000):
        other.execute("ROLLBACK")
    other.close()
    assert store_thread.unwritten == 0
    assert store_thread.close() is None
    assert titles(tmp_path) == ["first", "second"]


def test_closing_says_what_could_not_be_written(
    qtbot: QtBot, store_thread: StoreThread, tmp_path: Path
) -> None:
    opened(qtbot, store_thread, tmp_path)
    other = sqlite3.connect(tmp_path / DATABASE_NAME, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    store_thread.write(creating("first"))
    error = store_thread.close()
    other.close()
    assert isinstance(error, LockedDatabase)


def test_a_change_of_something_that_is_gone_holds_nothing_up(
    qtbot: QtBot, store_thread: StoreThread, tmp_path: Path
) -> None:
    opened(qtbot, store_thread, tmp_path)
    store_thread.write(lambda store: store.conversations.rename("unknown", "x"))
    store_thread.write(creating("after"))
    assert store_thread.close() is None
    assert titles(tmp_path) == ["after"]
