"""The sidebar's list: one line a conversation, with a dot where an answer is being written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter
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

    from app.ui.theme import Theme

ROW_HEIGHT = 32
_DOT = 6
_PADDING = 8
_ANSWERING = Qt.ItemDataRole.UserRole + 1


@dataclass(frozen=True, slots=True)
class Row:
    """A conversation as the list shows it."""

    id: str
    title: str
    answering: bool = False


class ConversationList(QListWidget):
    """The rows; `chosen` says which conversation a person opened."""

    chosen = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setItemDelegate(_RowDelegate(theme, self))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setMouseTracking(True)
        self.setUniformItemSizes(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName("Conversations")
        self.itemClicked.connect(self._choose)
        self.itemActivated.connect(self._choose)
        theme.changed.connect(self.viewport().update)

    def show_rows(self, rows: Sequence[Row], current: str | None) -> None:
        """Show `rows`, newest first, with `current` selected."""
        while self.count() > len(rows):
            self.takeItem(self.count() - 1)
        for place, row in enumerate(rows):
            if place >= self.count():
                self.addItem(QListWidgetItem())
            _fill(self.item(place), row)
        selected = next((i for i, row in enumerate(rows) if row.id == current), -1)
        self.setCurrentRow(selected)

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
    """Paints a row: wash where selected or under the pointer, the title, the dot."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._font = theme.font("body")
        self._selected_font = theme.font("body_medium")

    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        """One line."""
        del index
        return QSize(option.rect.width(), ROW_HEIGHT)

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
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._theme.colors.wash)
            painter.drawRoundedRect(option.rect, RADIUS_CONTROL, RADIUS_CONTROL)
        text = option.rect.adjusted(_PADDING, 0, -_PADDING, 0)
        if index.data(_ANSWERING):
            text.setRight(text.right() - _DOT - _PADDING)
            self._paint_dot(painter, option.rect)
        self._paint_title(painter, text, str(index.data()), selected=selected)
        painter.restore()

    def _paint_title(self, painter: QPainter, rect: QRect, title: str, *, selected: bool) -> None:
        font = self._selected_font if selected else self._font
        colors = self._theme.colors
        painter.setFont(font)
        painter.setPen(colors.ink if selected else colors.ink2)
        elided = QFontMetrics(font).elidedText(title, Qt.TextElideMode.ElideRight, rect.width())
        painter.drawText(rect, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, elided)

    def _paint_dot(self, painter: QPainter, rect: QRect) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.colors.accent)
        left = rect.right() - _PADDING - _DOT
        painter.drawEllipse(left, rect.center().y() - _DOT // 2 + 1, _DOT, _DOT)
