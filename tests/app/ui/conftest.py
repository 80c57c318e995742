"""What the window's parts need around them."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QWidget

from app.ui.actions import Actions


@pytest.fixture
def actions(qtbot) -> Actions:
    window = QWidget()
    qtbot.addWidget(window)
    return Actions(window)
