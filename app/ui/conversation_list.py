"""The sidebar's list: one line a conversation, with a dot where an answer is being written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import (
    QEvent,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import (
    QFrame,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from app.ui.tokens import RADIUS_CONTROL

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent

    from app.ui.theme import Theme

ROW_HEIGHT = 32
_DOT = 6
_PADDING = 8
_RING = 2
_Selection = QItemSelectionModel
_ANSWERING = Qt.ItemDataRole.UserRole + 1


@dataclass(frozen=True, slots=True)
class Row:
    """A conversation as the list shows it."""

    id: str
    title: str
    answering: bool = False


class ConversationList(QListWidget):
    """The rows; `chosen` says which conversation a person opened.

    Selected is the open conversation; the keyboard may be on another row, which is the current one.
    """

    chosen = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._open: str | None = None
        # Where the mouse has been, no ring is drawn.
        self._by_keyboard = False
        self.setItemDelegate(_RowDelegate(theme, self))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setMouseTracking(True)
        self.setUniformItemSizes(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName("Conversations")
        self.itemClicked.connect(self._choose)
        self.itemActivated.connect(self._choose)
        theme.changed.connect(self.scheduleDelayedItemsLayout)

    @property
    def shows_ring(self) -> bool:
        """Whether the row that the keyboard is on is marked."""
        return self._by_keyboard and self.hasFocus()

    def show_rows(self, rows: Sequence[Row], current: str | None) -> None:
        """Show `rows`, newest first, with `current` as the one that is open."""
        at = self._keyboard_row()
        while self.count() > len(rows):
            self.takeItem(self.count() - 1)
        for place, row in enumerate(rows):
            if place >= self.count():
                self.addItem(QListWidgetItem())
            _fill(self.item(place), row)
        places = {row.id: place for place, row in enumerate(rows)}
        opened = places.get(current or "", -1)
        # The keyboard goes along with a conversation that is opened, and else stays where it is.
        moved, self._open = current != self._open, current
        place = opened if moved else places.get(at, opened)
        self.setCurrentRow(place, _Selection.SelectionFlag.NoUpdate)
        selected = self.model().index(opened, 0)
        self.selectionModel().select(selected, _Selection.SelectionFlag.ClearAndSelect)

    def selectionCommand(
        self, index: QModelIndex | QPersistentModelIndex, event: QEvent | None = None
    ) -> _Selection.SelectionFlag:
        """Keys and clicks select nothing: what is open is said by `show_rows` alone."""
        del index, event
        return _Selection.SelectionFlag.NoUpdate

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
        self._by_keyboard = event.reason() != Qt.FocusReason.MouseFocusReason
        super().focusInEvent(event)

    def _keyboard_row(self) -> str:
        item = self.currentItem()
        return "" if item is None else str(item.data(Qt.ItemDataRole.UserRole))

    def _choose(self, item: QListWidgetItem) -> None:
        self.chosen.emit(item.data(Qt.ItemDataRole.UserRole))


def _fill(item: QListWidgetItem, row: Row) -> None:
    item.setText(row.title)
    item.setToolTip(row.title)
    item.setData(Qt.ItemDataRole.UserRole, row.id)
    item.setData(_ANSWERING, row.answering)
    spoken = f"{row.title}, answering" if row.answering else row.title
    item.setData(Qt.ItemDataRole.AccessibleTextRole, spoken)


class _RowDelegate(QStyledItemDelegate):
    """Paints a row: wash where open or under the pointer, the title, the dot, the ring."""

    def __init__(self, theme: Theme, rows: ConversationList) -> None:
        super().__init__(rows)
        self._list = rows
        self._theme = theme

    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        """One line."""
        del index
        return QSize(option.rect.width(), self._theme.px(ROW_HEIGHT))

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Draw one row."""
        state = option.state
        selected = bool(state & QStyle.StateFlag.State_Selected)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if selected or state & QStyle.StateFlag.State_MouseOver:
            painter.setPen(self._theme.wash_pen)
            painter.setBrush(self._theme.colors.wash)
            painter.drawRoundedRect(option.rect, RADIUS_CONTROL, RADIUS_CONTROL)
        text = option.rect.adjusted(_PADDING, 0, -_PADDING, 0)
        if index.data(_ANSWERING):
            text.setRight(text.right() - _DOT - _PADDING)
            self._paint_dot(painter, option)
        text = QStyle.visualRect(option.direction, option.rect, text)
        self._paint_title(painter, text, str(index.data()), selected=selected)
        if state & QStyle.StateFlag.State_HasFocus and self._list.shows_ring:
            self._paint_ring(painter, option.rect)
        painter.restore()

    def _paint_ring(self, painter: QPainter, rect: QRect) -> None:
        """Inside the row: around it there is no room."""
        painter.setPen(QPen(self._theme.colors.focus, _RING))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        half = _RING / 2
        ring = QRectF(rect).adjusted(half, half, -half, -half)
        painter.drawRoundedRect(ring, RADIUS_CONTROL - half, RADIUS_CONTROL - half)

    def _paint_title(self, painter: QPainter, rect: QRect, title: str, *, selected: bool) -> None:
        font = self._theme.font("body_medium" if selected else "body")
        colors = self._theme.colors
        painter.setFont(font)
        painter.setPen(colors.ink if selected else colors.ink2)
        elided = QFontMetrics(font).elidedText(title, Qt.TextElideMode.ElideRight, rect.width())
        side = Qt.AlignmentFlag.AlignRight if self._theme.mirrored else Qt.AlignmentFlag.AlignLeft
        side |= Qt.AlignmentFlag.AlignAbsolute
        painter.drawText(rect, Qt.AlignmentFlag.AlignVCenter | side, elided)

    def _paint_dot(self, painter: QPainter, option: QStyleOptionViewItem) -> None:
        rect = option.rect
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.colors.accent)
        left = rect.right() - _PADDING - _DOT
        dot = QRect(left, rect.center().y() - _DOT // 2 + 1, _DOT, _DOT)
        painter.drawEllipse(QStyle.visualRect(option.direction, rect, dot))
