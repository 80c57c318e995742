"""Conversations: made, named, moved, deleted with a way back, read whole, listed in rows."""

from __future__ import annotations

import time
from functools import cache
from typing import TYPE_CHECKING
from uuid import uuid4

from app.conversation import UNTITLED
from app.store import index, uses
from app.store.migrations import PLACE_BITS
from app.store.records import Conversation, ConversationRow
from app.store.rows import (
    TURN_COLUMNS,
    conversation_number,
    decode_draft,
    encode_draft,
    figures_of,
    figures_text,
    storable,
    turn_of,
)
from app.store.turns import insert_turn, read_shown, save_shown

if TYPE_CHECKING:
    from collections.abc import Callable
    from sqlite3 import Connection

    from app.drafts import Draft
    from app.store.attachments import Attachments
    from app.store.database import Database
    from app.store.records import Json

_COLUMNS = (
    "id, title, created, changed, titled_by_person, folder_id, pinned, system_prompt, draft, "
    "options"
)
_READ = f"SELECT {_COLUMNS} FROM conversation WHERE number = ?"  # noqa: S608
_READ_TURNS = f"SELECT {TURN_COLUMNS} FROM turn WHERE conversation = ? ORDER BY number"  # noqa: S608
_INSERT = f"INSERT INTO conversation ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"  # noqa: S608
_BEGUN = f"""
    (title <> ? OR titled_by_person OR EXISTS (
        SELECT 1 FROM turn WHERE turn.number BETWEEN
        conversation.number << {PLACE_BITS} AND (conversation.number + 1 << {PLACE_BITS}) - 1
    ))
"""  # noqa: S608
_ROWS = f"""
    SELECT id, title, folder_id, pinned, changed FROM conversation
    WHERE deleted IS NULL AND {_BEGUN} ORDER BY changed DESC, number DESC
"""  # noqa: S608
_UNSENT = f"""
    SELECT id FROM conversation WHERE deleted IS NULL AND NOT {_BEGUN}
    ORDER BY changed DESC, number DESC
"""  # noqa: S608


