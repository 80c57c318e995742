"""A list of rows of several heights, quick with ten thousand of them.

Qt's own list asks for the size of every row whenever one changes. Here the heights are a column of
numbers that the model has, and only what is in sight is drawn.
"""

from __future__ import annotations

from abc import abstractmethod
from bisect import bisect_right
from itertools import accumulate
from typing import TYPE_CHECKING

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    Qt,
)
from PySide6.QtGui import QHoverEvent, QMouseEvent, QPainter, QRegion
from PySide6.QtWidgets import QAbstractItemView, QFrame, QListView, QStyle, QStyleOptionViewItem

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QFocusEvent, QKeyEvent, QPaintEvent
    from PySide6.QtWidgets import QWidget

    from app.ui.theme import Theme

# Rows keep this distance from both sides; the scroll bar stands in it.
SIDE = 12
_SCROLL_STEP = 32
_Selection = QItemSelectionModel.SelectionFlag
_Action = QAbstractItemView.CursorAction
Index = QModelIndex | QPersistentModelIndex


class RowModel(QAbstractListModel):
    """A model that knows how high its rows are."""

    @abstractmethod
    def heights(self) -> Sequence[int]:
        """The height of every row, in pixels at the usual text size."""


class RowView(QListView):
    """The rows of a `RowModel`. What is selected is said by the program alone, never by a click.

    The keyboard is on the current row, which has a ring unless the mouse was used last.
    """

    def __init__(self, theme: Theme, model: RowModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._rows = theme, model
        self._tops: list[int] = [0]
        self._by_keyboard = False
        self._pointed = QPersistentModelIndex()
        self.setModel(model)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setMouseTracking(True)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        theme.changed.connect(self._follow_theme)

    @property
    def shows_ring(self) -> bool:
        """Whether the row that the keyboard is on is marked."""
        return self._by_keyboard and self.hasFocus()

    @property
    def pointed(self) -> QModelIndex:
        """The row under the pointer."""
        return self._rows.index(self._pointed.row()) if self._pointed.isValid() else QModelIndex()

    def doItemsLayout(self) -> None:
        """Add up the heights."""
        heights = self._rows.heights()
        # There are thousands of rows, and of few heights.
        now = {height: self._theme.px(height) for height in set(heights)}
        self._tops = [0, *accumulate(now[height] for height in heights)]
        QAbstractItemView.doItemsLayout(self)

    def updateGeometries(self) -> None:
        """Fit the scroll bar to the rows."""
        QAbstractItemView.updateGeometries(self)
        bar, page = self.verticalScrollBar(), self.viewport().height()
        bar.setSingleStep(self._theme.px(_SCROLL_STEP))
        bar.setPageStep(page)
        bar.setRange(0, max(0, self._tops[-1] - page))

    def visualRect(self, index: Index) -> QRect:
        """Where a row is drawn."""
        row = index.row()
        if not index.isValid() or row >= len(self._tops) - 1:
            return QRect()
        top = self._tops[row] - self.verticalOffset()
        bar = self.width() - self.viewport().width()
        left, right = SIDE, max(0, SIDE - bar)
        if self.isRightToLeft():
            left, right = right, left
        width = self.viewport().width() - left - right
        return QRect(left, top, width, self._tops[row + 1] - self._tops[row])

    def indexAt(self, point: QPoint) -> QModelIndex:
        """The row at a spot of the viewport."""
        self.executeDelayedItemsLayout()
        y = point.y() + self.verticalOffset()
        if not 0 <= y < self._tops[-1]:
            return QModelIndex()
        index = self._rows.index(bisect_right(self._tops, y) - 1)
        return index if self.visualRect(index).contains(point) else QModelIndex()

    def scrollTo(
        self,
        index: Index,
        hint: QAbstractItemView.ScrollHint = QAbstractItemView.ScrollHint.EnsureVisible,
    ) -> None:
        """Bring a row into sight, and a heading above it too."""
        del hint
        self.executeDelayedItemsLayout()
        rect = self.visualRect(index)
        if rect.isNull():
            return
        above = self._rows.index(index.row() - 1)
        if above.isValid() and not self._can_be_current(above):
            rect.setTop(self.visualRect(above).top())
        bar = self.verticalScrollBar()
        if rect.top() < 0:
            bar.setValue(bar.value() + rect.top())
        elif rect.bottom() >= self.viewport().height():
            bar.setValue(bar.value() + rect.bottom() + 1 - self.viewport().height())

    def verticalOffset(self) -> int:
        """How far the list is scrolled."""
        return self.verticalScrollBar().value()

    def horizontalOffset(self) -> int:
        """Rows are as wide as there is room."""
        return 0

    def isIndexHidden(self, index: Index) -> bool:
        """No row is ever hidden."""
        del index
        return False

    def moveCursor(self, action: _Action, modifiers: Qt.KeyboardModifier) -> QModelIndex:
        """Where a key leads: from row to row, past headings."""
        del modifiers
        count, row = self._rows.rowCount(), self.currentIndex().row()
        if action in (_Action.MoveHome, _Action.MoveEnd):
            ends = range(count) if action == _Action.MoveHome else range(count - 1, -1, -1)
            return self._first_of(ends)
        if action in (_Action.MovePageUp, _Action.MovePageDown):
            return self._a_page_on(row, back=action == _Action.MovePageUp)
        if action in (_Action.MoveUp, _Action.MovePrevious):
            found = self._first_of(range(row - 1, -1, -1))
        elif action in (_Action.MoveDown, _Action.MoveNext):
            found = self._first_of(range(row + 1, count))
        else:
            found = QModelIndex()
        return found if found.isValid() else self.currentIndex()

    def selectionCommand(self, index: Index, event: QEvent | None = None) -> _Selection:
        """Keys and clicks select nothing."""
        del index, event
        return _Selection.NoUpdate

    def setSelection(self, rect: QRect, command: _Selection) -> None:
        """Nothing is selected by a rectangle."""
        del rect, command

    def visualRegionForSelection(self, selection: QItemSelection) -> QRegion:
        """What to draw anew where the selection changes."""
        region = QRegion()
        for index in selection.indexes():
            region += self.visualRect(index)
        return region

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the rows in sight."""
        self.executeDelayedItemsLayout()
        if not self._rows.rowCount():
            return
        top, bottom = event.rect().top(), event.rect().bottom()
        painter = QPainter(self.viewport())
        option = QStyleOptionViewItem()
        self.initViewItemOption(option)
        plain, delegate = option.state, self.itemDelegate()
        for row in self._between(top, bottom):
            index = self._rows.index(row)
            option.rect = self.visualRect(index)
            option.state = plain | self._state(index)
            delegate.paint(painter, option, index)
        painter.end()

    def viewportEvent(self, event: QEvent) -> bool:
        """Follow the pointer."""
        kind = event.type()
        if isinstance(event, QMouseEvent | QHoverEvent) and kind in (
            QEvent.Type.MouseMove,
            QEvent.Type.HoverMove,
            QEvent.Type.HoverEnter,
        ):
            self._point_at(self.indexAt(event.position().toPoint()))
        elif kind in (QEvent.Type.Leave, QEvent.Type.HoverLeave):
            self._point_at(QModelIndex())
        return super().viewportEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """From here on the keyboard's row is marked."""
        self._by_keyboard = True
        self.viewport().update()
        super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click needs no mark."""
        self._by_keyboard = False
        super().mousePressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Mark the row unless the mouse brought the focus."""
        if event.reason() not in (
            Qt.FocusReason.PopupFocusReason,
            Qt.FocusReason.ActiveWindowFocusReason,
        ):
            self._by_keyboard = event.reason() != Qt.FocusReason.MouseFocusReason
        if not self.currentIndex().isValid():
            first = self._first_of(range(self._rows.rowCount()))
            self.selectionModel().setCurrentIndex(first, _Selection.NoUpdate)
        super().focusInEvent(event)
        self.viewport().update()

    def rows_in_sight(self) -> range:
        """The rows of which something can be seen."""
        return self._between(0, self.viewport().height() - 1)

    def pointed_changed(self) -> None:
        """Another row is under the pointer; for those that show something there."""

    def _follow_theme(self) -> None:
        """Lay out in the text size that there is now; the first row in sight stays the first."""
        sight = self.rows_in_sight()
        self.doItemsLayout()
        self.updateGeometries()
        if sight:
            self.verticalScrollBar().setValue(self._tops[min(sight.start, len(self._tops) - 1)])
        self.viewport().update()

    def _between(self, top: int, bottom: int) -> range:
        if self._tops[-1] == 0:
            return range(0)
        offset = self.verticalOffset()
        first = bisect_right(self._tops, max(0, top + offset)) - 1
        last = bisect_right(self._tops, max(0, bottom + offset)) - 1
        return range(first, min(last + 1, len(self._tops) - 1))

    def _state(self, index: QModelIndex) -> QStyle.StateFlag:
        state = QStyle.StateFlag.State_None
        if self.selectionModel().isSelected(index):
            state |= QStyle.StateFlag.State_Selected
        if index == self.pointed:
            state |= QStyle.StateFlag.State_MouseOver
        if index == self.currentIndex() and self.hasFocus():
            state |= QStyle.StateFlag.State_HasFocus
        return state

    def _point_at(self, index: QModelIndex) -> None:
        before = self.pointed
        if before != index:
            self._pointed = QPersistentModelIndex(index)
            self.update(before)
            self.update(index)
            self.pointed_changed()

    def _can_be_current(self, index: QModelIndex) -> bool:
        return bool(index.flags() & Qt.ItemFlag.ItemIsEnabled)

    def _first_of(self, rows: range) -> QModelIndex:
        indexes = (self._rows.index(row) for row in rows)
        return next((index for index in indexes if self._can_be_current(index)), QModelIndex())

    def _a_page_on(self, row: int, *, back: bool) -> QModelIndex:
        self.executeDelayedItemsLayout()
        page = self.viewport().height()
        spot = self._tops[max(0, row)] + (-page if back else page)
        goal = min(max(0, bisect_right(self._tops, max(0, spot)) - 1), self._rows.rowCount() - 1)
        onward = range(goal, self._rows.rowCount()) if back else range(goal, -1, -1)
        found = self._first_of(onward)
        return found if found.isValid() else self.currentIndex()
