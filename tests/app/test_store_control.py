"""What the person is told of the store: trouble and its end, damage and what came back."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

import pytest
from PySide6.QtWidgets import QPushButton

from app.conversation import Conversation
from app.library import Library, StoreThread
from app.store import open_store, set_aside_files
from app.store.store import DATABASE_NAME
from app.store_control import StoreControl
from app.ui.notice_bar import NoticeBar
from engine import user

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from app.ui.theme import Theme


@pytest.fixture
def bar(qtbot: QtBot, theme: Theme) -> NoticeBar:
    bar = NoticeBar(theme)
    qtbot.addWidget(bar)
    return bar


@pytest.fixture
def closed_library(store_thread: StoreThread) -> Library:
    return Library(store_thread, store_thread)


def press(bar: NoticeBar, words: str) -> None:
    button = next(b for b in bar.findChildren(QPushButton) if b.text() == words)
    button.click()


def keep_one(folder: Path, questions: int = 30) -> None:
    store = open_store(folder).store
    conversation = store.conversations.create("Kept")
    parent = None
    for number in range(questions):
        parent = store.turns.ask(conversation.id, user(f"Question {number}"), parent).id
        store.turns.finish(parent, "done", f"Answer {number} " + "with words " * 40)
    store.close()


def test_nothing_is_said_while_all_is_well(
    qtbot: QtBot, bar: NoticeBar, closed_library: Library, store_thread: StoreThread, tmp_path: Path
) -> None:
    control = StoreControl(bar, closed_library, store_thread, lambda: tmp_path)
    with qtbot.waitSignal(closed_library.listed):
        control.open()
    assert bar.sentence == ""


def test_trouble_is_told_once_and_taken_back_when_all_is_written(
    qtbot: QtBot, bar: NoticeBar, closed_library: Library, store_thread: StoreThread, tmp_path: Path
) -> None:
    control = StoreControl(bar, closed_library, store_thread, lambda: tmp_path)
    with qtbot.waitSignal(closed_library.listed):
        control.open()
    other = sqlite3.connect(tmp_path / DATABASE_NAME, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    conversation = Conversation()
    with qtbot.waitSignal(store_thread.trouble, timeout=10_000):
        closed_library.ask(conversation, conversation.add(user("Kept?")))
    assert "Another program is using" in bar.sentence
    assert "waits in memory" in bar.sentence
    with qtbot.waitSignal(store_thread.settled, timeout=10_000):
        other.execute("ROLLBACK")
    other.close()
    assert bar.sentence == ""


def test_a_store_that_cannot_be_opened_is_told_and_tried_again(
    qtbot: QtBot, bar: NoticeBar, closed_library: Library, store_thread: StoreThread, tmp_path: Path
) -> None:
    folder = tmp_path / "not yet there"
    control = StoreControl(bar, closed_library, store_thread, lambda: folder)
    with qtbot.waitSignal(closed_library.not_opened):
        control.open()
    assert "nothing of what you write is saved" in bar.sentence
    conversation = Conversation()
    closed_library.ask(conversation, conversation.add(user("Meanwhile")))
    folder.mkdir()
    with qtbot.waitSignal(closed_library.listed):
        press(bar, "Try again")
    assert bar.sentence == ""
    assert store_thread.close() is None
    store = open_store(folder).store
    assert [row.title for row in store.conversations.rows()] == ["Meanwhile"]
    store.close()


def test_a_damaged_store_is_set_aside_and_read_back(
    qtbot: QtBot, bar: NoticeBar, closed_library: Library, store_thread: StoreThread, tmp_path: Path
) -> None:
    keep_one(tmp_path)
    path = tmp_path / DATABASE_NAME
    data = bytearray(path.read_bytes())
    data[100:108] = b"\xff" * 8  # the head of the first page's table
    path.write_bytes(bytes(data))
    control = StoreControl(bar, closed_library, store_thread, lambda: tmp_path)
    with qtbot.waitSignal(closed_library.listed):
        control.open()
    (aside,) = set_aside_files(path)
    assert aside.name in bar.sentence
    with qtbot.waitSignal(closed_library.rows.changed):
        press(bar, "Bring back what can be read")
    qtbot.waitUntil(lambda: bar.sentence.startswith("Brought back"))
    assert aside.read_bytes() == bytes(data)
    assert [row.title for row in closed_library.rows.all] != []