class Conversations:
    """All conversations. Every change is one transaction.

    `delete` only marks: `restore` takes the mark away, `purge` removes what is marked for good.
    """

    def __init__(
        self, database: Database, attachments: Attachments, clock: Callable[[], float] = time.time
    ) -> None:
        self._database = database
        self._attachments = attachments
        self._clock = clock

    def create(self, title: str = UNTITLED, folder_id: str | None = None) -> Conversation:
        """An empty conversation, kept from now on. Its first question will name it."""
        now = self._clock()
        conversation = Conversation(uuid4().hex, storable(title), now, now, folder_id=folder_id)
        self.insert(conversation)
        return conversation

    def insert(self, conversation: Conversation) -> None:
        """Keep a whole conversation under its own ids, which nothing else may have yet.

        Its turns must be a tree (`app.turn_tree.is_tree`), its folder must be there.
        """
        encoded = encode_draft(conversation.draft, self._attachments.add)
        title = storable(conversation.title)
        with self._database.write() as connection:
            cursor = connection.execute(
                _INSERT,
                (
                    conversation.id, title, conversation.created, conversation.changed,
                    conversation.titled_by_person, conversation.folder_id, conversation.pinned,
                    storable(conversation.system_prompt), encoded,
                    figures_text(conversation.options),
                ),
            )  # fmt: skip
            number = cursor.lastrowid
            assert number is not None
            index.add_title(connection, number, title)
            uses.note(connection, self._attachments, number, uses.DRAFT, encoded)
            for turn in conversation.turns:
                insert_turn(connection, self._attachments, number, turn)
            save_shown(connection, number, conversation.shown)

    def rows(self) -> list[ConversationRow]:
        """What the sidebar shows, newest first; without those that are marked as deleted.

        One in which nothing was asked yet, and that nobody named, is no conversation to be shown.
        """
        with self._database.read() as connection:
            rows = connection.execute(_ROWS, (UNTITLED,)).fetchall()
        return [ConversationRow(i, t, f, bool(p), c) for i, t, f, p, c in rows]

    def unsent(self) -> list[str]:
        """The ids of those that `rows` leaves out: kept for what is being written in them."""
        with self._database.read() as connection:
            return [row[0] for row in connection.execute(_UNSENT, (UNTITLED,))]

    def read(self, conversation_id: str) -> Conversation:
        """A whole conversation, one marked as deleted too; raises `NotStored`.

        A part whose file is gone or damaged is left out, and told in `lost` of its turn.
        """
        with self._database.read() as connection:
            number = conversation_number(connection, conversation_id)
            row = connection.execute(_READ, (number,)).fetchone()
            turns = connection.execute(_READ_TURNS, (number,)).fetchall()
            shown = read_shown(connection, number)
        # A picture that many turns hold is read and checked once, and in memory once.
        get = cache(self._attachments.read)
        draft, lost = decode_draft(row[8], get)
        return Conversation(
            id=row[0], title=row[1], created=row[2], changed=row[3], titled_by_person=bool(row[4]),
            folder_id=row[5], pinned=bool(row[6]), system_prompt=row[7], draft=draft,
            turns=tuple(turn_of(turn, get) for turn in turns),
            shown=shown, lost_draft=lost, options=figures_of(row[9]),
        )  # fmt: skip

    def rename(self, conversation_id: str, title: str, *, by_person: bool = True) -> None:
        """Give a title. One that a person gave is not replaced by the first question's."""
        title = storable(title)
        with self._database.write() as connection:
            number = conversation_number(connection, conversation_id)
            index.drop_title(connection, number)
            connection.execute(
                "UPDATE conversation SET title = ?, titled_by_person = ? WHERE number = ?",
                (title, by_person, number),
            )
            index.add_title(connection, number, title)

    def pin(self, conversation_id: str, pinned: bool) -> None:
        """Put it among the pinned ones, or back."""
        self._set("UPDATE conversation SET pinned = ? WHERE number = ?", conversation_id, pinned)

    def move(self, conversation_id: str, folder_id: str | None) -> None:
        """Put it into a folder that exists, or `None`: out of any."""
        query = "UPDATE conversation SET folder_id = ? WHERE number = ?"
        self._set(query, conversation_id, folder_id)

    def save_system_prompt(self, conversation_id: str, text: str) -> None:
        """What the model is told before everything else in this conversation."""
        query = "UPDATE conversation SET system_prompt = ? WHERE number = ?"
        self._set(query, conversation_id, storable(text))

    def save_option(self, conversation_id: str, name: str, value: Json) -> None:
        """Keep one setting of a conversation beside its others; `None` is none."""
        query = "SELECT options FROM conversation WHERE number = ?"
        with self._database.write() as connection:
            number = conversation_number(connection, conversation_id)
            options = figures_of(connection.execute(query, (number,)).fetchone()[0])
            options[name] = value
            kept = {key: one for key, one in options.items() if key != name or one is not None}
            connection.execute(
                "UPDATE conversation SET options = ? WHERE number = ?",
                (figures_text(kept), number),
            )

    def save_draft(self, conversation_id: str, draft: Draft) -> None:
        """Keep what is being written, with its attachments; an empty one ends that."""
        encoded = encode_draft(draft, self._attachments.add)
        with self._database.write() as connection:
            number = conversation_number(connection, conversation_id)
            unused = uses.replace_draft(connection, self._attachments, number, encoded)
            connection.execute(
                "UPDATE conversation SET draft = ? WHERE number = ?", (encoded, number)
            )
        self._attachments.remove(unused)

    def delete(self, conversation_id: str) -> None:
        """Mark as deleted: it is no longer listed or found, but can be restored."""
        query = "UPDATE conversation SET deleted = ? WHERE number = ?"
        self._set(query, conversation_id, self._clock())

    def restore(self, conversation_id: str) -> None:
        """Take the mark away again."""
        query = "UPDATE conversation SET deleted = ? WHERE number = ?"
        self._set(query, conversation_id, None)

    def restore_all(self) -> int:
        """Restore what is marked; meant for the start. Returns how many there were.

        A program that ends as it should purges what is marked, so a mark that is found at the start
        is left from a crash, which took the moments in which the person could have undone it.
        """
        query = "UPDATE conversation SET deleted = NULL WHERE deleted IS NOT NULL"
        with self._database.write() as connection:
            return connection.execute(query).rowcount

    def purge(self, conversation_id: str) -> None:
        """Remove a conversation for good, with the attachments that nothing else needs."""
        with self._database.write() as connection:
            unused = self._purge(connection, conversation_number(connection, conversation_id))
        self._attachments.remove(unused)

    def purge_deleted(self) -> int:
        """Remove everything that is marked; returns how many conversations there were."""
        query = "SELECT number FROM conversation WHERE deleted IS NOT NULL"
        unused: list[str] = []
        with self._database.write() as connection:
            numbers = [row[0] for row in connection.execute(query).fetchall()]
            for number in numbers:
                unused += self._purge(connection, number)
        self._attachments.remove(unused)
        return len(numbers)

    def _purge(self, connection: Connection, number: int) -> list[str]:
        query = "SELECT number FROM turn WHERE conversation = ?"
        turns = [row[0] for row in connection.execute(query, (number,)).fetchall()]
        unused = uses.release(connection, self._attachments, number, (uses.DRAFT, *turns))
        for turn in turns:
            index.drop_turn(connection, turn)
        index.drop_title(connection, number)
        connection.execute("DELETE FROM conversation WHERE number = ?", (number,))
        return unused

    def _set(self, query: str, conversation_id: str, value: str | float | bool | None) -> None:
        with self._database.write() as connection:
            connection.execute(query, (value, conversation_number(connection, conversation_id)))
