"""The sidebar and its rail: conversations by date and folder, their search, menus and dialogs."""

from app.ui.sidebar.rail import RAIL_WIDTH, Rail
from app.ui.sidebar.sidebar import MAX_WIDTH, MIN_WIDTH, WIDTH, Sidebar

__all__ = ["MAX_WIDTH", "MIN_WIDTH", "RAIL_WIDTH", "WIDTH", "Rail", "Sidebar"]
