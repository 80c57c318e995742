from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QWidget

from app.background import Background
from app.conversation import Conversation, Turn, TurnState
from app.ui.conversation_view import ConversationView
from app.ui.picture import Picture
from app.ui.theme import Theme
from app.ui.turn_parts import WAITING_TEXTS
from engine import (
    DocumentPage,
    DocumentPart,
    ImagePart,
    OutOfMemory,
    PrefillProgress,
    Timings,
    user,
)
from engine.documents import read_image_bytes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytestqt.qtbot import QtBot

    from app.ui.turn_widget import TurnWidget
    from tests.conftest import FileMaker

LONG = "\n\n".join(f"Paragraph {n} of an answer that fills the page." for n in range(60))


@pytest.fixture
def view(qtbot: QtBot) -> Iterator[ConversationView]:
    background = Background()
    made = ConversationView(Theme(), background)
    qtbot.addWidget(made)
    made.resize(700, 400)
    made.show()
    yield made
    background.close()


def shown(view: ConversationView, conversation: Conversation, turn: Turn) -> TurnWidget:
    view.set_conversation(conversation)
    widget = view.turn_widget(turn)
    assert widget is not None
    return widget


def turn_of(state: TurnState, answer: str = "") -> tuple[Conversation, Turn]:
    conversation = Conversation()
    turn = conversation.add(user("What is this?"))
    turn.state, turn.answer = state, answer
    return conversation, turn


def button(parent: QWidget, name: str) -> QPushButton:
    found = [b for b in parent.findChildren(QPushButton) if name in (b.text(), b.accessibleName())]
    assert len(found) == 1
    return found[0]


def labels(parent: QWidget) -> str:
    return " | ".join(
        label.text() for label in parent.findChildren(QWidget) if hasattr(label, "textFormat")
    )


def test_many_updates_are_painted_at_most_thirty_times_a_second(
    qtbot: QtBot, view: ConversationView, monkeypatch: pytest.MonkeyPatch
) -> None:
    conversation, turn = turn_of(TurnState.ANSWERING)
    widget = shown(view, conversation, turn)
    painted: list[float] = []
    refresh = widget.refresh
    monkeypatch.setattr(widget, "refresh", lambda: (painted.append(time.monotonic()), refresh()))

    began = time.monotonic()
    for number in range(300):
        turn.answer += f"word{number} "
        view.update_turn(turn)
        QApplication.processEvents()
    turn.state = TurnState.DONE
    view.update_turn(turn)
    qtbot.waitUntil(lambda: not widget.body.answer.segments[0].text_view.caret_shown)

    assert len(painted) <= (time.monotonic() - began) * 31 + 2
    assert widget.body.answer.segments[0].text_view.toPlainText() == turn.answer.strip()


def test_page_follows_at_its_end_and_stays_where_the_reader_went(
    qtbot: QtBot, view: ConversationView
) -> None:
    conversation, turn = turn_of(TurnState.ANSWERING, LONG)
    shown(view, conversation, turn)
    bar = view.verticalScrollBar()
    qtbot.waitUntil(lambda: 0 < bar.maximum() == bar.value())
    latest = button(view, "Latest")
    assert latest.isHidden()

    turn.answer += "\n\n" + LONG
    before = bar.maximum()
    view.update_turn(turn)
    qtbot.waitUntil(lambda: bar.maximum() > before and bar.value() == bar.maximum())

    bar.setValue(100)
    assert not view.following
    assert latest.isVisible()
    turn.answer += "\n\n" + LONG
    before = bar.maximum()
    view.update_turn(turn)
    qtbot.waitUntil(lambda: bar.maximum() > before)
    assert bar.value() == 100

    qtbot.mouseClick(latest, Qt.MouseButton.LeftButton)
    assert view.following
    assert bar.value() == bar.maximum()
    assert latest.isHidden()


def test_cancelled_answer_offers_to_continue_and_to_start_over(
    qtbot: QtBot, view: ConversationView
) -> None:
    conversation, turn = turn_of(TurnState.CANCELLED, "The contract can")
    turn.completion_tokens = 16
    widget = shown(view, conversation, turn)

    assert "Stopped by you after 16 tokens" in labels(widget.body.note)
    with qtbot.waitSignal(view.continue_requested) as continued:
        qtbot.mouseClick(button(widget, "Continue"), Qt.MouseButton.LeftButton)
    with qtbot.waitSignal(view.start_over_requested) as restarted:
        qtbot.mouseClick(button(widget, "Start over"), Qt.MouseButton.LeftButton)
    assert continued.args == [turn]
    assert restarted.args == [turn]


def test_cut_answer_names_its_limit(view: ConversationView) -> None:
    conversation, turn = turn_of(TurnState.CUT, "And so")
    turn.completion_tokens = 2048
    widget = shown(view, conversation, turn)

    assert "Stopped at the limit of 2,048 tokens." in labels(widget.body.note)
    assert button(widget, "Start over").isHidden()


