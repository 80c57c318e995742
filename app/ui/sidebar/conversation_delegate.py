"""Draws the list's lines and makes the field in which one is renamed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QAbstractItemModel, QObject, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import (
    QLineEdit,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from app.store.records import ConversationRow
from app.ui.sidebar.entries import FolderEntry, Heading
from app.ui.tokens import RADIUS_CONTROL

if TYPE_CHECKING:
    from app.ui.sidebar.conversation_model import ConversationModel
    from app.ui.sidebar.entries import Entry
    from app.ui.sidebar.row_view import Index
    from app.ui.theme import Theme

PADDING = 8
_ICON, _ICON_GAP = 16, 6
_DOT = 6
_RING = 2
_HEADING_LINE, _HEADING_BOTTOM = 16, 4
# What the button at a row's end takes of it.
BUTTON, BUTTON_INSET = 28, 2
_START = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
_END = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight


class Surroundings(Protocol):
    """What a line cannot know of itself: where the keyboard, a button or a drag is."""

    @property
    def shows_ring(self) -> bool:
        """Whether the line that has the focus is marked."""
        ...

    def has_button(self, row: int) -> bool:
        """Whether a button stands at the end of the line."""
        ...

    def drop_row(self) -> int:
        """The folder's line on which what is dragged would be dropped; -1 for none."""
        ...


