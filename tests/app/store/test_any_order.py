"""Whatever is done in whatever order: what is found is what is there, and the file stays sound."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from stored_conversations import Clock, document, picture

from app.drafts import Draft
from app.store import open_store, shown_path
from app.store.index import turn_text
from app.store.message_json import encode
from app.store.words import holds, query_words
from engine import user

WORDS = ("nitrate", "the", "then", "Café", "river", "東京")
PARTS = (picture(b"one"), picture(b"two"), document("nitrate"), document("the river", "Ouse"))
QUERIES = ("ni", "th", "the", "cafe", "river the", "東京", "shot", "ouse")
said = st.lists(st.sampled_from(WORDS), max_size=3).map(" ".join)
any_number = st.integers(0, 10**6)


class Life(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.clock = Clock()
        self.store = open_store(Path(self.folder.name), self.clock).store
        self.live: list[str] = []
        self.marked: list[str] = []

    def teardown(self) -> None:
        self.store.close()
        self.folder.cleanup()

    def pick(self, number: int) -> str:
        return self.live[number % len(self.live)]

    @initialize(text=said)
    def begin(self, text: str) -> None:
        self.create("river")
        turn = self.store.turns.ask(self.live[0], user("the"))
        self.store.turns.finish(turn.id, "done", f"nitrate {text}")

    @rule(title=said)
    def create(self, title: str) -> None:
        self.live.append(self.store.conversations.create(title).id)

    @precondition(lambda self: self.live)
    @rule(number=any_number, title=said)
    def rename(self, number: int, title: str) -> None:
        self.store.conversations.rename(self.pick(number), title)

    @precondition(lambda self: self.live)
    @rule(number=any_number, place=any_number, text=said, part=st.sampled_from((*PARTS, "")))
    def ask(self, number: int, place: int, text: str, part: object) -> None:
        conversation = self.store.conversations.read(self.pick(number))
        parents = [None, *(turn.id for turn in conversation.turns)]
        asked = self.store.turns.ask(
            conversation.id, user(part, text), parents[place % len(parents)]
        )
        read = self.store.conversations.read(conversation.id)
        assert asked.id in [turn.id for turn in shown_path(read.turns, read.shown)]

    @precondition(lambda self: self.live)
    @rule(number=any_number, place=any_number, act=st.integers(0, 3), text=said)
    def change_turn(self, number: int, place: int, act: int, text: str) -> None:
        turns = self.store.conversations.read(self.pick(number)).turns
        if turns:
            turn = turns[place % len(turns)].id
            acts = (
                lambda: self.store.turns.save_partial(turn, text),
                lambda: self.store.turns.finish(turn, "done", text),
                lambda: self.store.turns.remove(turn),
                lambda: self.store.turns.choose(turn),
            )
            acts[act]()

    @precondition(lambda self: self.live)
    @rule(number=any_number, text=said, part=st.sampled_from(PARTS))
    def draft(self, number: int, text: str, part: object) -> None:
        self.store.conversations.save_draft(self.pick(number), Draft(text, (part,)))

    @precondition(lambda self: self.live)
    @rule(number=any_number)
    def delete(self, number: int) -> None:
        gone = self.pick(number)
        self.store.conversations.delete(gone)
        self.live.remove(gone)
        self.marked.append(gone)

    @precondition(lambda self: self.marked)
    @rule()
    def restore(self) -> None:
        self.live.append(self.marked.pop())
        self.store.conversations.restore(self.live[-1])

    @rule()
    def purge(self) -> None:
        assert self.store.conversations.purge_deleted() == len(self.marked)
        self.marked.clear()

    @rule()
    def crash(self) -> None:
        self.store.database.close()
        self.store = open_store(Path(self.folder.name), self.clock).store
        self.live += self.marked
        self.marked.clear()

    @invariant()
    def what_is_found_is_what_is_there(self) -> None:
        rows = self.store.conversations.rows()
        assert sorted(row.id for row in rows) == sorted(self.live)
        whole = {row.id: self.store.conversations.read(row.id) for row in rows}
        with self.store.database.read() as connection:
            query = "SELECT id FROM turn WHERE answer_indexed"
            ended = {row[0] for row in connection.execute(query)}
        for query in QUERIES:
            words = query_words(query)
            expected = []
            for row in rows:
                texts = [row.title]
                for turn in whole[row.id].turns:
                    encoded = encode(turn.question, lambda _data: "")
                    texts.append(turn_text(encoded, turn.answer if turn.id in ended else ""))
                if any(holds(text, words) for text in texts):
                    expected.append(row.id)
            assert [hit.row.id for hit in self.store.search.find(query)] == expected

    @invariant()
    def documents_and_files_are_those_that_are_needed(self) -> None:
        with self.store.database.read() as connection:
            needed = {r[0] for r in connection.execute("SELECT sha256 FROM attachment_use")}
            known = {r[0] for r in connection.execute("SELECT sha256 FROM document")}
        files = self.store.attachments.folder.rglob("*")
        kept = {path.parent.name + path.name for path in files if path.is_file()}
        assert kept <= needed
        assert known <= needed
        for conversation_id in self.live:
            read = self.store.conversations.read(conversation_id)
            assert not read.lost_draft
            assert not any(turn.lost for turn in read.turns)

    @invariant()
    def the_file_is_sound(self) -> None:
        assert self.store.database.problems() == []
        with self.store.database.write() as connection:
            connection.execute(
                "INSERT INTO message_words (message_words) VALUES ('integrity-check')"
            )
            connection.execute(
                "INSERT INTO document_words (document_words) VALUES ('integrity-check')"
            )


TestLife = Life.TestCase
TestLife.settings = settings(max_examples=50, stateful_step_count=25, deadline=None)
