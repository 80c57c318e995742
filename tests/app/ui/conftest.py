"""What the window's parts need around them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtWidgets import QWidget

from app.ui.actions import Actions
from app.ui.answer_view import AnswerView

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from app.background import Background
    from app.ui.formulas import Formulas
    from app.ui.theme import Theme


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
