"""A store that is removed for good: nothing of what was said is left in its folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from app.store import NotWritable, erase_store, open_store
from app.store.store import ATTACHMENTS_NAME, DATABASE_NAME
from engine import user

if TYPE_CHECKING:
    from pathlib import Path

SECRET = "the third willow"


def test_database_copies_and_attachments_go(tmp_path: Path) -> None:
    store = open_store(tmp_path).store
    conversation = store.conversations.create("A title").id
    store.turns.ask(conversation, user(SECRET), None, "turn")
    store.attachments.add(SECRET.encode())
    store.close()
    (tmp_path / DATABASE_NAME).rename(tmp_path / "conversations.damaged-1.sqlite3")
    open_store(tmp_path).store.close()
    (tmp_path / "other.txt").write_text("stays")

    erase_store(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["other.txt"]
    erase_store(tmp_path)  # there is nothing left to remove

    assert open_store(tmp_path).store.conversations.rows() == []


def test_what_stays_is_said(tmp_path: Path) -> None:
    (tmp_path / ATTACHMENTS_NAME).write_text("no folder")
    (tmp_path / DATABASE_NAME).write_bytes(b"")
    with pytest.raises(NotWritable, match="Not everything"):
        erase_store(tmp_path)
    assert not (tmp_path / DATABASE_NAME).exists()