def test_an_answer_that_the_end_of_the_program_cut_off_says_so(
    qtbot: QtBot, view: ConversationView
) -> None:
    conversation, turn = turn_of(TurnState.INTERRUPTED, "And so")
    turn.completion_tokens = 120
    widget = shown(view, conversation, turn)

    assert "Cut off when Tanka closed, after 120 tokens." in labels(widget.body.note)
    for name, signal in (
        ("Continue", view.continue_requested),
        ("Start over", view.start_over_requested),
    ):
        with qtbot.waitSignal(signal) as asked:
            qtbot.mouseClick(button(widget, name), Qt.MouseButton.LeftButton)
        assert asked.args == [turn]


def test_answer_stopped_before_its_first_word_cannot_be_continued(view: ConversationView) -> None:
    conversation, turn = turn_of(TurnState.CANCELLED)
    widget = shown(view, conversation, turn)

    assert button(widget, "Continue").isHidden()
    assert not button(widget, "Start over").isHidden()


@pytest.mark.parametrize("answer", ["", " \n"])
def test_an_empty_answer_is_said_to_be_one(
    qtbot: QtBot, view: ConversationView, answer: str
) -> None:
    conversation, turn = turn_of(TurnState.DONE, answer)
    widget = shown(view, conversation, turn)

    assert not widget.body.note.isHidden()
    assert "The model gave no answer." in labels(widget.body.note)
    assert button(widget, "Continue").isHidden()
    again = next(b for b in widget.body.note.findChildren(QPushButton) if b.text() == "Try again")
    with qtbot.waitSignal(view.start_over_requested) as retried:
        qtbot.mouseClick(again, Qt.MouseButton.LeftButton)
    assert retried.args == [turn]


