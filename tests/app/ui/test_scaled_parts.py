"""Text size and direction in the sidebar, the palette, the pages and what floats over them."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from cut_text import cut, outside
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics, QImage
from PySide6.QtWidgets import QApplication
from sidebar_rows import ROWS, grouped

from app.components import Component
from app.conversation import Conversation, TurnState
from app.model_details import Details, DraftOption, Fact
from app.model_rows import Badge, FitView, ModelRow, Work
from app.store.search import Hit
from app.ui.about_page import AboutPage
from app.ui.conversation_view import ConversationView
from app.ui.main_window import MainWindow
from app.ui.models_page import MachineLine, ModelsPage
from app.ui.palette import CommandPalette, Entry
from app.ui.question_view import QuestionView
from app.ui.text_view import TextView
from app.ui.turn_height import guessed_height
from engine import user
from engine.catalogue.fit import CONTEXTS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytestqt.qtbot import QtBot

    from app.ui.theme import Theme

EACH = pytest.mark.parametrize(
    ("percent", "mirrored"), [(size, side) for size in (85, 100, 200) for side in (False, True)]
)


@pytest.fixture
def applied(theme: Theme) -> Iterator[Theme]:
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    theme.apply(application)
    yield theme
    application.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
    theme.set_text_size(100)


@pytest.fixture
def window(qtbot: QtBot, applied: Theme) -> MainWindow:
    """The smallest window, with conversations in its sidebar."""
    window = MainWindow(applied)
    qtbot.addWidget(window)
    window.resize(900, 600)
    window.sidebar.show_groups(grouped(ROWS), "a", ("b",))
    with qtbot.waitExposed(window):
        window.show()
    return window


def look(theme: Theme, percent: int, *, mirrored: bool) -> None:
    if mirrored:
        QApplication.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    theme.set_text_size(percent)


def settle(qtbot: QtBot, window: MainWindow) -> None:
    def fits() -> None:
        assert window.width() == 900
        assert cut(window) == []
        assert outside(window) == []

    qtbot.waitUntil(fits)


@EACH
def test_rows_and_hits_have_room(
    qtbot: QtBot, window: MainWindow, applied: Theme, percent: int, mirrored: bool
) -> None:
    sidebar = window.sidebar
    window.toggle_sidebar()
    look(applied, percent, mirrored=mirrored)
    settle(qtbot, window)
    rows = sidebar.list.rows
    for place in range(rows.rowCount()):
        rect = sidebar.list.visualRect(rows.index(place))
        assert rect.height() >= QFontMetrics(applied.font("body")).height()
        assert rect.width() <= sidebar.list.viewport().width()
    place = rows.row_of("a")
    assert sidebar.list.visualRect(rows.index(place)).height() == applied.px(32)
    button = sidebar.list.more_button("a")
    assert button is not None
    assert button.height() == applied.px(28)
    assert (button.x() < 100) is mirrored
    sidebar.search.setText("nitrate")
    found = Hit(ROWS[3], (), "turn", "Nitrate in the letter", ((0, 7),), "t2")
    sidebar.show_hits("nitrate", [found, Hit(ROWS[1], ((13, 20),), "title")])
    hits = sidebar.hits
    hits.executeDelayedItemsLayout()
    lines = (
        QFontMetrics(applied.font("body")).height() + QFontMetrics(applied.font("meta")).height()
    )
    assert hits.visualRect(hits.hits.index(0)).height() >= lines
    assert hits.visualRect(hits.hits.index(1)).height() == applied.px(32)
    settle(qtbot, window)
    sidebar.show_no_hits("nitrate")
    settle(qtbot, window)


def test_rows_stay_where_they_are_when_they_grow(window: MainWindow, applied: Theme) -> None:
    window.toggle_sidebar()
    rows = window.sidebar.list
    applied.set_text_size(200)
    bar = rows.verticalScrollBar()
    bar.setValue(rows.visualRect(rows.rows.index(6)).top() + bar.value())
    assert rows.rows_in_sight().start == 6
    applied.set_text_size(175)
    assert rows.rows_in_sight().start == 6


def test_another_size_is_drawn_with_other_letters(window: MainWindow, applied: Theme) -> None:
    """Whoever paints asks for the font each time."""
    window.toggle_sidebar()
    rows = window.sidebar.list
    place = rows.rows.row_of("c")
    before = rows.grab(rows.visualRect(rows.rows.index(place))).toImage()
    applied.set_text_size(200)
    applied.set_text_size(100)
    assert rows.grab(rows.visualRect(rows.rows.index(place))).toImage() == before
    applied.set_text_size(150)
    taller = rows.grab(rows.visualRect(rows.rows.index(place))).toImage()
    assert inked_lines(taller) > inked_lines(before)


def inked_lines(picture: QImage) -> int:
    """How many lines of pixels are not one colour."""
    return sum(
        len({picture.pixel(x, y) for x in range(picture.width())}) > 1
        for y in range(picture.height())
    )


@EACH
def test_the_undo_bar_has_room(
    qtbot: QtBot, window: MainWindow, applied: Theme, percent: int, mirrored: bool
) -> None:
    look(applied, percent, mirrored=mirrored)
    bar = window.undo_bar
    bar.show_deleted("a", "Alder Valley nitrate report")
    settle(qtbot, window)
    assert bar.height() == applied.px(40)
    assert "deleted" in bar.findChildren(type(bar._sentence))[0].text()
    applied.set_text_size(130)
    assert bar.height() == applied.px(40)
    assert bar.geometry().bottom() < window.height() - window.strip.height()


@EACH
def test_the_palette_has_room(
    qtbot: QtBot, window: MainWindow, applied: Theme, percent: int, mirrored: bool
) -> None:
    palette = CommandPalette(applied, window)
    entries = [
        Entry(f"k{n}", f"Do the thing number {n}", "action", lambda: None, keys="Ctrl+K")
        for n in range(20)
    ]
    palette.open(entries, ())
    look(applied, percent, mirrored=mirrored)

    def fits() -> None:
        assert window.rect().contains(palette.geometry())
        index = palette.model.index(0, 0)
        assert palette.list.visualRect(index).height() == applied.px(34)
        assert palette.list.height() % applied.px(34) == 0
        assert palette.height() > palette.list.height() > 3 * applied.px(34)

    qtbot.waitUntil(fits)
    settle(qtbot, window)
    palette.field.setText("no such thing")
    settle(qtbot, window)


FITS = FitView("Needs 4.6 GB of your 8.0 GB", "ink", "Estimate", 0.4, 0.1, 0.1, tip="Weights 3 GB")
HERE = ModelRow(
    "here", "Field notes", "ready", (Badge("In use", "accent"), Badge("local folder")),
    "4-bit · 2.2 GB", "licence not stated", licence_known=False, after="context 32k", fit=FITS,
    here=True,
)  # fmt: skip
COMING = ModelRow(
    "coming", "Qwen3.5 4B", "downloading", (), "16-bit · 8.7 GB", "Apache 2.0", licence_known=True,
    after="context 256k", fit=FITS, work=Work("3.1 of 8.7 GB, 4 min", 0.35),
)  # fmt: skip
LISTED = ModelRow(
    "listed", "Gemma 3 12B", "listed", (), "16-bit · 24 GB", "Gemma", licence_known=True,
    after="context 128k", fit=FITS,
)  # fmt: skip
DETAILS = Details(
    id="here",
    name="Field notes",
    here=True,
    draft_text="A small model guesses.",
    options=(
        DraftOption("", "No draft", "Not measured yet.", chosen=True),
        DraftOption("other", "Other", "Different vocabulary.", "Refused", allowed=False),
    ),
    facts=(
        Fact("Checksum", "SHA-256 matches", kind="good"),
        Fact("Licence", "Apache 2.0, read it", verb="licence"),
    ),
)
MACHINE = MachineLine(
    (("Graphics card", "RTX 4060, 8.0 GB"), ("Memory", "32 GB"), ("Free on disk", "212 GB"))
)


@EACH
def test_the_page_of_models_has_room(
    qtbot: QtBot, window: MainWindow, applied: Theme, percent: int, mirrored: bool
) -> None:
    page = ModelsPage(applied, CONTEXTS, 32_000)
    window.set_page(page, page.panes)
    page.show_machine(MACHINE)
    page.show_rows((HERE,), (COMING, LISTED), date(2026, 11, 3))
    look(applied, percent, mirrored=mirrored)
    settle(qtbot, window)
    page.show_details(DETAILS)
    settle(qtbot, window)
    edge = page.details.geometry()
    assert (edge.left() <= 0) if mirrored else (edge.right() >= page.width() - 1)


@EACH
def test_the_page_about_tanka_has_room(
    qtbot: QtBot, window: MainWindow, applied: Theme, percent: int, mirrored: bool
) -> None:
    page = AboutPage(applied, "Version 1.0.0", lambda: "Licence")
    window.set_page(page, page.panes)
    page.show_components([Component("torch", "2.13.0", "BSD-3-Clause")])
    look(applied, percent, mirrored=mirrored)
    settle(qtbot, window)
    page.folds[0].line.click()
    settle(qtbot, window)
    assert page.folds[0].line.height() == applied.px(32)


def test_lines_of_a_question_stay_apart(qtbot: QtBot, applied: Theme) -> None:
    question = QuestionView(applied, "One line.\nAnother.", attached=False)
    qtbot.addWidget(question)
    question.resize(500, 200)
    question.show()
    text = question.findChild(TextView)
    assert text is not None
    assert text.minimumHeight() == 2 * 24
    applied.set_text_size(200)
    assert text.minimumHeight() == 2 * 48


def long_conversation() -> Conversation:
    conversation = Conversation()
    for number in range(12):
        turn = conversation.add(user(f"Question {number}"))
        turn.answer = f"Answer {number}. " + "Many words follow one another here. " * 40
        turn.state = TurnState.DONE
    return conversation


def test_what_is_read_stays_in_sight_when_it_grows(qtbot: QtBot, applied: Theme) -> None:
    view = ConversationView(applied)
    qtbot.addWidget(view)
    view.resize(700, 500)
    conversation = long_conversation()
    view.show()
    view.set_conversation(conversation)
    turn = conversation.turns[5]
    view.go_to_turn(turn)
    for percent in (200, 85, 130, 100):
        before = view.turn_widget(turn)
        assert before is not None
        heights = before.height()
        applied.set_text_size(percent)
        widget = view.turn_widget(turn)
        assert widget is not None
        assert widget.height() != heights
        assert widget.built
        top = widget.y() - view.verticalScrollBar().value()
        assert -2 * 24 <= top <= 2 * 24
        assert widget.height() == widget.body.wanted_height(widget.width())


@pytest.mark.parametrize("percent", [85, 200])
def test_a_guess_grows_with_the_text(percent: int) -> None:
    turn = long_conversation().turns[0]
    usual = guessed_height(turn, 700)
    assert guessed_height(turn, 700, percent) / usual == pytest.approx(
        (percent / 100) ** 2, rel=0.2
    )
