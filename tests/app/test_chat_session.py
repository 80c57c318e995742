"""From a draft to an answer: one request at a time, each with the whole history."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from app.chat_session import ChatSession
from app.conversation import UNTITLED, Turn, TurnState
from app.drafts import Draft
from app.model_loading import ModelLoading
from app.store import open_store
from engine import Failed, ImagePart, ModelNotUsable, OutOfMemory, assistant, user

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from app.engine_bridge import EngineBridge
    from app.library import Library

PICTURE = ImagePart("shot.png", "a" * 64, 4, 3, b"x")


@dataclass
class Desk:
    session: ChatSession
    models: ModelLoading
    library: Library

    @property
    def titles(self) -> list[str]:
        return [row.title for row in self.library.rows.all]


@pytest.fixture
def desk(bridge: EngineBridge, answer_settings, library: Library) -> Desk:
    models = ModelLoading(bridge)
    return Desk(ChatSession(bridge, models, answer_settings, library), models, library)


@pytest.fixture
def session(qtbot: QtBot, desk: Desk) -> ChatSession:
    with qtbot.waitSignal(desk.models.ready):
        desk.models.load()
    return desk.session


def ask(session: ChatSession, text: str) -> Turn:
    session.send(Draft(text))
    return session.current.turns[-1]


def wait_for(qtbot: QtBot, turn, state: TurnState) -> None:
    qtbot.waitUntil(lambda: turn.state is state)


def test_an_answer_comes_in_and_ends(qtbot: QtBot, session: ChatSession, script) -> None:
    states: list[TurnState] = []
    session.turn_changed.connect(lambda turn: states.append(turn.state))
    turn = ask(session, "Where is the tower?")
    wait_for(qtbot, turn, TurnState.DONE)
    assert turn.answer == "Paris."
    assert turn.completion_tokens == 3
    assert turn.usage is not None
    assert states[0] is TurnState.QUEUED
    assert TurnState.ANSWERING in states
    assert script.generated[0].limits.max_tokens == 64


def test_the_second_question_takes_the_history_along(
    qtbot: QtBot, session: ChatSession, script
) -> None:
    wait_for(qtbot, ask(session, "Where?"), TurnState.DONE)
    wait_for(qtbot, ask(session, "And when?"), TurnState.DONE)
    assert script.generated[1].messages == (
        user("Where?"),
        assistant("Paris."),
        user("And when?"),
    )


def test_a_question_asked_meanwhile_waits_for_the_answer(
    qtbot: QtBot, session: ChatSession, script
) -> None:
    script.generate = script.answer_until_stopped
    first = ask(session, "First?")
    wait_for(qtbot, first, TurnState.ANSWERING)
    second = ask(session, "Second?")
    assert second.state is TurnState.QUEUED
    script.gate.set()
    wait_for(qtbot, second, TurnState.DONE)
    assert script.generated[1].messages == (user("First?"), assistant("Once"), user("Second?"))


def test_what_is_asked_while_the_model_loads_is_sent_when_it_is_ready(
    qtbot: QtBot, desk: Desk, script
) -> None:
    script.load = script.load_when_opened
    desk.models.load()
    turn = ask(desk.session, "Early?")
    assert turn.state is TurnState.QUEUED
    script.gate.set()
    wait_for(qtbot, turn, TurnState.DONE)


def test_a_waiting_question_can_be_taken_back(desk: Desk, script) -> None:
    script.load = script.load_when_opened
    desk.models.load()
    turn = ask(desk.session, "Early?")
    assert desk.session.withdraw(turn) == Draft("Early?")
    assert desk.titles == []
    assert desk.session.current.turns == []
    assert desk.session.current.title == UNTITLED


def test_an_emptied_conversation_stays_in_reach_beside_another_unsent_one(
    desk: Desk, script
) -> None:
    script.load = script.load_when_opened
    desk.models.load()
    turn = ask(desk.session, "Early?")
    emptied = desk.session.current
    desk.session.open_new()
    desk.session.open(emptied.id)
    desk.session.withdraw(turn)
    assert desk.session.current is emptied
    desk.session.open_new()
    assert desk.session.current is emptied


def test_without_a_model_the_turn_says_why(qtbot: QtBot, desk: Desk, script) -> None:
    error = ModelNotUsable("This folder holds no model.")
    script.load = lambda ticket: ticket.emit(Failed(ticket.request.request_id, error))
    with qtbot.waitSignal(desk.models.failed):
        desk.models.load()
    turn = ask(desk.session, "Anyone?")
    assert turn.state is TurnState.FAILED
    assert isinstance(turn.error, ModelNotUsable)
    assert turn.error.sentence.startswith("No model is loaded.")
    assert turn.error.details == error.sentence


def test_a_load_that_fails_leaves_the_older_model_in_use(
    qtbot: QtBot, session: ChatSession, desk: Desk, script, tmp_path
) -> None:
    error = ModelNotUsable("This folder holds no model.")
    script.load = lambda ticket: ticket.emit(Failed(ticket.request.request_id, error))
    desk.models.load(tmp_path)
    turn = ask(session, "Still there?")
    wait_for(qtbot, turn, TurnState.DONE)
    assert desk.models.error is error


def test_stop_keeps_the_text_and_continue_goes_on_from_it(
    qtbot: QtBot, session: ChatSession, script
) -> None:
    script.generate = script.answer_until_stopped
    turn = ask(session, "Tell me.")
    wait_for(qtbot, turn, TurnState.ANSWERING)
    session.stop()
    wait_for(qtbot, turn, TurnState.CANCELLED)
    assert turn.answer == "Once"
    script.generate = script.answer
    session.resume(turn)
    wait_for(qtbot, turn, TurnState.DONE)
    assert turn.answer == "OnceParis."
    assert turn.completion_tokens == 4
    assert script.generated[1].messages == (user("Tell me."), assistant("Once"))


def test_a_continuation_that_waits_can_be_given_up(
    qtbot: QtBot, session: ChatSession, desk: Desk, script
) -> None:
    script.generate = script.answer_until_stopped
    turn = ask(session, "Tell me.")
    wait_for(qtbot, turn, TurnState.ANSWERING)
    session.stop()
    wait_for(qtbot, turn, TurnState.CANCELLED)
    script.load = script.load_when_opened
    desk.models.load()
    session.resume(turn)
    assert turn.state is TurnState.QUEUED
    session.give_up(turn)
    assert turn.state is TurnState.CANCELLED
    assert turn.answer == "Once"


def test_start_over_answers_beside_what_was_said(
    qtbot: QtBot, session: ChatSession, script
) -> None:
    script.generate = script.answer_until_stopped
    turn = ask(session, "Tell me.")
    wait_for(qtbot, turn, TurnState.ANSWERING)
    session.stop()
    wait_for(qtbot, turn, TurnState.CANCELLED)
    script.generate = script.answer
    session.start_over(turn)
    (new,) = session.current.turns
    wait_for(qtbot, new, TurnState.DONE)
    assert new.answer == "Paris."
    assert turn.answer == "Once"
    assert session.current.versions(new).ids == (turn.id, new.id)
    assert script.generated[1].messages == (user("Tell me."),)


def test_stopping_ends_what_waits_too(qtbot: QtBot, session: ChatSession, script) -> None:
    script.generate = script.answer_until_stopped
    first, second = ask(session, "First?"), ask(session, "Second?")
    session.stop()
    wait_for(qtbot, first, TurnState.CANCELLED)
    assert second.state is TurnState.CANCELLED
    assert not session.busy


def test_a_failed_turn_can_be_tried_again(qtbot: QtBot, session: ChatSession, script) -> None:
    error = OutOfMemory("Memory ran out.")
    script.generate = lambda ticket: ticket.emit(Failed(ticket.request.request_id, error))
    turn = ask(session, "Big?")
    wait_for(qtbot, turn, TurnState.FAILED)
    assert turn.error is error
    script.generate = script.answer
    session.start_over(turn)
    wait_for(qtbot, turn, TurnState.DONE)
    assert turn.error is None


def test_an_answer_goes_on_while_another_conversation_is_open(
    qtbot: QtBot, session: ChatSession, script
) -> None:
    script.generate = script.answer_until_stopped
    turn = ask(session, "First?")
    wait_for(qtbot, turn, TurnState.ANSWERING)
    first = session.current
    session.open_new()
    assert session.answering is first
    assert not session.busy
    script.gate.set()
    wait_for(qtbot, turn, TurnState.DONE)
    session.open(first.id)
    assert session.current is first
    assert session.meter.figures.context_tokens == 41


def test_the_newest_conversation_stands_first(
    qtbot: QtBot, session: ChatSession, desk: Desk
) -> None:
    wait_for(qtbot, ask(session, "First?"), TurnState.DONE)
    session.open_new()
    wait_for(qtbot, ask(session, "Second?"), TurnState.DONE)
    assert desk.titles == ["Second?", "First?"]


def test_a_new_conversation_is_not_made_twice(session: ChatSession) -> None:
    before = session.current
    session.open_new()
    assert session.current is before


def test_the_unsent_conversation_is_returned_to(
    qtbot: QtBot, session: ChatSession, desk: Desk
) -> None:
    wait_for(qtbot, ask(session, "First?"), TurnState.DONE)
    first = session.current
    session.open_new()
    unsent = session.current
    session.open(first.id)
    session.open_new()
    assert session.current is unsent
    assert desk.titles == ["First?"]


def test_an_empty_draft_asks_nothing(session: ChatSession, script) -> None:
    session.send(Draft("  "))
    assert session.current.turns == []
    assert script.generated == []


def test_figures_follow_the_answer(qtbot: QtBot, session: ChatSession) -> None:
    wait_for(qtbot, ask(session, "Where?"), TurnState.DONE)
    figures = session.meter.figures
    assert figures.phase == "idle"
    assert figures.tok_s == 64.0
    assert figures.reused_share == 0.25
    assert figures.context_tokens == 43
    assert figures.on_gpu is False


def test_an_edited_question_is_asked_beside_the_old_one(
    qtbot: QtBot, session: ChatSession, script
) -> None:
    first = ask(session, "Where?")
    wait_for(qtbot, first, TurnState.DONE)
    old = ask(session, "And when?")
    wait_for(qtbot, old, TurnState.DONE)
    with qtbot.waitSignal(session.path_changed):
        session.edit(old, "And why?")
    new = session.current.turns[-1]
    wait_for(qtbot, new, TurnState.DONE)
    assert session.current.turns == [first, new]
    assert script.generated[2].messages == (user("Where?"), assistant("Paris."), user("And why?"))

    assert session.show_version(new, -1) is old
    assert session.current.turns == [first, old]
    assert session.show_version(old, -1) is None


def test_an_edited_question_keeps_its_attachments(qtbot: QtBot, session: ChatSession) -> None:
    session.send(Draft("What is it?", (PICTURE,)), {PICTURE.sha256: 12})
    (old,) = session.current.turns
    wait_for(qtbot, old, TurnState.DONE)
    session.edit(old, "What colour is it?")
    (new,) = session.current.turns
    assert new.question == user(PICTURE, "What colour is it?")
    assert new.attachment_tokens == {PICTURE.sha256: 12}


def test_a_second_answer_stands_beside_the_first(
    qtbot: QtBot, session: ChatSession, script
) -> None:
    old = ask(session, "Where?")
    wait_for(qtbot, old, TurnState.DONE)
    session.regenerate(old)
    (new,) = session.current.turns
    wait_for(qtbot, new, TurnState.DONE)
    assert session.current.versions(new).ids == (old.id, new.id)
    assert script.generated[1].messages == (user("Where?"),)


def test_an_answer_goes_on_while_another_version_is_looked_at(
    qtbot: QtBot, session: ChatSession, script
) -> None:
    old = ask(session, "Where?")
    wait_for(qtbot, old, TurnState.DONE)
    script.generate = script.answer_until_stopped
    session.regenerate(old)
    (new,) = session.current.turns
    wait_for(qtbot, new, TurnState.ANSWERING)
    session.show_version(new, -1)
    assert session.current.turns == [old]
    assert session.busy
    session.stop()
    wait_for(qtbot, new, TurnState.CANCELLED)


def test_a_withdrawn_edit_shows_the_old_question_again(
    qtbot: QtBot, session: ChatSession, desk: Desk, script
) -> None:
    old = ask(session, "Where?")
    wait_for(qtbot, old, TurnState.DONE)
    script.load = script.load_when_opened
    desk.models.load()
    session.edit(old, "When?")
    (new,) = session.current.turns
    with qtbot.waitSignal(session.path_changed):
        assert session.withdraw(new) == Draft("When?")
    assert session.current.turns == [old]


def test_a_branch_is_a_conversation_of_its_own(
    qtbot: QtBot, session: ChatSession, desk: Desk
) -> None:
    first = ask(session, "Where?")
    wait_for(qtbot, first, TurnState.DONE)
    wait_for(qtbot, ask(session, "And when?"), TurnState.DONE)
    before = session.current
    session.branch(first)
    assert session.current is not before
    assert [turn.answer for turn in session.current.turns] == ["Paris."]
    wait_for(qtbot, ask(session, "Elsewhere?"), TurnState.DONE)
    assert len(before.turns) == 2
    assert desk.titles == ["Where?", "Where?"]


def test_a_conversation_put_away_is_read_again(
    qtbot: QtBot, session: ChatSession, desk: Desk
) -> None:
    first = ask(session, "Number 0?")
    wait_for(qtbot, first, TurnState.DONE)
    first_id = session.current.id
    for number in range(1, 12):
        session.open_new()
        wait_for(qtbot, ask(session, f"Number {number}?"), TurnState.DONE)
        qtbot.waitUntil(lambda: desk.library.unwritten == 0)
    with qtbot.waitSignal(session.conversation_opened):
        session.open(first_id)
    (again,) = session.current.turns
    assert again is not first
    assert (again.id, again.answer, again.state) == (first.id, "Paris.", TurnState.DONE)
    assert session.meter.figures.context_tokens == 43
    session.regenerate(again)
    wait_for(qtbot, session.current.turns[0], TurnState.DONE)


def test_opening_one_after_another_shows_the_last_one_wanted(
    qtbot: QtBot, desk: Desk, session: ChatSession
) -> None:
    ids = []
    for number in range(12):
        session.open_new()
        wait_for(qtbot, ask(session, f"Number {number}?"), TurnState.DONE)
        ids.append(session.current.id)
        qtbot.waitUntil(lambda: desk.library.unwritten == 0)
    opened: list[str] = []
    session.conversation_opened.connect(lambda conversation: opened.append(conversation.id))
    session.open(ids[0])
    session.open(ids[1])
    qtbot.waitUntil(lambda: session.current.id == ids[1])
    assert opened == [ids[1]]


def test_a_deleted_conversation_is_left_and_stops(
    qtbot: QtBot, session: ChatSession, desk: Desk, script
) -> None:
    script.generate = script.answer_until_stopped
    turn = ask(session, "Go on")
    wait_for(qtbot, turn, TurnState.ANSWERING)
    deleted = session.current.id
    assert session.delete(deleted) == "Go on"
    assert session.current.id != deleted
    wait_for(qtbot, turn, TurnState.CANCELLED)
    assert desk.titles == []
    desk.library.arrangement.restore(deleted)
    session.open(deleted)
    assert session.current.turns == [turn]


def test_a_name_that_a_person_gave_stays(qtbot: QtBot, session: ChatSession, desk: Desk) -> None:
    wait_for(qtbot, ask(session, "Where?"), TurnState.DONE)
    session.rename(session.current.id, "Towers")
    wait_for(qtbot, ask(session, "And when?"), TurnState.DONE)
    assert session.current.title == "Towers"
    assert desk.titles == ["Towers"]


def test_what_is_still_being_answered_at_the_end_is_kept_as_cut_off(
    qtbot: QtBot, session: ChatSession, script, store_thread, tmp_path
) -> None:
    script.generate = script.answer_until_stopped
    turn = ask(session, "Go on")
    wait_for(qtbot, turn, TurnState.ANSWERING)
    session.close()
    assert store_thread.close() is None
    store = open_store(tmp_path).store
    (row,) = store.conversations.rows()
    (kept,) = store.conversations.read(row.id).turns
    store.close()
    assert (kept.answer, kept.state) == ("Once", TurnState.INTERRUPTED.value)


def test_an_answer_is_kept_while_it_comes_in(
    qtbot: QtBot, session: ChatSession, desk: Desk, script
) -> None:
    script.generate = script.answer_until_stopped
    turn = ask(session, "Go on")
    wait_for(qtbot, turn, TurnState.ANSWERING)

    def kept() -> str:
        found: list[str] = []
        desk.library.read(
            session.current.id,
            lambda taken_up: found.append(taken_up.conversation.turns[0].answer),
            lambda fault: pytest.fail(str(fault)),
        )
        qtbot.waitUntil(lambda: bool(found))
        return found[0]

    qtbot.waitUntil(lambda: kept() == "Once")
    session.stop()
