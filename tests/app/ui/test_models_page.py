"""The page of models: what it shows of each state, and that everything on it can be reached."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QLabel

from app.model_details import Details, DraftOption, Fact
from app.model_rows import Badge, FitView, ModelRow, Work
from app.ui.badge import BadgeLabel
from app.ui.main_window import MainWindow
from app.ui.models_page import MachineLine, ModelsPage
from engine.catalogue.fit import CONTEXTS

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from app.ui.models_card import ModelsCard

FITS = FitView("Needs 4.6 GB of your 8.0 GB", "ink", "Estimate", 0.4, 0.1, 0.1, tip="Weights 3 GB")
TOO_BIG = FitView("Needs 22.1 GB, does not fit", "danger", "It cannot be loaded.", full=True)
HERE = ModelRow(
    "here", "Field notes", "ready", (Badge("local folder"),), "4-bit · 2.2 GB",
    "licence not stated", licence_known=False, after="context 32k", fit=FITS, here=True,
)  # fmt: skip
LISTED = ModelRow(
    "listed", "Qwen3.5 4B", "listed", (), "16-bit · 8.7 GB", "Apache 2.0", licence_known=True,
    after="context 256k", fit=TOO_BIG,
)  # fmt: skip
DETAILS = Details(
    id="here",
    name="Field notes",
    here=True,
    draft_text="A small model guesses.",
    options=(
        DraftOption("", "No draft", "Not measured yet.", chosen=True),
        DraftOption("small", "Small", "Adds 0.5 GB."),
        DraftOption("other", "Other", "Different vocabulary.", "Refused", allowed=False),
    ),
    facts=(
        Fact("Checksum", "SHA-256 matches", kind="good"),
        Fact("Licence", "Apache 2.0, read it", verb="licence"),
        Fact("Repository", "makers/tiny", "https://huggingface.co/makers/tiny"),
    ),
)


@pytest.fixture
def page(qtbot, theme) -> ModelsPage:
    window = MainWindow(theme)
    qtbot.addWidget(window)
    page = ModelsPage(theme, CONTEXTS, 32_000)
    window.set_page(page, page.panes)
    window.resize(1440, 900)
    window.show()
    show(page, HERE, LISTED)
    return page


def show(page: ModelsPage, here: ModelRow, listed: ModelRow) -> None:
    page.show_rows((here,), (listed,), date(2026, 11, 3))


def card(page: ModelsPage, model_id: str) -> ModelsCard:
    found = page.card(model_id)
    assert found is not None
    return found


def texts(widget: QWidget) -> str:
    return "\n".join(label.text() for label in widget.findChildren(QLabel) if label.isVisible())


def buttons(widget: QWidget) -> list[QAbstractButton]:
    return [b for b in widget.findChildren(QAbstractButton) if b.isVisible()]


def button(widget: QWidget, name: str) -> QAbstractButton:
    return next(b for b in buttons(widget) if name in (b.text(), b.accessibleName()))


def test_machine_groups_and_date_are_shown(page: ModelsPage) -> None:
    page.show_machine(MachineLine((("Graphics", "RTX 4060, 8 GB"), ("Memory", "32 GB"))))
    shown = texts(page)
    for words in ("RTX 4060, 8 GB", "On this computer", "1 model, list dated 3 Nov 2026"):
        assert words in shown
    assert "Context, 32k" in shown


def test_a_card_tells_its_model_to_eye_and_ear(page: ModelsPage) -> None:
    shown = texts(card(page, "here"))
    for words in ("Field notes", "licence not stated", "Needs 4.6 GB"):
        assert words in shown
        assert words in card(page, "here").accessibleName()
    assert "local folder" in card(page, "here").accessibleName()
    assert [b.isVisible() for b in card(page, "here").findChildren(BadgeLabel)] == [True]


@pytest.mark.parametrize(
    ("state", "names"),
    [
        ("listed", ["Download"]),
        ("downloading", ["Pause the download of Qwen3.5 4B", "Give up the download of Qwen3.5 4B"]),
        ("waiting", ["Pause the download of Qwen3.5 4B"]),
        ("paused", ["Resume", "Give up the download of Qwen3.5 4B"]),
        ("failed", ["Try again"]),
        ("corrupt", ["Try again"]),
        ("no space", ["Try again"]),
        ("verifying", ["Give up the download of Qwen3.5 4B"]),
    ],
)
def test_what_can_be_done_follows_the_state(page: ModelsPage, state, names: list[str]) -> None:
    show(page, HERE, replace(LISTED, state=state, work=Work("3.1 of 8.7 GB", 0.4)))
    shown = card(page, "listed")
    for name in names:
        button(shown, name)
    assert "3.1 of 8.7 GB" in texts(shown)


@pytest.mark.parametrize(
    ("state", "name", "verb"),
    [
        ("listed", "Download", "download"),
        ("paused", "Resume", "download"),
        ("downloading", "Pause the download of Qwen3.5 4B", "pause"),
        ("downloading", "Give up the download of Qwen3.5 4B", "discard"),
    ],
)
def test_buttons_ask_for_it(qtbot, page: ModelsPage, state, name: str, verb: str) -> None:
    show(page, HERE, replace(LISTED, state=state))
    with qtbot.waitSignal(page.wanted) as wanted:
        qtbot.mouseClick(button(card(page, "listed"), name), Qt.MouseButton.LeftButton)
    assert wanted.args == ["listed", verb]


@pytest.mark.parametrize(
    ("state", "uses"), [("ready", True), ("in use", False), ("corrupt", False)]
)
def test_only_what_is_sound_and_not_in_use_can_be_used(page: ModelsPage, state, uses: bool) -> None:
    show(page, replace(HERE, state=state), LISTED)
    assert any(b.text() == "Use" for b in buttons(card(page, "here"))) == uses


def test_a_context_is_chosen_by_mouse_and_by_keys(qtbot, page: ModelsPage) -> None:
    with qtbot.waitSignal(page.context_chosen) as chosen:
        qtbot.mouseClick(button(page, "200k"), Qt.MouseButton.LeftButton)
    assert chosen.args == [200_000]
    assert "Context, 200k" in texts(page)
    with qtbot.waitSignal(page.context_chosen) as chosen:
        qtbot.keyClick(button(page, "200k"), Qt.Key.Key_Left)
    assert chosen.args == [64_000]


def test_the_list_can_be_filtered(page: ModelsPage) -> None:
    page.filter.setText("apache")
    assert card(page, "listed").isVisible()
    assert not card(page, "here").isVisible()
    page.filter.setText("nothing like it")
    assert "No model matches “nothing like it”." in texts(page)
    page.filter.clear()
    assert card(page, "here").isVisible()


def test_cards_are_reached_and_opened_by_keys(qtbot, page: ModelsPage) -> None:
    first, second = card(page, "here"), card(page, "listed")
    first.setFocus()
    qtbot.keyClick(first, Qt.Key.Key_Down)
    assert second.hasFocus()
    qtbot.keyClick(second, Qt.Key.Key_Up)
    assert first.hasFocus()
    with qtbot.waitSignal(page.selected) as selected:
        qtbot.keyClick(first, Qt.Key.Key_Return)
    assert selected.args == ["here"]
    with qtbot.waitSignal(page.wanted) as wanted:
        qtbot.keyClick(first, Qt.Key.Key_Delete)
    assert wanted.args == ["here", "remove"]


def test_a_card_keeps_the_focus_when_its_state_changes(page: ModelsPage) -> None:
    card(page, "listed").setFocus()
    show(page, HERE, replace(LISTED, state="downloading", work=Work("1 of 2 GB", 0.5)))
    assert card(page, "listed").hasFocus()


def test_details_open_and_close(qtbot, page: ModelsPage) -> None:
    page.show_details(DETAILS)
    assert page.opened == "here"
    assert "SHA-256 matches" in texts(page.details)
    qtbot.keyClick(page.details, Qt.Key.Key_Escape)
    assert not page.details.isVisible()
    assert card(page, "here").hasFocus()


def test_a_draft_is_chosen_and_a_refused_one_cannot_be(qtbot, page: ModelsPage) -> None:
    page.show_details(DETAILS)
    marks = [b for b in buttons(page.details) if b.isCheckable()]
    assert [mark.isEnabled() for mark in marks] == [True, True, False]
    assert "Different vocabulary" in marks[2].accessibleName()
    with qtbot.waitSignal(page.draft_chosen) as chosen:
        qtbot.mouseClick(marks[1], Qt.MouseButton.LeftButton)
    assert chosen.args == ["here", "small"]


@pytest.mark.parametrize(
    ("name", "verb"),
    [
        ("Verify again", "verify"),
        ("Show in folder", "show"),
        ("Remove…", "remove"),
        ("Licence: Apache 2.0, read it", "licence"),
    ],
)
def test_details_ask_for_what_can_be_done(qtbot, page: ModelsPage, name: str, verb: str) -> None:
    page.show_details(DETAILS)
    with qtbot.waitSignal(page.wanted) as wanted:
        qtbot.mouseClick(button(page.details, name), Qt.MouseButton.LeftButton)
    assert wanted.args == ["here", verb]


def test_an_address_is_not_opened_by_itself(qtbot, page: ModelsPage) -> None:
    page.show_details(DETAILS)
    with qtbot.waitSignal(page.link_wanted) as wanted:
        qtbot.mouseClick(button(page.details, "Repository: makers/tiny"), Qt.MouseButton.LeftButton)
    assert wanted.args == ["https://huggingface.co/makers/tiny"]


def test_details_lie_over_the_list_in_a_small_window(page: ModelsPage) -> None:
    page.show_details(DETAILS)
    page.window().resize(900, 600)
    assert page.details.geometry().right() == page.rect().right()
    assert page.details.height() == page.height()
    page.window().resize(1440, 900)
    assert page.details.isVisible()


def test_a_model_that_goes_takes_its_details_along(page: ModelsPage) -> None:
    page.show_details(DETAILS)
    page.show_rows((), (LISTED,), date(2026, 11, 3))
    assert page.opened == ""
    assert page.card("here") is None
    assert "Only the small starter model so far" in texts(page)


def test_a_notice_is_read_and_closed(qtbot, page: ModelsPage) -> None:
    page.show_notice("The download stopped.")
    assert "The download stopped." in texts(page)
    qtbot.mouseClick(button(page, "Close this message"), Qt.MouseButton.LeftButton)
    assert "The download stopped." not in texts(page)


def test_every_button_has_a_name(page: ModelsPage) -> None:
    page.show_details(DETAILS)
    assert all(b.text() or b.accessibleName() for b in buttons(page))


def test_nothing_is_cut_off_in_the_smallest_window(page: ModelsPage) -> None:
    page.window().resize(900, 600)
    for shown in buttons(card(page, "listed")):
        assert shown.width() >= shown.minimumSizeHint().width()
        assert (
            card(page, "listed")
            .rect()
            .contains(
                shown.rect().translated(shown.mapTo(card(page, "listed"), shown.rect().topLeft()))
            )
        )
