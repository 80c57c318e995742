"""Keeps what is in sight where it is while lines come and go above it."""

from __future__ import annotations

from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.ui.sidebar.conversation_model import ConversationModel
    from app.ui.sidebar.row_view import RowView


def tops_in_sight(view: RowView, model: ConversationModel) -> dict[str, int]:
    """Where the lines in sight begin, by their keys; nothing while the list is at its top."""
    if view.verticalOffset() == 0:
        return {}
    view.executeDelayedItemsLayout()
    return {model.key(row): view.visualRect(model.index(row)).top() for row in view.rows_in_sight()}


def scroll_back(view: RowView, model: ConversationModel, before: Mapping[str, int]) -> None:
    """Scroll so that most of what was in sight is where it was."""
    shifts = [
        view.visualRect(index).top() - top
        for key, top in before.items()
        if (index := model.index(model.row_of(key))).isValid()
    ]
    if shifts:
        bar = view.verticalScrollBar()
        bar.setValue(bar.value() + round(median(shifts)))
