"""Links: nothing is opened before a person has seen the whole address."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QObject, QPoint, Qt, QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices, QGuiApplication, QTextCursor
from PySide6.QtWidgets import QApplication, QLabel

from app.ui.addresses import host_of, look_at
from app.ui.answer_view import AnswerView
from app.ui.link_dialog import LinkDialog

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytestqt.qtbot import QtBot

    from app.background import Background
    from app.ui.formulas import Formulas
    from app.ui.text_view import TextView
    from app.ui.theme import Theme


class Browser(QObject):
    """Stands where the system's browser would."""

    opened = Signal(str)

    @Slot(QUrl)
    def open(self, address: QUrl) -> None:
        self.opened.emit(address.toString())


@pytest.fixture
def browser(qapp: QApplication) -> Iterator[Browser]:
    browser = Browser(qapp)
    for scheme in ("http", "https", "mailto"):
        QDesktopServices.setUrlHandler(scheme, browser, "open")
    yield browser
    for scheme in ("http", "https", "mailto"):
        QDesktopServices.unsetUrlHandler(scheme)


@pytest.fixture
def view(qtbot: QtBot, theme: Theme, background: Background, formulas: Formulas) -> AnswerView:
    view = AnswerView(theme, background=background, formulas=formulas)
    qtbot.addWidget(view)
    view.resize(600, 300)
    with qtbot.waitActive(view):
        view.show()
    return view


def click(qtbot: QtBot, text: TextView, begin: int = 0) -> None:
    qtbot.waitUntil(text.isVisible)
    cursor = QTextCursor(text.document())
    cursor.setPosition(begin)
    spot = text.cursorRect(cursor).center() + QPoint(6, 0)
    qtbot.mouseClick(text.viewport(), Qt.MouseButton.LeftButton, pos=spot)


def asked(view: AnswerView) -> LinkDialog:
    (dialog,) = (d for d in view.findChildren(LinkDialog) if d.isVisible())
    return dialog


def words(dialog: LinkDialog) -> str:
    return "\n".join(
        label.accessibleName() or label.text() for label in dialog.findChildren(QLabel)
    )


def test_a_click_shows_the_whole_address_and_opens_nothing(
    qtbot: QtBot, view: AnswerView, browser: Browser
) -> None:
    view.set_text("[here](https://example.org/long?a=b&c=d)", growing=False)
    with qtbot.assertNotEmitted(browser.opened):
        click(qtbot, view.segments[0].text_view)
        dialog = asked(view)
    assert "https://example.org/long?a=b&c=d" in words(dialog)
    dialog.copy.click()
    assert QGuiApplication.clipboard().text() == "https://example.org/long?a=b&c=d"


def test_only_the_button_opens(qtbot: QtBot, view: AnswerView, browser: Browser) -> None:
    view.set_text("[here](https://example.org/a)", growing=False)
    click(qtbot, view.segments[0].text_view)
    with qtbot.assertNotEmitted(browser.opened):
        qtbot.keyClick(asked(view), Qt.Key.Key_Escape)
    click(qtbot, view.segments[0].text_view)
    with qtbot.assertNotEmitted(browser.opened):
        # What is there by default is not to open.
        qtbot.keyClick(asked(view).cancel, Qt.Key.Key_Return)
    click(qtbot, view.segments[0].text_view)
    with qtbot.waitSignal(browser.opened) as opened:
        asked(view).open_address.click()
    assert opened.args == ["https://example.org/a"]


def test_the_keyboard_goes_from_link_to_link(qtbot: QtBot, view: AnswerView) -> None:
    view.set_text(
        "[one](https://a.org) x [two](https://b.org)\n\n- [three](https://c.org)", growing=False
    )
    text = view.segments[0].text_view
    qtbot.waitUntil(text.isVisible)
    text.setFocus(Qt.FocusReason.TabFocusReason)
    seen = [text._reached]
    for _ in range(2):
        qtbot.keyClick(text, Qt.Key.Key_Tab)
        seen.append(text._reached)
    assert [link.text for link in seen if link] == ["one", "two", "three"]
    qtbot.keyClick(text, Qt.Key.Key_Backtab)
    qtbot.keyClick(text, Qt.Key.Key_Return)
    assert asked(view).address.target == "https://b.org"


