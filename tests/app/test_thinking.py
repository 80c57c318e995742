"""Thoughts in the window's conversations: shown beside the answer, told again as they were said."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from endless_engine import MODEL

from app.answering import Answering
from app.chat_session import ChatSession
from app.conversation import Conversation, Turn, TurnState, copy_to
from app.drafts import Draft
from app.library import Library, StoreThread, TakenUp
from app.library.kept import kept_conversation, live_conversation
from app.model_loading import ModelLoading
from app.startup import Program
from engine import (
    CountTokens,
    Finished,
    MemoryUse,
    ModelReady,
    TextDelta,
    Timings,
    Usage,
    assistant,
    user,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from engine import ModelInfo, PartName, Ticket

OPENED = [("mark", "<think>\n"), ("thought", "Hm."), ("mark", "\n</think>\n\n"), ("answer", "So.")]
BY_PROMPT = OPENED[1:]
UNFINISHED = OPENED[:2]


def hear(turn: Turn, pieces: list[tuple[PartName, str]]) -> None:
    for part, text in pieces:
        turn.hear(text, part)


def said(pieces: list[tuple[PartName, str]]) -> str:
    return "".join(text for _, text in pieces)


def speaks(pieces: list[tuple[PartName, str]]) -> Callable[[Ticket], None]:
    """An engine that says exactly this."""

    def generate(ticket: Ticket) -> None:
        for number, (part, text) in enumerate(pieces):
            ticket.emit(TextDelta(ticket.request.request_id, text, number + 1, part))
        usage, timings = Usage(40, 10, len(pieces), 0), Timings(0.0, 1.0)
        text, request_id = said(pieces), ticket.request.request_id
        ticket.emit(Finished(request_id, "stop", text, usage, timings, MemoryUse(0)))

    return generate


def loads(info: ModelInfo) -> Callable[[Ticket], None]:
    """An engine whose model is this one."""
    return lambda ticket: ticket.emit(ModelReady(ticket.request.request_id, info, MemoryUse(0)))


# The turn.


@pytest.mark.parametrize("pieces", [OPENED, BY_PROMPT, UNFINISHED, BY_PROMPT[:1]])
def test_what_was_said_is_told_again_to_the_character(pieces) -> None:
    turn = Turn(user("Why?"))
    hear(turn, pieces)
    assert turn.said == said(pieces)
    assert turn.reasoning == "Hm."
    assert turn.answer == ("So." if pieces[-1][0] == "answer" else "")


def test_nothing_can_come_before_an_answer_that_has_begun() -> None:
    """Half a mark that was shown as answer, where an answer was cut there and then went on."""
    turn = Turn(user("Why?"))
    hear(turn, [("answer", "<thi"), ("mark", "nk>"), ("thought", "Hm"), ("answer", "!")])
    assert turn.said == turn.answer == "<think>Hm!"
    assert turn.reasoning == ""


def test_history_has_the_thought_with_its_marks() -> None:
    conversation = Conversation()
    first = conversation.add(user("Why?"))
    hear(first, OPENED)
    unfinished = conversation.add(user("And then?"))
    hear(unfinished, UNFINISHED)
    assert conversation.messages_for(unfinished) == (
        user("Why?"), assistant(said(OPENED)), user("And then?"), assistant(said(UNFINISHED)),
    )  # fmt: skip
    # A thought without an answer is none: its question is left out with it.
    assert conversation.messages_with(user("So?")) == (
        user("Why?"), assistant(said(OPENED)), user("So?"),
    )  # fmt: skip


def test_a_thought_that_another_program_kept_is_not_told() -> None:
    conversation = Conversation()
    turn = conversation.add(user("Why?"))
    turn.reasoning, turn.answer = "Hm.", "So."
    assert turn.said == "So."
    assert conversation.messages_with(user("And?"))[1] == assistant("So.")


def test_a_branch_takes_thoughts_and_the_switch_along() -> None:
    conversation = Conversation(thinking=False)
    turn = conversation.add(user("Why?"))
    hear(turn, OPENED)
    turn.reasoning_s, turn.thinking = 2.5, True
    copy = copy_to(conversation, turn)
    assert copy.thinking is False
    assert (copy.turns[0].said, copy.turns[0].reasoning_s) == (turn.said, 2.5)
    assert copy.turns[0].thinking is True


@pytest.mark.parametrize("pieces", [OPENED, BY_PROMPT, UNFINISHED, [("answer", "So.")]])
def test_a_conversation_is_kept_with_its_thoughts(pieces) -> None:
    live = Conversation(thinking=True)
    turn = live.add(user("Why?"))
    hear(turn, pieces)
    turn.reasoning_s, turn.thinking = 1.5, False
    turn.state = TurnState.DONE
    again = live_conversation(kept_conversation(live, 1.0))
    assert again.thinking is True
    (found,) = again.turns
    assert (found.said, found.reasoning, found.answer) == (turn.said, turn.reasoning, turn.answer)
    assert (found.thought_opening, found.reasoning_s) == (turn.thought_opening, 1.5)
    assert found.thinking is False


def test_figures_that_do_not_fit_are_left_out() -> None:
    live = Conversation()
    hear(live.add(user("Why?")), OPENED)
    kept = kept_conversation(live, 1.0)
    odd = replace(kept.turns[0], figures={"thought": [1], "reasoning_s": "x", "thinking": 3})
    again = live_conversation(replace(kept, turns=(odd,), options={"thinking": "yes"}))
    assert again.thinking is None
    assert (again.turns[0].thought_opening, again.turns[0].reasoning_s) == (None, None)
    assert again.turns[0].said == "So."


# The session.


@pytest.fixture
def models(qtbot: QtBot, bridge) -> ModelLoading:
    models = ModelLoading(bridge)
    with qtbot.waitSignal(models.ready):
        models.load()
    return models


@pytest.fixture
def session(bridge, models: ModelLoading, answer_settings, library: Library) -> ChatSession:
    return ChatSession(bridge, models, answer_settings, library)


def ask(qtbot: QtBot, session: ChatSession, text: str) -> Turn:
    session.send(Draft(text))
    turn = session.current.turns[-1]
    qtbot.waitUntil(lambda: not turn.state.running)
    return turn


def test_parts_reach_the_turn_and_the_next_request(
    qtbot: QtBot, session: ChatSession, script
) -> None:
    script.generate = speaks(OPENED)
    turn = ask(qtbot, session, "Why?")
    assert (turn.reasoning, turn.answer) == ("Hm.", "So.")
    assert turn.reasoning_s is not None
    ask(qtbot, session, "And then?")
    assert script.generated[1].messages[1] == assistant(said(OPENED))


def test_an_answer_cut_inside_its_thought_goes_on_there(
    qtbot: QtBot, session: ChatSession, script
) -> None:
    """It goes on as it was begun, whatever has been switched since."""
    session.choose_thinking(thinking=True)
    script.generate = speaks(UNFINISHED)
    turn = ask(qtbot, session, "Why?")
    session.choose_thinking(thinking=False)
    script.generate = speaks([("thought", " Or so."), *OPENED[2:]])
    session.resume(turn)
    qtbot.waitUntil(lambda: turn.state is TurnState.DONE and turn.answer == "So.")
    assert turn.reasoning == "Hm. Or so."
    assert turn.said == "<think>\nHm. Or so.\n</think>\n\nSo."
    assert script.generated[1].messages[-1] == assistant(said(UNFINISHED))
    assert [request.thinking for request in script.generated] == [True, True]
    ask(qtbot, session, "And then?")
    assert script.generated[2].thinking is False


def test_without_a_word_in_between_a_model_is_asked_as_it_likes(
    qtbot: QtBot, session: ChatSession, script
) -> None:
    turn = ask(qtbot, session, "Where?")
    assert (turn.answer, turn.reasoning, turn.reasoning_s) == ("Paris.", "", None)
    assert turn.thought_opening is None
    assert script.generated[0].thinking is None


def test_what_only_thought_is_answered_anew_beside_it(
    qtbot: QtBot, session: ChatSession, script
) -> None:
    script.generate = speaks(UNFINISHED)
    turn = ask(qtbot, session, "Why?")
    script.generate = speaks(OPENED)
    session.start_over(turn)
    new = session.current.turns[-1]
    qtbot.waitUntil(lambda: new.state is TurnState.DONE)
    assert session.current.versions(new).ids == (turn.id, new.id)
    assert turn.reasoning == "Hm."


def test_how_long_a_thought_took_is_measured(
    qtbot: QtBot, bridge, models: ModelLoading, answer_settings, script
) -> None:
    now = iter([10.0, 11.0, 12.5, 20.0, 20.5, 21.0])
    answering = Answering(bridge, models, answer_settings, clock=lambda: next(now))
    conversation = Conversation()
    turn = conversation.add(user("Why?"))
    # Events that come at once may be joined; those of different parts never are.
    script.generate = speaks([("mark", "<think>"), ("thought", "Hm."), ("mark", "</think>")])
    with qtbot.waitSignal(answering.ended):
        answering.ask(conversation, turn)
    assert turn.reasoning_s == pytest.approx(2.5)
    turn.thought_closing = ""  # as if it had been cut before
    script.generate = speaks([("thought", " Yes."), ("mark", "</think>"), ("answer", "So.")])
    with qtbot.waitSignal(answering.ended):
        answering.ask(conversation, turn)
    assert turn.reasoning_s == pytest.approx(3.0)


# The library.


def test_a_thought_cut_off_by_the_end_of_the_program_goes_on(
    qtbot: QtBot, library: Library, store_thread: StoreThread, tmp_path: Path
) -> None:
    conversation = Conversation()
    turn = conversation.add(user("Why?"))
    library.ask(conversation, turn)
    hear(turn, UNFINISHED)
    turn.reasoning_s = 1.25
    library.save_partial(turn)
    conversation.thinking = False
    library.save_thinking(conversation)
    assert store_thread.close() is None
    thread = StoreThread(store_thread.parent())
    again = Library(thread, thread)
    with qtbot.waitSignal(again.listed):
        again.open(lambda: tmp_path)
    found: list[TakenUp] = []
    again.read(conversation.id, found.append, lambda fault: pytest.fail(str(fault)))
    qtbot.waitUntil(lambda: bool(found))
    thread.close()
    kept = found[0].conversation
    assert kept.thinking is False
    assert kept.turns[0].said == said(UNFINISHED)
    assert kept.turns[0].reasoning_s == 1.25


def test_a_switch_alone_keeps_no_conversation(library: Library, store_thread: StoreThread) -> None:
    library.save_thinking(Conversation(thinking=True))
    assert store_thread.unwritten == 0


# The window.


@pytest.fixture
def program(qtbot: QtBot, qapp, script, new_client) -> Iterator[Program]:
    info = replace(MODEL, thinking="switch", thinks_unasked=True)
    script.load = loads(info)
    program = Program(qapp, new_client())
    qtbot.addWidget(program.window)
    with qtbot.waitSignals([program.library.listed, program.models.ready]):
        program.show()
    yield program
    program.window.close()
    program.close()


def counted(script) -> list[bool | None]:
    return [r.thinking for r in script.requests if isinstance(r, CountTokens) and r.messages]


def test_the_switch_is_kept_per_conversation_and_recounts(
    qtbot: QtBot, program: Program, script
) -> None:
    switch, composer = program.page.composer.thinking, program.page.composer
    assert switch.isVisible()
    assert switch.isChecked()
    assert switch.accessibleName() == "Thinking"
    qtbot.keyClicks(composer.editor, "Why?")
    qtbot.waitUntil(lambda: None in counted(script))
    switch.click()
    qtbot.waitUntil(lambda: False in counted(script))
    assert "at once" in switch.toolTip()
    composer.send.click()
    first = program.session.current
    qtbot.waitUntil(lambda: not first.turns[-1].state.running)
    assert script.generated[0].thinking is False
    program.session.open_new()
    assert switch.isChecked()
    program.session.open(first.id)
    assert not switch.isChecked()


def test_a_model_without_the_switch_shows_none(qtbot: QtBot, program: Program, script) -> None:
    script.load = loads(MODEL)
    with qtbot.waitSignal(program.models.ready):
        program.models.load(None)
    assert not program.page.composer.thinking.isVisible()
