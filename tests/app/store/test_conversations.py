"""Conversations, turns and folders: what is written is read again, and deleting has a way back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from stored_conversations import FOLDER, Clock, conversations, document, picture

from app.conversation import UNTITLED, TurnState
from app.drafts import Draft
from app.store import NotStored, TurnError, open_store, shown_path, turns
from engine import user

if TYPE_CHECKING:
    from pathlib import Path

    from app.store import Conversation, Store, Turn

PHOTO, REPORT = picture(b"pixels"), document("nitrate in the river", "phosphate")


def answered(store: Store, conversation: Conversation, question: str, answer: str) -> Turn:
    path = shown_path(*_tree(store, conversation.id))
    turn = store.turns.ask(conversation.id, user(question), path[-1].id if path else None)
    store.turns.finish(turn.id, "done", answer)
    return turn


def _tree(store: Store, conversation_id: str):  # noqa: ANN202
    read = store.conversations.read(conversation_id)
    return read.turns, read.shown


def said(store: Store, conversation: Conversation) -> list[str]:
    return [turn.answer for turn in shown_path(*_tree(store, conversation.id))]


def kept_files(store: Store) -> int:
    return sum(path.is_file() for path in store.attachments.folder.rglob("*"))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(conversations())
def test_a_conversation_is_read_as_it_was_written(store: Store, conversation) -> None:
    store.folders.insert(FOLDER)
    store.conversations.insert(conversation)
    assert store.conversations.read("c") == conversation
    store.conversations.purge("c")
    assert store.conversations.rows() == []
    assert kept_files(store) == 0
    assert store.database.problems() == []


def test_the_first_question_names_the_conversation(store: Store) -> None:
    conversation = store.conversations.create()
    assert conversation.title == UNTITLED
    answered(store, conversation, "Why does the river foam in spring after rain?", "Proteins.")
    answered(store, conversation, "And in autumn?", "Leaves.")
    (row,) = store.conversations.rows()
    assert row.title == "Why does the river foam in…"


def test_a_persons_title_stays(store: Store) -> None:
    conversation = store.conversations.create()
    store.conversations.rename(conversation.id, "Foam")
    answered(store, conversation, "Why?", "Proteins.")
    read = store.conversations.read(conversation.id)
    assert (read.title, read.titled_by_person) == ("Foam", True)
    store.conversations.rename(conversation.id, "Named", by_person=False)
    assert not store.conversations.read(conversation.id).titled_by_person


def test_half_characters_are_no_reason_to_lose_anything(store: Store) -> None:
    conversation = store.conversations.create()
    store.conversations.rename(conversation.id, "half \ud83d")
    turn = store.turns.ask(conversation.id, user("half \ud83d"))
    store.turns.finish(turn.id, "done", "half \ud83d")
    read = store.conversations.read(conversation.id)
    assert read.title == "half ?"
    assert read.turns[0].answer == "half ?"
    assert read.turns[0].question == user("half \ud83d")


def test_editing_and_regenerating_make_branches_that_are_remembered(store: Store) -> None:
    conversation = store.conversations.create()
    answered(store, conversation, "one", "first")
    second = answered(store, conversation, "two", "second")
    answered(store, conversation, "three", "third")
    edited = store.turns.ask(conversation.id, user("two, edited"), second.parent_id)
    store.turns.finish(edited.id, "done", "other")
    assert said(store, conversation) == ["first", "other"]
    store.turns.choose(second.id)
    assert said(store, conversation) == ["first", "second", "third"]


def test_the_choice_outlives_the_program(tmp_path: Path, clock: Clock) -> None:
    store = open_store(tmp_path, clock).store
    conversation = store.conversations.create()
    first = answered(store, conversation, "one", "first")
    store.turns.ask(conversation.id, user("another"), None)
    store.turns.choose(first.id)
    store.close()
    store = open_store(tmp_path, clock).store
    assert said(store, conversation) == ["first"]
    store.close()


def test_a_partial_answer_is_kept_and_then_finished(store: Store) -> None:
    conversation = store.conversations.create()
    turn = store.turns.ask(conversation.id, user(PHOTO, "What is it?"))
    store.turns.set_state(turn.id, "answering")
    store.turns.save_partial(turn.id, "A ri", "thinking")
    (read,) = store.conversations.read(conversation.id).turns
    assert (read.answer, read.reasoning, read.state) == ("A ri", "thinking", "answering")
    store.turns.save_partial(turn.id, "A riv", "thinking", {"thought": ["<", ">"]})
    store.turns.save_partial(turn.id, "A rive", "thinking")
    (read,) = store.conversations.read(conversation.id).turns
    assert (read.answer, read.figures) == ("A rive", {"thought": ["<", ">"]})
    error = TurnError("OutOfMemory", "It ran out.", "cuda")
    store.turns.finish(turn.id, "failed", "A river", "thought", {"tokens": 2}, error)
    (read,) = store.conversations.read(conversation.id).turns
    assert (read.answer, read.reasoning, read.state) == ("A river", "thought", "failed")
    assert (read.figures, read.error) == ({"tokens": 2}, error)
    assert read.question == user(PHOTO, "What is it?")


def test_an_ended_answer_can_go_on(store: Store) -> None:
    conversation = store.conversations.create()
    turn = answered(store, conversation, "one", "zebra")
    store.turns.save_partial(turn.id, "zebra and quagga")
    assert store.search.find("zebra") == [], "it is found again when it has ended"
    store.turns.finish(turn.id, "done", "zebra and quagga")
    assert len(store.search.find("quagga")) == 1
    assert len(store.search.find("zebra")) == 1


def test_removing_a_turn_takes_what_is_below_it(store: Store) -> None:
    conversation = store.conversations.create()
    answered(store, conversation, "one", "first")
    second = store.turns.ask(
        conversation.id, user(PHOTO, REPORT, "two"), _tree(store, conversation.id)[0][0].id
    )
    store.turns.ask(conversation.id, user("three"), second.id)
    store.turns.remove(second.id)
    assert said(store, conversation) == ["first"]
    assert kept_files(store) == 0
    assert store.search.find("three") == []
    assert store.search.find_in_documents("nitrate") == []


def test_what_is_gone_is_told(store: Store) -> None:
    first, second = store.conversations.create(), store.conversations.create()
    turn = store.turns.ask(first.id, user("one"))
    for act in (
        lambda: store.conversations.read("gone"),
        lambda: store.conversations.pin("gone", True),
        lambda: store.turns.save_partial("gone", ""),
        lambda: store.turns.set_state("gone", "done"),
        lambda: store.turns.ask("gone", user("?")),
        lambda: store.turns.ask(second.id, user("?"), turn.id),
        lambda: store.folders.rename("gone", "name"),
        lambda: store.folders.delete("gone"),
    ):
        with pytest.raises(NotStored):
            act()


def test_deleting_can_be_undone_until_it_is_purged(store: Store) -> None:
    conversation = store.conversations.create()
    answered(store, conversation, "zebra?", "yes")
    store.conversations.delete(conversation.id)
    assert store.conversations.rows() == []
    assert store.search.find("zebra") == []
    store.conversations.restore(conversation.id)
    assert len(store.search.find("zebra")) == 1
    store.conversations.delete(conversation.id)
    assert store.conversations.purge_deleted() == 1
    with pytest.raises(NotStored):
        store.conversations.read(conversation.id)


def test_a_deletion_that_a_crash_cut_short_is_undone(tmp_path: Path, clock: Clock) -> None:
    store = open_store(tmp_path, clock).store
    conversation = store.conversations.create("Named")
    store.conversations.delete(conversation.id)
    store.database.close()  # as when the program dies
    opened = open_store(tmp_path, clock)
    assert opened.restored == 1
    assert [row.id for row in opened.store.conversations.rows()] == [conversation.id]
    opened.store.conversations.delete(conversation.id)
    opened.store.close()
    opened = open_store(tmp_path, clock)
    assert (opened.restored, opened.store.conversations.rows()) == (0, [])
    opened.store.close()


def test_an_answer_that_a_crash_cut_short_is_kept_and_found(tmp_path: Path, clock: Clock) -> None:
    store = open_store(tmp_path, clock).store
    conversation = store.conversations.create()
    turn = store.turns.ask(conversation.id, user("one"))
    store.turns.save_partial(turn.id, "a zebra")
    store.database.close()
    opened = open_store(tmp_path, clock)
    assert opened.interrupted == 1
    (read,) = opened.store.conversations.read(conversation.id).turns
    assert (read.state, read.answer) == (TurnState.INTERRUPTED.value, "a zebra")
    assert len(opened.store.search.find("zebra")) == 1
    opened.store.close()


def test_attachments_live_as_long_as_anybody_needs_them(store: Store) -> None:
    first, second = store.conversations.create(), store.conversations.create()
    store.turns.ask(first.id, user(PHOTO, REPORT, "one"))
    store.turns.ask(second.id, user(PHOTO, REPORT, "two"))
    assert kept_files(store) == 2
    store.conversations.purge(first.id)
    assert kept_files(store) == 2
    assert len(store.search.find_in_documents("phosphate")) == 1
    store.conversations.purge(second.id)
    assert kept_files(store) == 0
    assert store.search.find_in_documents("phosphate") == []


def test_a_draft_keeps_its_attachments_and_gives_them_back(store: Store) -> None:
    conversation = store.conversations.create()
    draft = Draft("  half a thought\n", (PHOTO, REPORT))
    store.conversations.save_draft(conversation.id, draft)
    assert store.conversations.read(conversation.id).draft == draft
    store.conversations.save_draft(conversation.id, Draft("less", (REPORT,)))
    assert kept_files(store) == 1
    assert store.conversations.read(conversation.id).draft == Draft("less", (REPORT,))
    with store.database.write():
        store.turns.ask(conversation.id, user(REPORT, "less"))
        store.conversations.save_draft(conversation.id, Draft())
    assert kept_files(store) == 1
    assert store.conversations.read(conversation.id).draft.empty


def test_a_lost_attachment_leaves_the_rest_readable(store: Store) -> None:
    conversation = store.conversations.create()
    turn = store.turns.ask(conversation.id, user(PHOTO, "What is it?"))
    store.conversations.save_draft(conversation.id, Draft("hm", (PHOTO,)))
    store.attachments.remove([PHOTO.sha256])
    read = store.conversations.read(conversation.id)
    assert read.turns[0].question == user("What is it?")
    assert [part.name for part in read.turns[0].lost] == ["shot.png"]
    assert read.draft == Draft("hm")
    assert len(read.lost_draft) == 1
    assert turn.lost == ()


def test_a_lost_document_can_be_purged_and_asked_again(store: Store) -> None:
    conversation = store.conversations.create()
    store.turns.ask(conversation.id, user(REPORT, "?"))
    for path in store.attachments.folder.rglob("*"):
        if path.is_file():
            path.unlink()
    (hit,) = store.search.find_in_documents("nitrate")
    assert (hit.line, hit.where) == ("", "document")
    store.conversations.purge(conversation.id)
    assert store.search.find_in_documents("nitrate") == []
    other = store.conversations.create()
    store.turns.ask(other.id, user(REPORT, "?"))
    (hit,) = store.search.find_in_documents("nitrate")
    assert hit.line == "nitrate in the river"


def test_a_conversation_without_questions_is_listed_only_once_somebody_named_it(
    store: Store,
) -> None:
    unsent, named = store.conversations.create(), store.conversations.create()
    store.conversations.save_draft(unsent.id, Draft("not yet"))
    store.conversations.rename(named.id, UNTITLED)

    assert [row.id for row in store.conversations.rows()] == [named.id]
    assert store.conversations.unsent() == [unsent.id]

    store.turns.ask(unsent.id, user("now"), turn_id="chosen")

    assert {row.id for row in store.conversations.rows()} == {named.id, unsent.id}
    assert store.conversations.unsent() == []
    (turn,) = store.conversations.read(unsent.id).turns
    assert turn.id == "chosen"


def test_options_are_kept_one_beside_the_other(store: Store) -> None:
    conversation = store.conversations.create("named")
    store.conversations.save_option(conversation.id, "later", [1, {"two": None}])
    store.conversations.save_option(conversation.id, "thinking", False)
    store.conversations.save_option(conversation.id, "thinking", True)
    kept = {"later": [1, {"two": None}], "thinking": True}
    assert store.conversations.read(conversation.id).options == kept
    store.conversations.save_option(conversation.id, "thinking", None)
    assert store.conversations.read(conversation.id).options == {"later": [1, {"two": None}]}
    with pytest.raises(NotStored):
        store.conversations.save_option("nobody", "thinking", True)


def test_rows_hold_what_the_sidebar_shows(store: Store) -> None:
    folder = store.folders.create("Rivers")
    older, newer = store.conversations.create("older"), store.conversations.create("newer")
    store.conversations.pin(older.id, True)
    store.conversations.move(older.id, folder.id)
    store.conversations.save_system_prompt(older.id, "Be brief.")
    assert [row.title for row in store.conversations.rows()] == ["newer", "older"]
    store.turns.ask(older.id, user("again"))
    first = store.conversations.rows()[0]
    assert (first.id, first.pinned, first.folder_id) == (older.id, True, folder.id)
    assert store.conversations.read(older.id).system_prompt == "Be brief."
    store.conversations.move(older.id, None)
    store.conversations.pin(older.id, False)
    assert store.conversations.rows()[0].folder_id is None
    assert newer.id == store.conversations.rows()[1].id


def test_folders_keep_or_take_their_conversations(store: Store) -> None:
    keep, take = store.folders.create("keep"), store.folders.create("take")
    kept = store.conversations.create("kept", keep.id)
    taken = store.conversations.create("taken", take.id)
    store.folders.rename(keep.id, "renamed")
    assert [folder.name for folder in store.folders.rows()] == ["renamed", "take"]
    assert store.folders.delete(keep.id) == [kept.id]
    assert store.folders.delete_with_conversations(take.id) == [taken.id]
    assert store.folders.rows() == []
    assert [(row.id, row.folder_id) for row in store.conversations.rows()] == [(kept.id, None)]
    store.conversations.restore(taken.id)
    assert len(store.conversations.rows()) == 2


def test_a_long_conversation_can_be_removed(store: Store) -> None:
    conversation = store.conversations.create()
    with store.database.write():
        parent = None
        for n in range(1200):
            parent = store.turns.ask(conversation.id, user(f"question {n}"), parent).id
    assert len(shown_path(*_tree(store, conversation.id))) == 1200
    store.conversations.purge(conversation.id)
    assert store.database.problems() == []


def test_a_damaged_row_is_told_and_the_rest_is_read(store: Store) -> None:
    conversation = store.conversations.create()
    answered(store, conversation, "one", "first")
    answered(store, conversation, "two", "second")
    with store.database.write() as connection:
        connection.execute("UPDATE conversation SET draft = '{'")
        connection.execute(
            "UPDATE turn SET question = 'no json', figures = '[', error = '[1]' "
            "WHERE answer = 'first'"
        )
    read = store.conversations.read(conversation.id)
    first, second = read.turns
    assert (first.answer, first.lost[0].position, first.figures) == ("first", 0, {})
    assert first.error is not None
    assert second.question == user("two")
    assert read.draft.empty
    assert read.lost_draft


def test_the_sweep_removes_what_nobody_needs(store: Store) -> None:
    conversation = store.conversations.create()
    store.turns.ask(conversation.id, user(PHOTO, "?"))
    store.attachments.add(b"left by a crash")
    assert store.sweep() == 0, "it may be about to be needed"
    with store.database.read() as connection:
        (count,) = connection.execute("SELECT count(*) FROM attachment_use").fetchone()
    assert count == 1
    assert kept_files(store) == 2


def test_asking_again_forgets_the_error(store: Store) -> None:
    conversation = store.conversations.create()
    turn = store.turns.ask(conversation.id, user("one"))
    store.turns.finish(turn.id, "failed", "par", error=TurnError("A", "b"))
    store.turns.set_state(turn.id, "queued")
    (read,) = store.conversations.read(conversation.id).turns
    assert (read.state, read.answer, read.error) == ("queued", "par", None)


def test_a_picture_of_many_turns_is_in_memory_once(store: Store) -> None:
    conversation = store.conversations.create()
    for _ in range(2):
        store.turns.ask(conversation.id, user(PHOTO, "?"))
    first, second = store.conversations.read(conversation.id).turns
    assert first.question.images[0].data is second.question.images[0].data


def test_a_conversation_has_an_end(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "_MOST_TURNS", 2)
    conversation = store.conversations.create()
    for _ in range(2):
        store.turns.ask(conversation.id, user("?"))
    with pytest.raises(NotStored, match="as many"):
        store.turns.ask(conversation.id, user("?"))
