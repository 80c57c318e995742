"""Writing turns: the question at once, the answer as it comes, and how it ended."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import uuid4

from app.conversation import TurnState, title_from
from app.store import index, uses
from app.store.errors import NotStored
from app.store.message_json import encode
from app.store.migrations import PLACE_BITS
from app.store.records import Turn
from app.store.rows import (
    TURN_COLUMNS,
    conversation_number,
    error_text,
    figures_text,
    storable,
    turn_place,
)
from app.turn_tree import choose, descendants

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from sqlite3 import Connection

    from app.store.attachments import Attachments
    from app.store.database import Database
    from app.store.records import Json, TurnError
    from engine import Message

_MOST_TURNS = (1 << PLACE_BITS) - 1
_PARTIAL = """
    UPDATE turn SET answer = ?, reasoning = ?, figures = coalesce(?, figures)
    WHERE id = ? AND NOT answer_indexed
"""
_INSERT = f"""
    INSERT INTO turn (number, conversation, {TURN_COLUMNS}, answer_indexed)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""  # noqa: S608
_RUNNING = tuple(state.value for state in TurnState if state.running)


class Turns:
    """The turns of all conversations. Every change is one transaction."""

    def __init__(
        self, database: Database, attachments: Attachments, clock: Callable[[], float] = time.time
    ) -> None:
        self._database = database
        self._attachments = attachments
        self._clock = clock

    def ask(
        self,
        conversation_id: str,
        question: Message,
        parent_id: str | None = None,
        turn_id: str | None = None,
    ) -> Turn:
        """Save a question, to be answered, and show it; it waits as `queued`.

        It stands below the turn `parent_id`, beside what is below that already: an edited question
        and a regenerated answer are turns with the parent of the old one. The first question names
        the conversation, unless a person did. `turn_id` is its id where it has one already.
        """
        now = self._clock()
        state = TurnState.QUEUED.value
        turn = Turn(turn_id or uuid4().hex, parent_id, question, now, state)
        with self._database.write() as connection:
            number = conversation_number(connection, conversation_id)
            self._check_parent(connection, number, parent_id)
            self._name(connection, number, question)
            insert_turn(connection, self._attachments, number, turn)
            self._show(connection, number, turn.id)
            _touch(connection, number, now)
        return turn

    def save_partial(
        self,
        turn_id: str,
        answer: str,
        reasoning: str = "",
        figures: Mapping[str, Json] | None = None,
    ) -> None:
        """Keep what has been answered so far: one short write, meant for once a second.

        Without `figures` those that are kept stay.
        """
        known = figures_text(figures) if figures is not None else None
        values = (storable(answer), storable(reasoning), known, turn_id)
        with self._database.write() as connection:
            if connection.execute(_PARTIAL, values).rowcount:
                return
            # An answer that had ended goes on: what was found by it is found again at its end.
            self._forget_answer(connection, turn_place(connection, turn_id)[0])
            connection.execute(_PARTIAL, values)

    def set_state(self, turn_id: str, state: str) -> None:
        """Note how a turn stands, without its text; an error that it had before is forgotten."""
        with self._database.write() as connection:
            turn_place(connection, turn_id)
            connection.execute(
                "UPDATE turn SET state = ?, error = NULL WHERE id = ?", (state, turn_id)
            )

    def finish(
        self,
        turn_id: str,
        state: str,
        answer: str,
        reasoning: str = "",
        figures: Mapping[str, Json] | None = None,
        error: TurnError | None = None,
    ) -> None:
        """Save a whole answer and how it ended; it is found by the search from now on."""
        with self._database.write() as connection:
            number, conversation, _ = turn_place(connection, turn_id)
            index.drop_turn(connection, number)
            connection.execute(
                "UPDATE turn SET state = ?, answer = ?, reasoning = ?, figures = ?, error = ?, "
                "answer_indexed = 1 WHERE number = ?",
                (
                    state, storable(answer), storable(reasoning), figures_text(figures or {}),
                    error_text(error), number,
                ),
            )  # fmt: skip
            index.add_turn(connection, number)
            _touch(connection, conversation, self._clock())

    def choose(self, turn_id: str) -> None:
        """Show this turn, and remember it; what was chosen below it stays."""
        with self._database.write() as connection:
            self._show(connection, turn_place(connection, turn_id)[1], turn_id)

    def remove(self, turn_id: str) -> None:
        """Take out a turn and all below it, as where a question is withdrawn."""
        with self._database.write() as connection:
            _, conversation, _ = turn_place(connection, turn_id)
            gone = [turn.number for turn in descendants(_nodes(connection, conversation), turn_id)]
            unused = uses.release(connection, self._attachments, conversation, gone)
            for number in gone:
                index.drop_turn(connection, number)
            connection.executemany("DELETE FROM turn WHERE number = ?", [(n,) for n in gone])
        self._attachments.remove(unused)

    def interrupt(self) -> int:
        """Note of every turn that still runs that it was cut off; meant for the start.

        Returns how many there were. Their partial answers are kept and found by the search.
        """
        marks = ", ".join("?" * len(_RUNNING))
        query = f"SELECT number FROM turn WHERE state IN ({marks})"  # noqa: S608
        with self._database.write() as connection:
            numbers = [row[0] for row in connection.execute(query, _RUNNING).fetchall()]
            for number in numbers:
                index.drop_turn(connection, number)
                connection.execute(
                    "UPDATE turn SET state = ?, answer_indexed = 1 WHERE number = ?",
                    (TurnState.INTERRUPTED.value, number),
                )
                index.add_turn(connection, number)
        return len(numbers)

    @staticmethod
    def _forget_answer(connection: Connection, number: int) -> None:
        index.drop_turn(connection, number)
        connection.execute("UPDATE turn SET answer_indexed = 0 WHERE number = ?", (number,))
        index.add_turn(connection, number)

    @staticmethod
    def _check_parent(connection: Connection, conversation: int, parent_id: str | None) -> None:
        if parent_id is not None and turn_place(connection, parent_id)[1] != conversation:
            raise NotStored("This question belongs to another conversation.", parent_id)

    @staticmethod
    def _name(connection: Connection, conversation: int, question: Message) -> None:
        named = "SELECT titled_by_person OR EXISTS (SELECT 1 FROM turn WHERE conversation = ?1) "
        query = named + "FROM conversation WHERE number = ?1"
        if connection.execute(query, (conversation,)).fetchone() == (0,):
            index.drop_title(connection, conversation)
            title = storable(title_from(question))
            connection.execute(
                "UPDATE conversation SET title = ? WHERE number = ?", (title, conversation)
            )
            index.add_title(connection, conversation, title)

    @staticmethod
    def _show(connection: Connection, conversation: int, turn_id: str) -> None:
        before = read_shown(connection, conversation)
        after = choose(_nodes(connection, conversation), before, turn_id)
        save_shown(connection, conversation, dict(after.items() - before.items()))