class ConversationDelegate(QStyledItemDelegate):
    """Headings, folders, rows; `renamed` says that an editor was closed with another name."""

    renamed = Signal(int, str)

    def __init__(
        self, theme: Theme, model: ConversationModel, around: Surroundings, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._theme, self._model, self._around = theme, model, around

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """One line."""
        height = self._theme.px(self._model.heights()[index.row()])
        return QSize(option.rect.width(), height)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw one line."""
        row = index.row()
        entry = self._model.entry(row)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if isinstance(entry, Heading):
            self._paint_heading(painter, option, entry)
        else:
            self._paint_ground(painter, option, row)
            self._paint_line(painter, option, row, entry)
            if option.state & QStyle.StateFlag.State_HasFocus and self._around.shows_ring:
                paint_frame(painter, option.rect, QPen(self._theme.colors.focus, _RING))
        painter.restore()

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:
        """A field over the title."""
        del option
        editor = QLineEdit(parent)
        editor.setProperty("kind", "inline")
        editor.setFont(self._theme.font("body"))
        entry = self._model.entry(index.row())
        thing = "folder" if isinstance(entry, FolderEntry) else "conversation"
        editor.setAccessibleName(f"Name of the {thing}")
        editor.setText(str(index.data()))
        editor.selectAll()
        return editor

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        """Nothing: what is being typed is not replaced when the line changes underneath."""

    def setModelData(self, editor: QWidget, model: QAbstractItemModel, index: Index) -> None:
        """Tell the new name, if it is one."""
        del model
        assert isinstance(editor, QLineEdit)
        name = " ".join(editor.text().split())
        if name and name != index.data():
            self.renamed.emit(index.row(), name)

    def updateEditorGeometry(
        self, editor: QWidget, option: QStyleOptionViewItem, index: Index
    ) -> None:
        """Lay the field over the title, so that no letter moves."""
        rect = option.rect
        whole = rect.adjusted(self._text_start(index.row()) - PADDING, 0, 0, 0)
        editor.setGeometry(QStyle.visualRect(option.direction, rect, whole))

    def _text_start(self, row: int) -> int:
        """Where the title begins, from the line's left."""
        entry = self._model.entry(row)
        has_icon = isinstance(entry, FolderEntry) or (
            isinstance(entry, ConversationRow) and entry.pinned
        )
        before = self._theme.px(_ICON) + _ICON_GAP
        return PADDING + (before if has_icon or self._model.indented(row) else 0)

    def _paint_heading(
        self, painter: QPainter, option: QStyleOptionViewItem, entry: Heading
    ) -> None:
        px = self._theme.px
        rect = option.rect.adjusted(PADDING, 0, -PADDING, -px(_HEADING_BOTTOM))
        rect.setTop(rect.bottom() + 1 - px(_HEADING_LINE))
        self._paint_text(painter, rect, entry.text, self._theme.font("label"), "ink3")

    def _paint_ground(self, painter: QPainter, option: QStyleOptionViewItem, row: int) -> None:
        target = row == self._around.drop_row()
        lit = QStyle.StateFlag.State_Selected | QStyle.StateFlag.State_MouseOver
        if target or option.state & lit:
            painter.setPen(self._theme.wash_pen)
            painter.setBrush(self._theme.colors.wash)
            painter.drawRoundedRect(option.rect, RADIUS_CONTROL, RADIUS_CONTROL)
        if target:
            paint_frame(painter, option.rect, QPen(self._theme.colors.accent, 1))

    def _paint_line(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        row: int,
        entry: FolderEntry | ConversationRow,
    ) -> None:
        rect = option.rect
        place = QStyle.visualRect
        text = rect.adjusted(self._text_start(row), 0, -PADDING, 0)
        if (icon := _icon(entry)) is not None:
            side = self._theme.px(_ICON)
            top = rect.top() + (rect.height() - side) // 2
            box = QRect(rect.left() + PADDING, top, side, side)
            box = place(option.direction, rect, box)
            self._theme.icon(icon, "ink3", side).paint(painter, box)
        if self._around.has_button(row):
            text.setRight(rect.right() - BUTTON_INSET - self._theme.px(BUTTON))
        elif isinstance(entry, FolderEntry):
            taken = self._paint_count(painter, place(option.direction, rect, text), entry.count)
            text.setRight(text.right() - taken)
        if self._model.answering(row):
            dot = self._theme.px(_DOT)
            box = QRect(text.right() + 1 - dot, rect.center().y() - dot // 2 + 1, dot, dot)
            self._paint_dot(painter, place(option.direction, rect, box))
            text.setRight(text.right() - dot - PADDING)
        is_open = bool(option.state & QStyle.StateFlag.State_Selected)
        marked = is_open or (isinstance(entry, FolderEntry) and entry.marked)
        title = entry.folder.name if isinstance(entry, FolderEntry) else entry.title
        font = self._theme.font("body_medium" if marked else "body")
        ink = "ink" if marked else "ink2"
        self._paint_text(painter, place(option.direction, rect, text), title, font, ink)

    def _paint_count(self, painter: QPainter, text: QRect, count: int) -> int:
        """Draw how many conversations a folder has; the pixels this takes are returned."""
        told = f"{count:,}"
        font = self._theme.font("meta")
        painter.setFont(font)
        painter.setPen(self._theme.colors.ink3)
        painter.drawText(text, _END, told)
        return QFontMetrics(font).horizontalAdvance(told) + PADDING

    def _paint_text(self, painter: QPainter, rect: QRect, text: str, font: QFont, ink: str) -> None:
        painter.setFont(font)
        painter.setPen(self._theme.color(ink))
        line = text.replace("\n", " ")
        elided = QFontMetrics(font).elidedText(line, Qt.TextElideMode.ElideRight, rect.width())
        painter.drawText(rect, _START, elided)

    def _paint_dot(self, painter: QPainter, rect: QRect) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.colors.accent)
        painter.drawEllipse(rect)


def _icon(entry: Entry) -> str | None:
    if isinstance(entry, FolderEntry):
        return "folder-open" if entry.unfolded else "folder"
    return "pin" if isinstance(entry, ConversationRow) and entry.pinned else None


def paint_frame(painter: QPainter, rect: QRect, pen: QPen) -> None:
    """Inside the row: around it there is no room."""
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    half = pen.widthF() / 2
    frame = QRectF(rect).adjusted(half, half, -half, -half)
    painter.drawRoundedRect(frame, RADIUS_CONTROL - half, RADIUS_CONTROL - half)
