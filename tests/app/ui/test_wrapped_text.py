"""Lines stand as far apart as the type table says, and every character stays itself."""

from __future__ import annotations

import pytest

from app.ui.tokens import TYPE, TYPE_STYLES
from app.ui.wrapped_text import WrappedText


@pytest.mark.parametrize("style", TYPE_STYLES)
def test_lines_are_as_high_as_the_type_table_says(qtbot, theme, style) -> None:
    label = WrappedText(theme, "one\ntwo\nthree", style)
    qtbot.addWidget(label)
    assert label.heightForWidth(400) == 3 * TYPE[style].line


def test_words_break_where_the_line_is_full(qtbot, theme) -> None:
    label = WrappedText(theme, "words " * 20)
    qtbot.addWidget(label)
    assert label.heightForWidth(200) > 2 * TYPE["body"].line


def test_text_is_never_markup(qtbot, theme) -> None:
    label = WrappedText(theme, "")
    qtbot.addWidget(label)
    label.setText("<b>a</b>  & b")
    wide = label.sizeHint().width()
    assert label.text() == label.accessibleName() == "<b>a</b>  & b"
    label.setText("a & b")
    assert label.sizeHint().width() < wide
