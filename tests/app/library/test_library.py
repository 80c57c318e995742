"""What the window does with conversations is found again when the store is opened anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from app.conversation import Conversation, TurnState
from app.drafts import Draft
from app.library import Exchange, Library, LibrarySearch, StoreThread, TakenUp
from app.store import NotImportable
from engine import (
    ContextTooLong,
    DocumentPage,
    DocumentPart,
    EngineError,
    OutOfMemory,
    Timings,
    Usage,
    user,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from app.conversation import Turn

DOCUMENT = DocumentPart("letter.txt", "d" * 64, 12, (DocumentPage(1, "About heron nests."),))


@pytest.fixture
def reopen(qtbot: QtBot, store_thread: StoreThread, tmp_path: Path) -> Callable[[], Library]:
    """Closes the library, and opens another one on what it has left."""

    def act() -> Library:
        assert store_thread.close() is None
        thread = StoreThread(store_thread.parent())
        again = Library(thread, thread)
        found: list[TakenUp] = []
        again.unsent_found.connect(found.append)
        with qtbot.waitSignal(again.listed):
            again.open(lambda: tmp_path)
        again.setProperty("unsent", found[0] if found else None)
        opened.append(thread)
        return again

    opened: list[StoreThread] = []
    yield act
    for thread in opened:
        thread.close()


def read(qtbot: QtBot, library: Library, conversation_id: str) -> TakenUp:
    found: list[TakenUp] = []
    library.read(conversation_id, found.append, lambda fault: pytest.fail(str(fault)))
    qtbot.waitUntil(lambda: bool(found))
    return found[0]


def asked(library: Library, conversation: Conversation, text: str, answer: str) -> Turn:
    turn = conversation.add(user(DOCUMENT, text))
    library.ask(conversation, turn)
    turn.answer, turn.state = answer, TurnState.DONE
    turn.completion_tokens = 7
    turn.attachment_tokens = {DOCUMENT.sha256: 5}
    turn.usage = Usage(40, 10, 7, 0, "the head was read anew")
    turn.timings = Timings(0.0, 1.0, 0.25, 900.0, 64.0)
    library.finish(conversation, turn)
    return turn


def test_a_conversation_comes_back_as_it_was(
    qtbot: QtBot, library: Library, reopen: Callable[[], Library]
) -> None:
    conversation = Conversation()
    first = asked(library, conversation, "What is this?", "A letter.")
    old = asked(library, conversation, "About what?", "Herons.")
    new = conversation.add_beside(old, user("And about what else?"))
    library.ask(conversation, new)
    new.answer, new.state = "Nests.", TurnState.CUT
    library.finish(conversation, new)
    conversation.choose(old.id)
    library.choose(old)

    again = reopen()
    (row,) = again.rows.all
    assert (row.id, row.title) == (conversation.id, "What is this?")
    found = read(qtbot, again, conversation.id).conversation
    assert [turn.id for turn in found.all_turns] == [first.id, old.id, new.id]
    assert [turn.id for turn in found.turns] == [first.id, old.id]
    for was, now in zip(conversation.all_turns, found.all_turns, strict=True):
        assert (now.question, now.answer, now.state) == (was.question, was.answer, was.state)
        assert (now.usage, now.timings) == (was.usage, was.timings)
        assert now.completion_tokens == was.completion_tokens
        assert now.attachment_tokens == was.attachment_tokens


def test_an_answer_that_never_ended_is_found_cut_off_with_its_last_second(
    qtbot: QtBot, library: Library, store_thread: StoreThread, tmp_path: Path
) -> None:
    conversation = Conversation()
    turn = conversation.add(user("Go on"))
    library.ask(conversation, turn)
    turn.answer = "On and on"
    library.save_partial(turn)
    qtbot.waitUntil(lambda: store_thread.unwritten == 0)

    thread = StoreThread()  # another program's view, the first one never closed
    other = Library(thread, thread)
    with qtbot.waitSignal(other.listed):
        other.open(lambda: tmp_path)
    found = read(qtbot, other, conversation.id).conversation.turns[0]
    thread.close()
    assert (found.answer, found.state) == ("On and on", TurnState.INTERRUPTED)


@pytest.mark.parametrize(
    ("error", "kind"),
    [(OutOfMemory("Full.", "cuda"), OutOfMemory), (ContextTooLong(9, 4), EngineError)],
)
def test_why_a_turn_failed_is_kept(
    qtbot: QtBot,
    library: Library,
    reopen: Callable[[], Library],
    error: EngineError,
    kind: type[EngineError],
) -> None:
    conversation = Conversation()
    turn = conversation.add(user("Big?"))
    library.ask(conversation, turn)
    turn.error, turn.state = error, TurnState.FAILED
    library.finish(conversation, turn)

    found = read(qtbot, reopen(), conversation.id).conversation.turns[0]
    assert isinstance(found.error, kind)
    assert (found.error.sentence, found.error.details) == (error.sentence, error.details)


def test_a_draft_is_kept_where_it_was_written(
    qtbot: QtBot, library: Library, reopen: Callable[[], Library]
) -> None:
    conversation = Conversation()
    asked(library, conversation, "What is this?", "A letter.")
    library.save_draft(conversation, Draft("And wh", (DOCUMENT,)))

    again = reopen()
    assert read(qtbot, again, conversation.id).draft == Draft("And wh", (DOCUMENT,))
    assert again.property("unsent") is None


def test_a_draft_of_a_conversation_that_never_began_is_found_at_the_start(
    library: Library, reopen: Callable[[], Library]
) -> None:
    unsent = Conversation()
    library.save_draft(unsent, Draft("Half a ques", (DOCUMENT,)))

    again = reopen()
    assert again.rows.all == []
    found = again.property("unsent")
    assert found.draft == Draft("Half a ques", (DOCUMENT,))
    assert found.conversation.id == unsent.id


def test_nothing_is_kept_of_a_conversation_in_which_nothing_was_written(
    library: Library, store_thread: StoreThread
) -> None:
    library.save_draft(Conversation(), Draft())
    assert store_thread.unwritten == 0


def test_a_question_taken_back_leaves_nothing(
    library: Library, reopen: Callable[[], Library]
) -> None:
    conversation = Conversation()
    turn = conversation.add(user("Oh no"))
    library.ask(conversation, turn)
    conversation.remove(turn)
    library.remove(conversation, turn)
    assert library.rows.all == []
    assert reopen().rows.all == []


def test_arranging(library: Library, reopen: Callable[[], Library]) -> None:
    pinned, moved, gone = Conversation(), Conversation(), Conversation()
    for number, conversation in enumerate((pinned, moved, gone)):
        asked(library, conversation, f"Question {number}", "Answer")
    arrangement = library.arrangement
    arrangement.pin(pinned.id, True)
    arrangement.rename(pinned.id, "Herons")
    arrangement.create_folder("Birds", moved.id)
    (folder,) = library.rows.folders
    arrangement.rename_folder(folder.id, "All birds")
    arrangement.create_folder("Empty")
    arrangement.delete_folder(library.rows.folders[1].id)
    arrangement.delete(gone.id)
    arrangement.purge(gone.id)

    again = reopen()
    for rows in (library.rows, again.rows):
        by_id = {row.id: row for row in rows.all}
        assert by_id.keys() == {pinned.id, moved.id}
        assert (by_id[pinned.id].title, by_id[pinned.id].pinned) == ("Herons", True)
        assert by_id[moved.id].folder_id == folder.id
        assert [kept.name for kept in rows.folders] == ["All birds"]


def test_a_deletion_can_be_undone(library: Library, reopen: Callable[[], Library]) -> None:
    conversation = Conversation()
    asked(library, conversation, "Keep me", "Yes")
    assert library.arrangement.delete(conversation.id) == "Keep me"
    assert library.rows.all == []
    library.arrangement.restore(conversation.id)
    assert [row.title for row in library.rows.all] == ["Keep me"]
    library.arrangement.purge(conversation.id)  # too late, and of no effect
    assert [row.title for row in reopen().rows.all] == ["Keep me"]


def test_deleting_a_folder_keeps_what_stood_in_it(
    library: Library, reopen: Callable[[], Library]
) -> None:
    conversation = Conversation()
    asked(library, conversation, "In a folder", "Yes")
    library.arrangement.create_folder("Birds", conversation.id)
    assert library.arrangement.delete_folder(library.rows.folders[0].id) == [conversation.id]
    for rows in (library.rows, reopen().rows):
        assert [(row.title, row.folder_id) for row in rows.all] == [("In a folder", None)]
        assert rows.folders == []


def test_search_finds_answers_and_documents(
    qtbot: QtBot, library: Library, store_thread: StoreThread
) -> None:
    conversation = Conversation()
    asked(library, conversation, "What is this?", "A letter of an ornithologist.")
    qtbot.waitUntil(lambda: store_thread.unwritten == 0)
    search = LibrarySearch(store_thread)
    assert store_thread.store is not None
    search.use(store_thread.store)

    with qtbot.waitSignal(search.found) as told:
        search.find("ornith")
    query, (hit,) = told.args
    assert (query, hit.row.id, hit.line) == ("ornith", conversation.id, hit.line)
    assert "ornithologist" in hit.line
    with qtbot.waitSignal(search.found) as told:
        search.find("heron")
        search.find("heron", in_documents=True)
    assert [hit.where for hit in told.args[1]] == ["document"]
    search.close()


@pytest.mark.parametrize("kind", ["markdown", "html", "json"])
def test_export_of_one_conversation(
    qtbot: QtBot, library: Library, store_thread: StoreThread, tmp_path: Path, kind
) -> None:
    conversation = Conversation()
    asked(library, conversation, "What is this?", "A *letter*.")
    path = tmp_path / "out"
    done: list[Path] = []
    exchange = Exchange(store_thread, library)
    exchange.export(conversation.id, kind, path, done.append, lambda f: pytest.fail(str(f)))
    qtbot.waitUntil(lambda: bool(done))
    assert "letter" in path.read_text()


def test_a_backup_of_everything_is_imported_elsewhere(
    qtbot: QtBot, library: Library, store_thread: StoreThread, tmp_path: Path
) -> None:
    first, second = Conversation(), Conversation()
    asked(library, first, "One", "1")
    asked(library, second, "Two", "2")
    library.arrangement.create_folder("Numbers", first.id)
    path = tmp_path / "everything.json"
    done: list[object] = []
    Exchange(store_thread, library).back_up(path, done.append, lambda f: pytest.fail(str(f)))
    qtbot.waitUntil(lambda: bool(done))

    thread = StoreThread(store_thread)
    elsewhere = Library(thread, thread)
    with qtbot.waitSignal(elsewhere.listed):
        elsewhere.open(lambda: _made(tmp_path / "elsewhere"))
    exchange = Exchange(thread, elsewhere)
    with qtbot.waitSignal(elsewhere.rows.changed):
        exchange.import_file(path, done.append, lambda f: pytest.fail(str(f)))
    qtbot.waitUntil(lambda: len(done) == 2)
    assert done[1] == 2
    folder = elsewhere.rows.folders[0]
    assert {(row.title, row.folder_id) for row in elsewhere.rows.all} == {
        ("One", folder.id),
        ("Two", None),
    }
    thread.close()


def test_a_file_that_is_no_export_is_refused(
    qtbot: QtBot, library: Library, store_thread: StoreThread, tmp_path: Path
) -> None:
    path = tmp_path / "poem.json"
    path.write_text("roses are red")
    failed: list[Exception] = []
    Exchange(store_thread, library).import_file(path, print, failed.append)
    qtbot.waitUntil(lambda: bool(failed))
    assert isinstance(failed[0], NotImportable)


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder
