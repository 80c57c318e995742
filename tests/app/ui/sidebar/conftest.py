"""A sidebar that shows conversations, as wide as it is at first."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sidebar_rows import ROWS, grouped

from app.ui.sidebar import Sidebar

if TYPE_CHECKING:
    from app.ui.actions import Actions


@pytest.fixture
def sidebar(qtbot, theme, actions: Actions) -> Sidebar:
    sidebar = Sidebar(theme, actions)
    qtbot.addWidget(sidebar)
    sidebar.resize(264, 720)
    with qtbot.waitActive(sidebar):
        sidebar.show()
    sidebar.show_groups(grouped(ROWS), "a", ())
    return sidebar
