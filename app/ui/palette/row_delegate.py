"""Paints a row of the palette: icon, title with the typed letters bold, kind and keys."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QTextCharFormat, QTextLayout, QTextOption
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from app.ui import icons
from app.ui.palette.row_model import ROW
from app.ui.tokens import RADIUS_CHIP, RADIUS_CONTROL

if TYPE_CHECKING:
    from app.ui.palette.entries import Entry, Row
    from app.ui.theme import Theme

ROW_HEIGHT = 34
_SIDE, _GAP, _ICON = 10, 12, 16
_CHIP_PADDING, _CHIP_HEIGHT = 6, 20
# The sign between two keys, and not the key of that sign.
_APART = re.compile(r"(?<=.)\+(?=.)")
_LEFT = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeading


class RowDelegate(QStyledItemDelegate):
    """The row that Enter would choose has the ground of a selected one."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
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
        """Draw one row, mirrored where writing goes from right to left."""
        row: Row = index.data(ROW)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.setPen(self._theme.wash_pen)
            painter.setBrush(self._theme.colors.wash)
            painter.drawRoundedRect(option.rect, RADIUS_CONTROL, RADIUS_CONTROL)
        inner = option.rect.adjusted(_SIDE, 0, -_SIDE, 0)
        side = self._theme.px(_ICON)
        place = QRect(inner.topLeft(), QSize(side, inner.height()))
        self._paint_icon(painter, option, row.entry, place)
        left = inner.left() + side + _GAP
        right = self._paint_end(painter, option, row.entry, inner)
        room = QRect(left, inner.top(), max(0, right - left), inner.height())
        self._paint_title(painter, _mirrored(option, room), row, option.direction)
        painter.restore()

    def _paint_icon(
        self, painter: QPainter, option: QStyleOptionViewItem, entry: Entry, place: QRect
    ) -> None:
        if not entry.icon:
            return
        place = _mirrored(option, place)
        ratio = painter.device().devicePixelRatio()
        color = self._theme.colors.ink3 if entry.reason else self._theme.colors.ink2
        side = place.width()
        pixmap = icons.pixmap(entry.icon, color, side, ratio)
        painter.drawPixmap(place.left(), place.center().y() - side // 2 + 1, pixmap)

    def _paint_end(
        self, painter: QPainter, option: QStyleOptionViewItem, entry: Entry, inner: QRect
    ) -> int:
        """Keys, and before them the kind or the reason; returns where the title has to end."""
        font = self._theme.font("meta")
        metrics = QFontMetrics(font)
        painter.setFont(font)
        right = inner.right() + 1
        if entry.keys and not entry.reason:
            keys = _APART.sub(" ", entry.keys)
            width = metrics.horizontalAdvance(keys) + 2 * _CHIP_PADDING
            height = self._theme.px(_CHIP_HEIGHT)
            top = inner.center().y() - height // 2
            chip = _mirrored(option, QRect(right - width, top, width, height))
            painter.setPen(self._theme.colors.line)
            painter.setBrush(self._theme.colors.bg)
            painter.drawRoundedRect(
                QRectF(chip).adjusted(0.5, 0.5, -0.5, -0.5), RADIUS_CHIP, RADIUS_CHIP
            )
            painter.setPen(self._theme.colors.ink3)
            painter.setLayoutDirection(Qt.LayoutDirection.LeftToRight)  # keys are named in order
            painter.drawText(chip, Qt.AlignmentFlag.AlignCenter, keys)
            painter.setLayoutDirection(option.direction)
            right -= width + 8
        words = entry.reason or entry.kind
        if words:
            title = QFontMetrics(self._theme.font("body_strong")).horizontalAdvance(entry.title)
            room = max(
                inner.width() // 2, right - inner.left() - self._theme.px(_ICON) - title - 2 * _GAP
            )
            shown = metrics.elidedText(words, Qt.TextElideMode.ElideRight, room)
            width = metrics.horizontalAdvance(shown)
            painter.setPen(self._theme.colors.ink3)
            place = QRect(right - width, inner.top(), width, inner.height())
            painter.drawText(_mirrored(option, place), _LEFT, shown)
            right -= width + _GAP
        return right

    def _paint_title(
        self, painter: QPainter, room: QRect, row: Row, direction: Qt.LayoutDirection
    ) -> None:
        bold = self._theme.font("body_strong")
        # Measured as if all of it were bold, so that it never runs into what stands at the end.
        shown = QFontMetrics(bold).elidedText(
            row.entry.title, Qt.TextElideMode.ElideRight, room.width()
        )
        kept = len(shown) if shown == row.entry.title else len(shown) - 1
        layout = QTextLayout(shown, self._theme.font("body"))
        option = QTextOption()
        option.setWrapMode(QTextOption.WrapMode.NoWrap)
        option.setTextDirection(direction)
        option.setAlignment(QStyle.visualAlignment(direction, Qt.AlignmentFlag.AlignLeft))
        layout.setTextOption(option)
        layout.setFormats([_bold(place) for place in row.places if place < kept])
        layout.beginLayout()
        line = layout.createLine()
        line.setLineWidth(room.width())
        layout.endLayout()
        painter.setPen(self._theme.colors.ink3 if row.entry.reason else self._theme.colors.ink)
        top = room.top() + (room.height() - line.height()) / 2
        layout.draw(painter, QPointF(room.left(), top))


def _bold(place: int) -> QTextLayout.FormatRange:
    span = QTextLayout.FormatRange()
    look = QTextCharFormat()
    look.setFontWeight(QFont.Weight.Bold)
    span.start, span.length, span.format = place, 1, look
    return span


def _mirrored(option: QStyleOptionViewItem, rect: QRect) -> QRect:
    return QStyle.visualRect(option.direction, option.rect, rect)