def test_text_without_links_is_no_stop_for_tab(view: AnswerView) -> None:
    view.set_text("words", growing=False)
    assert not view.segments[0].text_view.focusPolicy() & Qt.FocusPolicy.TabFocus
    view.set_text("[words](https://e.org)", growing=False)
    assert view.segments[0].text_view.focusPolicy() & Qt.FocusPolicy.TabFocus


@pytest.mark.parametrize(
    "target",
    [
        "javascript:alert(1)",
        "file:///etc/passwd",
        "data:text/html,x",
        "ftp://e.org/x",
        "vbscript:x",
    ],
)
def test_other_addresses_are_text_with_the_reason(view: AnswerView, target: str) -> None:
    view.set_text(f"a [word](<{target}>) b", growing=False)
    document = view.segments[0].text_view.document()
    assert document.toPlainText() == f"a word ({target}: not opened) b"
    form = document.find("word").charFormat()
    assert not form.anchorHref()
    assert "Only web and mail addresses are opened" in form.toolTip()
    assert not document.find(" b").charFormat().toolTip()


def test_a_place_in_another_text_is_no_link(view: AnswerView) -> None:
    view.set_text("[up](#top) and [side](other.md)", growing=False)
    document = view.segments[0].text_view.document()
    assert document.toPlainText() == "up and side"
    assert "another document" in document.find("up").charFormat().toolTip()
    assert "no whole address" in document.find("side").charFormat().toolTip()


def test_pictures_are_never_fetched_but_their_address_can_be_seen(view: AnswerView) -> None:
    view.set_text("![a *chart*](https://e.org/c.png) ![](data:image/png;base64,AA)", growing=False)
    document = view.segments[0].text_view.document()
    assert document.toPlainText() == (
        "a chart (https://e.org/c.png) picture (data:image/png;base64,AA)"
    )
    assert document.find("https").charFormat().anchorHref() == "https://e.org/c.png"
    assert not document.find("data").charFormat().anchorHref()


def test_names_in_other_letters_are_shown_as_the_network_knows_them(
    qtbot: QtBot, view: AnswerView
) -> None:
    view.set_text("[shop](https://exаmple.org/pay)", growing=False)
    click(qtbot, view.segments[0].text_view)
    shown = words(asked(view))
    assert "https://xn--exmple-4nf.org/pay" in shown
    assert "uses other letters" in shown


@pytest.mark.parametrize(
    ("text", "target", "caution"),
    [
        (
            "https://bank.com",
            "https://evil.org/bank.com",
            "names bank.com, but the link leads to evil.org",
        ),
        ("www.bank.com/login", "https://bank.com.evil.org", "leads to bank.com.evil.org"),
        ("here", "https://bank.com@evil.org/", "The site is evil.org"),
        ("a@b.org", "mailto:c@d.org", "the mail goes to c@d.org"),
    ],
)
def test_what_deceives_is_named(text: str, target: str, caution: str) -> None:
    assert any(caution in said for said in look_at(target, text).cautions)


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("the report", "https://e.org/x"),
        ("https://e.org/x", "https://e.org/x"),
        ("www.e.org", "https://e.org/"),
        ("README.md", "https://e.org/readme"),
        ("a@b.org", "mailto:a@b.org?subject=x"),
        ("https://münchen.de", "https://xn--mnchen-3ya.de"),
    ],
)
def test_what_is_honest_needs_no_caution(text: str, target: str) -> None:
    address = look_at(target, text)
    assert address.can_open
    assert not [said for said in address.cautions if "names" in said or "goes to" in said]


def test_signs_that_cannot_be_seen_are_shown() -> None:
    shown = look_at("https://e.org/\u202egpj.exe").shown
    assert shown == "https://e.org/%202Egpj.exe"


def test_an_address_without_a_site_is_not_opened() -> None:
    assert not look_at("https:///x").can_open
    assert not look_at("http://[::1").can_open
    assert host_of("http://[::1]/x") == "::1"
