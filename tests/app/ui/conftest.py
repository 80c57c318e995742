"""What the window's parts need around them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.ui.actions import Actions
from app.ui.answer_view import AnswerView
from app.ui.composer import Composer
from app.ui.theme import Theme

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytestqt.qtbot import QtBot

    from app.background import Background
    from app.ui.formulas import Formulas


@pytest.fixture
def actions(qtbot) -> Actions:
    window = QWidget()
    qtbot.addWidget(window)
    return Actions(window)


@pytest.fixture
def view(qtbot: QtBot, theme: Theme, background: Background, formulas: Formulas) -> AnswerView:
    """An answer, not shown yet."""
    view = AnswerView(theme, background=background, formulas=formulas)
    qtbot.addWidget(view)
    view.resize(600, 300)
    return view


@pytest.fixture
def composer(qtbot, background: Background) -> Iterator[Composer]:
    """A composer at the foot of a window, the caret in it."""
    made = Composer(Theme(), background)
    window = QWidget()
    qtbot.addWidget(window)
    page = QVBoxLayout(window)
    page.addStretch(1)
    page.addWidget(made)
    window.resize(760, 600)
    window.show()
    window.activateWindow()
    made.focus_text()
    yield made
    window.close()