@dataclass(frozen=True, slots=True)
class _Node:
    """A turn's place in the tree, read without its text."""

    number: int
    id: str
    parent_id: str | None


def insert_turn(
    connection: Connection, attachments: Attachments, conversation: int, turn: Turn
) -> None:
    """Write a turn as it is, behind those that the conversation has."""
    first = conversation << PLACE_BITS
    query = "SELECT max(number) FROM turn WHERE number BETWEEN ? AND ?"
    (newest,) = connection.execute(query, (first, first + _MOST_TURNS)).fetchone()
    number = (newest or first) + 1
    if number > first + _MOST_TURNS:
        raise NotStored("This conversation has as many questions as can be kept.")
    encoded = encode(turn.question, attachments.add)
    running = turn.state in _RUNNING
    connection.execute(
        _INSERT,
        (
            number, conversation, turn.id, turn.parent_id, encoded, turn.created, turn.state,
            storable(turn.answer), storable(turn.reasoning), figures_text(turn.figures),
            error_text(turn.error), not running,
        ),
    )  # fmt: skip
    uses.note(connection, attachments, conversation, number, encoded)
    index.add_turn(connection, number)


def read_shown(connection: Connection, conversation: int) -> dict[str | None, str]:
    """Which turns are chosen in a conversation."""
    query = "SELECT place, turn_id FROM shown WHERE conversation = ?"
    return {place or None: turn for place, turn in connection.execute(query, (conversation,))}


def save_shown(connection: Connection, conversation: int, shown: Mapping[str | None, str]) -> None:
    """Remember these choices beside those that are remembered for other places."""
    connection.executemany(
        "INSERT OR REPLACE INTO shown (conversation, place, turn_id) VALUES (?, ?, ?)",
        [(conversation, place or "", turn) for place, turn in shown.items()],
    )


def _nodes(connection: Connection, conversation: int) -> list[_Node]:
    query = "SELECT number, id, parent_id FROM turn WHERE conversation = ? ORDER BY number"
    return [_Node(*row) for row in connection.execute(query, (conversation,))]


def _touch(connection: Connection, conversation: int, now: float) -> None:
    connection.execute("UPDATE conversation SET changed = ? WHERE number = ?", (now, conversation))