def test_failure_says_the_sentence_and_folds_out_the_details(
    qtbot: QtBot, view: ConversationView
) -> None:
    conversation, turn = turn_of(TurnState.FAILED, "Partial text")
    turn.error = OutOfMemory("Memory ran out. Close other programs.", "CUDA: 1.1 GB")
    widget = shown(view, conversation, turn)

    assert "Memory ran out | Close other programs." in labels(widget.body.error)
    assert not widget.body.answer.isHidden()
    assert button(widget, "Copy details").isHidden()
    qtbot.mouseClick(button(widget, "Details"), Qt.MouseButton.LeftButton)
    qtbot.mouseClick(button(widget, "Copy details"), Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == "CUDA: 1.1 GB"
    with qtbot.waitSignal(view.retry_requested) as retried:
        qtbot.mouseClick(button(widget, "Try again"), Qt.MouseButton.LeftButton)
    assert retried.args == [turn]


def test_reading_counts_only_what_is_new_and_hides_when_it_is_short(view: ConversationView) -> None:
    conversation, turn = turn_of(TurnState.READING)
    turn.prefill = PrefillProgress("r", 13_480, 32_000, 1_000, 3_140.0)
    widget = shown(view, conversation, turn)
    text = labels(widget.body.prefill)
    assert "12,480</span> of 31,000 tokens" in text
    assert "about 6 s" in text
    assert not widget.body.prefill.isHidden()

    turn.prefill = PrefillProgress("r", 31_500, 32_000, 31_000, 3_140.0)
    widget.refresh()
    assert widget.body.prefill.isHidden()


def test_waiting_message_says_why_and_can_be_withdrawn(
    qtbot: QtBot, view: ConversationView
) -> None:
    conversation, first = turn_of(TurnState.QUEUED)
    second = conversation.add(user("And then?"))
    view.set_conversation(conversation)
    widget = view.turn_widget(second)
    assert widget is not None
    assert widget.body.queued.isHidden()  # a short wait needs no card
    qtbot.waitUntil(widget.body.queued.isVisible)
    assert WAITING_TEXTS["model"] in labels(widget.body.queued)
    view.set_loading(True, 3.2)
    left = "Loading the model, about 4 s. Your message is sent when it is ready."
    assert left in labels(widget.body.queued)
    view.set_loading(False)
    assert WAITING_TEXTS["other_answer"] in labels(widget.body.queued)

    first.state, first.answer = TurnState.ANSWERING, "It"
    view.update_turn(first)
    qtbot.waitUntil(lambda: WAITING_TEXTS["answer_above"] in labels(widget.body.queued))

    with qtbot.waitSignal(view.withdraw_requested) as withdrawn:
        qtbot.mouseClick(button(widget, "Withdraw"), Qt.MouseButton.LeftButton)
    assert withdrawn.args == [second]
    view.remove_turn(second)
    assert view.turn_widget(second) is None


def test_finished_answer_can_be_copied_and_shows_its_figures(
    qtbot: QtBot, view: ConversationView
) -> None:
    conversation, turn = turn_of(TurnState.DONE, "It is **bold**.")
    turn.completion_tokens = 78
    turn.timings = Timings(0.0, 2.0, 0.3, 900.0, 63.4)
    widget = shown(view, conversation, turn)

    assert "78 tokens · 63 tok/s" in labels(widget.body.action_row)
    qtbot.mouseClick(button(widget, "Copy answer"), Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == "It is **bold**."


def test_actions_of_earlier_turns_show_when_the_keyboard_reaches_them(
    view: ConversationView,
) -> None:
    conversation, first = turn_of(TurnState.DONE, "one")
    second = conversation.add(user("again"))
    second.state, second.answer = TurnState.DONE, "two"
    upper = shown(view, conversation, first)
    lower = view.turn_widget(second)
    assert lower is not None
    assert upper.body.action_row.isHidden()
    assert not lower.body.action_row.isHidden()

    view.activateWindow()
    lower.setFocus()
    QApplication.processEvents()
    QTest.keyClick(lower, Qt.Key.Key_Up)

    assert upper.hasFocus()
    assert not upper.body.action_row.isHidden()


def test_picture_is_decoded_beside_the_gui_and_fits_its_frame(
    qtbot: QtBot, view: ConversationView, make_files: FileMaker
) -> None:
    part = read_image_bytes(make_files.png("wide.png", "x", (1280, 800)).read_bytes(), "wide.png")
    conversation = Conversation()
    turn = conversation.add(user(part, "What is this?"))
    widget = shown(view, conversation, turn)
    picture = widget.findChild(Picture)

    assert isinstance(picture, Picture)
    assert (picture.width(), picture.height()) == (276, 172)
    qtbot.waitUntil(lambda: picture.loaded)


def test_picture_that_qt_cannot_read_still_has_its_place(
    qtbot: QtBot, view: ConversationView
) -> None:
    conversation = Conversation()
    turn = conversation.add(user(ImagePart("odd.png", "0" * 64, 10, 10, b"no picture"), "Hm?"))
    widget = shown(view, conversation, turn)
    picture = widget.findChild(Picture)
    assert isinstance(picture, Picture)
    qtbot.waitUntil(lambda: picture.failed)
    assert not picture.loaded


@pytest.mark.parametrize("text", ["short", LONG])
def test_reading_column_is_centred_whether_the_page_scrolls_or_not(
    qtbot: QtBot, view: ConversationView, text: str
) -> None:
    conversation, turn = turn_of(TurnState.DONE, text)
    view.resize(1400, 500)
    widget = shown(view, conversation, turn)
    qtbot.waitUntil(lambda: (view.verticalScrollBar().maximum() > 0) == (text == LONG))

    answer = widget.body.answer
    qtbot.waitUntil(lambda: answer.width() == 720 - 2 * 28)
    assert answer.mapTo(view, QPoint()).x() == (1400 - answer.width()) // 2


def test_what_was_sent_keeps_what_it_costs(view: ConversationView, make_files: FileMaker) -> None:
    picture = read_image_bytes(make_files.png("shot.png").read_bytes(), "shot.png")
    document = DocumentPart("notes.txt", "bb", 5, (DocumentPage(1, "hello"),))
    conversation = Conversation()
    turn = conversation.add(user(picture, document, "What is this?"))
    turn.attachment_tokens.update({picture.sha256: 522, "bb": 1_234})
    widget = shown(view, conversation, turn)
    assert "5 bytes · 1,234 tokens" in labels(widget)
    assert "| 522 tokens" in labels(widget)


class ShownWindows(QObject):
    """Remembers every widget that was shown as a window of its own, however briefly."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Show and isinstance(watched, QWidget) and watched.isWindow():
            self.seen.append(type(watched).__name__)
        return False


@pytest.mark.parametrize("state", list(TurnState))
def test_no_part_of_a_turn_flashes_up_as_a_window(
    qtbot: QtBot, view: ConversationView, state: TurnState, make_files: FileMaker
) -> None:
    part = read_image_bytes(make_files.png("shot.png").read_bytes(), "shot.png")
    conversation = Conversation()
    turn = conversation.add(user(part, "What is this?"))
    turn.state = state
    turn.prefill = PrefillProgress("r", 10, 32_000, 0, 3_140.0)
    turn.error = OutOfMemory("Memory ran out.", "details")
    turn.answer = "Words\n\n```\ncode\n```\n\n| a | b |\n|---|---|\n| 1 | 2 |"
    watcher = ShownWindows()
    QApplication.instance().installEventFilter(watcher)

    view.set_conversation(conversation)
    view.update_turn(turn)
    qtbot.wait(50)

    QApplication.instance().removeEventFilter(watcher)
    assert watcher.seen == []
