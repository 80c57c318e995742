"""The way of the Tab key through the window: pane after pane, each from its top to its end.

Qt would go by when widgets were made; turns, chips and cards are made at any time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QScrollArea, QWidget

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


def next_stop(panes: Sequence[QWidget], now: QWidget | None, *, back: bool) -> QWidget | None:
    """Where Tab leads from `now`, with `back` where Shift+Tab does; around at either end."""
    order = [widget for pane in panes for widget in _within(pane)]
    if back:
        order.reverse()
    place = order.index(now) + 1 if now in order else 0
    return next((w for w in (*order[place:], *order[:place]) if _stops(w)), None)


def next_pane(panes: Sequence[QWidget], now: QWidget | None, *, back: bool) -> QWidget | None:
    """Where F6 leads from `now`: the first stop of the next pane that has one."""
    order = list(reversed(panes)) if back else list(panes)
    own = next((i for i, p in enumerate(order) if now is p or _holds(p, now)), len(order) - 1)
    around = (*order[own + 1 :], *order[: own + 1])
    return next((w for pane in around for w in _within(pane) if _stops(w)), None)


def go_to(stop: QWidget, reason: Qt.FocusReason) -> None:
    """Put the focus there, and what has it into sight."""
    stop.setFocus(reason)
    around = stop.parentWidget()
    while around is not None:
        if isinstance(around, QScrollArea):
            around.ensureWidgetVisible(stop)
        around = around.parentWidget()


def stops_within(widget: QWidget) -> Iterator[QWidget]:
    """Where Tab stops inside `widget`, from its top on."""
    return (inside for inside in _within(widget) if inside is not widget and _stops(inside))


def _holds(pane: QWidget, widget: QWidget | None) -> bool:
    return widget is not None and pane.isAncestorOf(widget)


def _within(widget: QWidget) -> Iterator[QWidget]:
    """`widget` and everything in it, in the order in which layouts took it in."""
    yield widget
    for child in widget.children():
        if isinstance(child, QWidget) and not child.isWindow():
            yield from _within(child)


def _stops(widget: QWidget) -> bool:
    """Whether Tab stops here; some systems let it stop at text fields and lists only."""
    wanted = Qt.FocusPolicy.TabFocus
    if (widget.focusPolicy() & wanted) != wanted or widget.focusProxy() is not None:
        return False
    return widget.isVisible() and widget.isEnabled() and not _left_out(widget)


def _left_out(widget: QWidget) -> bool:
    everything = Qt.TabFocusBehavior.TabFocusAllControls
    behaviour = QApplication.styleHints().tabFocusBehavior()
    return behaviour != everything and widget.inherits("QAbstractButton")
