"""The search: live from two characters, hits in bold, all by keyboard, and back again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QApplication, QLineEdit
from sidebar_rows import ROWS, grouped, row

from app.store import Hit
from app.ui.sidebar.marked_line import MarkedLook, draw_marked

if TYPE_CHECKING:
    from app.ui.sidebar import Sidebar

LEFT = Qt.MouseButton.LeftButton
HITS = (
    Hit(
        ROWS[1], ((13, 20),), "turn", "Three wells were above the nitrate limit", ((27, 34),), "t1"
    ),
    Hit(ROWS[3], (), "turn", "Nitrate in the letter", ((0, 7),), "t2"),
    Hit(row("z", "Nitrates"), ((0, 8),), "title"),
)


def look_for(qtbot, sidebar: Sidebar, text: str = "nitrate") -> None:
    sidebar.search.setFocus()
    with qtbot.waitSignal(sidebar.search_changed) as changed:
        qtbot.keyClicks(sidebar.search, text)
    assert changed.args == [text]


def found(qtbot, sidebar: Sidebar) -> None:
    look_for(qtbot, sidebar)
    sidebar.show_hits("nitrate", HITS)


def test_it_waits_for_two_characters_and_for_a_pause(qtbot, sidebar: Sidebar) -> None:
    told: list[str] = []
    sidebar.search_changed.connect(told.append)
    qtbot.keyClicks(sidebar.search, "n")
    assert not sidebar.search._pause.isActive()
    qtbot.keyClicks(sidebar.search, "itr")
    assert told == []
    qtbot.waitUntil(lambda: told == ["nitr"])


def test_ending_it_is_told_at_once_and_once(qtbot, sidebar: Sidebar) -> None:
    look_for(qtbot, sidebar)
    told: list[str] = []
    sidebar.search_changed.connect(told.append)
    sidebar.search.setText("n")
    sidebar.search.setText("")
    assert told == [""]


def test_hits_take_the_place_of_the_groups(qtbot, sidebar: Sidebar) -> None:
    found(qtbot, sidebar)
    assert sidebar.hits.isVisible()
    assert not sidebar.list.isVisible()
    hits = sidebar.hits.hits
    said = [hits.index(n).data(Qt.ItemDataRole.AccessibleTextRole) for n in range(3)]
    assert said[0] == "Alder Valley nitrate report: Three wells were above the nitrate limit"
    assert said[2] == "Nitrates"
    assert [i.data() for i in sidebar.hits.selectedIndexes()] == ["Alder Valley nitrate report"]


def test_hits_for_what_is_no_longer_looked_for_are_dropped(qtbot, sidebar: Sidebar) -> None:
    look_for(qtbot, sidebar)
    sidebar.show_hits("nitr", HITS)
    sidebar.show_no_hits("nitr")
    assert sidebar.list.isVisible()
    sidebar.search.clear()
    sidebar.show_hits("nitrate", HITS)
    assert sidebar.list.isVisible()


def test_down_enters_the_hits_and_enter_opens_one(qtbot, sidebar: Sidebar) -> None:
    found(qtbot, sidebar)
    qtbot.keyClick(sidebar.search, Qt.Key.Key_Down)
    assert sidebar.hits.hasFocus()
    assert sidebar.hits.currentIndex().row() == 0
    qtbot.keyClick(sidebar.hits, Qt.Key.Key_Down)
    with qtbot.waitSignal(sidebar.hit_chosen) as chosen:
        qtbot.keyClick(sidebar.hits, Qt.Key.Key_Return)
    assert chosen.args == ["c", "t2"]
    qtbot.keyClick(sidebar.hits, Qt.Key.Key_Up)
    qtbot.keyClick(sidebar.hits, Qt.Key.Key_Up)
    assert sidebar.search.hasFocus()


def test_enter_in_the_field_opens_the_first_hit(qtbot, sidebar: Sidebar) -> None:
    found(qtbot, sidebar)
    with qtbot.waitSignal(sidebar.hit_chosen) as chosen:
        qtbot.keyClick(sidebar.search, Qt.Key.Key_Return)
    assert chosen.args == ["a", "t1"]


def test_a_click_opens_a_hit_and_a_title_has_no_turn(qtbot, sidebar: Sidebar) -> None:
    found(qtbot, sidebar)
    spot = sidebar.hits.visualRect(sidebar.hits.hits.index(2)).center()
    with qtbot.waitSignal(sidebar.hit_chosen) as chosen:
        qtbot.mouseClick(sidebar.hits.viewport(), LEFT, pos=spot)
    assert chosen.args == ["z", None]


@pytest.mark.parametrize("in_hits", [True, False])
def test_esc_clears_and_brings_the_groups_back(qtbot, sidebar: Sidebar, in_hits: bool) -> None:
    found(qtbot, sidebar)
    if in_hits:
        qtbot.keyClick(sidebar.search, Qt.Key.Key_Down)
    assert sidebar.holds_escape
    with qtbot.waitSignal(sidebar.search_changed) as changed:
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Escape)
    assert changed.args == [""]
    assert sidebar.list.isVisible()
    assert sidebar.search.hasFocus()
    assert not sidebar.holds_escape


def test_a_second_esc_goes_back_to_where_the_keyboard_was(qtbot, sidebar: Sidebar) -> None:
    before = QLineEdit(sidebar)
    before.show()
    before.setFocus()
    sidebar.focus_search()
    assert sidebar.search.hasFocus()
    qtbot.keyClicks(sidebar.search, "ni")
    qtbot.keyClick(sidebar.search, Qt.Key.Key_Escape)
    assert sidebar.search.hasFocus()
    qtbot.keyClick(sidebar.search, Qt.Key.Key_Escape)
    assert before.hasFocus()


def test_the_button_in_the_field_clears_it(qtbot, sidebar: Sidebar) -> None:
    assert not sidebar.search._clear.isVisible()
    found(qtbot, sidebar)
    qtbot.mouseClick(sidebar.search._clear, LEFT)
    assert sidebar.list.isVisible()
    assert sidebar.search._clear.accessibleName() == "Clear the search"


def test_nothing_found_offers_to_look_into_documents(qtbot, sidebar: Sidebar) -> None:
    look_for(qtbot, sidebar, "nitrte")
    sidebar.show_hits("nitrte", ())
    nothing = sidebar._nothing
    assert nothing.sentence.text() == "Nothing found for ‘nitrte’."
    assert nothing.offer.text() == "Search in documents too"
    qtbot.keyClick(sidebar.search, Qt.Key.Key_Down)
    assert nothing.offer.hasFocus()
    with qtbot.waitSignal(sidebar.search_in_documents) as wanted:
        qtbot.keyClick(nothing.offer, Qt.Key.Key_Return)
    assert wanted.args == ["nitrte"]
    assert not nothing.offer.isEnabled()
    sidebar.show_no_hits("nitrte", documents_too=True)
    assert "in documents neither" in nothing.sentence.text()
    assert not nothing.offer.isVisible()


def test_changes_of_the_conversations_leave_the_hits_in_place(qtbot, sidebar: Sidebar) -> None:
    found(qtbot, sidebar)
    qtbot.keyClick(sidebar.search, Qt.Key.Key_Down)
    sidebar.show_groups(grouped([row("new", "New"), *ROWS]), "c", {"a"})
    assert sidebar.hits.hasFocus()
    assert [i.data() for i in sidebar.hits.selectedIndexes()] == ["Rental contract, clause 14"]


def test_new_hits_keep_the_keyboard_at_its_conversation(qtbot, sidebar: Sidebar) -> None:
    found(qtbot, sidebar)
    qtbot.keyClick(sidebar.search, Qt.Key.Key_Down)
    qtbot.keyClick(sidebar.hits, Qt.Key.Key_Down)
    sidebar.show_hits("nitrate", HITS[1:])
    assert sidebar.hits.currentIndex().data() == "Rental contract, clause 14"


def drawn(theme, text: str, marks, width: int = 200, mirrored: bool = False) -> list[int]:
    """The columns of a drawn line that hold ink of a match."""
    image = QImage(width, 20, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.white)
    painter = QPainter(image)
    if mirrored:
        painter.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    red = Qt.GlobalColor.red
    font = theme.font("meta")
    draw_marked(
        painter, QRect(0, 0, width, 20), text, marks,
        MarkedLook(font, theme.colors.ink3, theme.font("body_strong"), red),
    )  # fmt: skip
    painter.end()
    return [
        x
        for x in range(width)
        if any((c := image.pixelColor(x, y)).red() > 200 and c.blue() < 90 for y in range(20))
    ]


def test_a_match_is_drawn_in_its_own_colour(theme) -> None:
    columns = drawn(theme, "in the nitrate limit", ((7, 14),))
    assert columns
    assert columns[0] > 20


def test_a_late_match_is_brought_into_sight(theme) -> None:
    text = "word " * 60 + "nitrate and so on " + "word " * 20
    columns = drawn(theme, text, ((300, 307),))
    assert columns
    assert columns[-1] < 180


def test_marks_are_counted_in_characters_beyond_sixteen_bits_too(theme) -> None:
    plain = drawn(theme, "ab nitrate", ((3, 10),))
    with_emoji = drawn(theme, "ab nitrate 😀", ((3, 10),))
    after_emoji = drawn(theme, "😀b nitrate", ((3, 10),))
    assert plain == with_emoji
    assert len(after_emoji) >= len(plain) - 3


def test_a_line_in_a_mirrored_window_begins_at_the_right(theme) -> None:
    assert drawn(theme, "nitrate", ((0, 7),), mirrored=True)[-1] > 180


def test_what_is_left_out_is_shown_before_the_words_in_a_mirrored_window_too(theme) -> None:
    text = "word " * 60 + "nitrate"
    plain = drawn(theme, text, ((300, 307),))
    mirrored = drawn(theme, text, ((300, 307),), mirrored=True)
    assert plain[-1] - plain[0] == mirrored[-1] - mirrored[0]
    assert mirrored[-1] > 190, "the words end at the edge, and no ellipsis stands behind them"
