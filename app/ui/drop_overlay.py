"""What is shown while something is dragged over the window: what it is and where it can go."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QMimeData, QObject, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QDragEnterEvent,
    QDragMoveEvent,
    QDropEvent,
    QPainter,
    QPen,
)
from PySide6.QtWidgets import QWidget

from app.ui.composer_editor import holds_image, image_in, local_paths
from app.ui.tokens import RADIUS_CONTROL, RADIUS_LARGE

if TYPE_CHECKING:
    from pathlib import Path

    from PySide6.QtGui import QPaintEvent

    from app.ui.theme import Theme

_PICTURES = frozenset(
    [
        ".png",
        ".jpg",
        ".jpeg",
        ".webp",
        ".gif",
        ".bmp",
        ".tif",
        ".tiff",
        ".heic",
        ".heif",
        ".avif",
        ".svg",
    ]
)
_INSET = 24
_ZONE = QSize(232, 56)
_ZONE_GAP = 12
_TITLE_LINE, _META_LINE = 24, 20
_LABELS = ("Ask about them here", "Start a new conversation")
_DIM = 217


class DropOverlay(QWidget):
    """Lies over the whole window while files or a picture are dragged above it.

    `dropped` carries the paths, the picture or `None`, and whether a new conversation was chosen.
    Everywhere but in the second zone a drop means the first one.
    """

    dropped = Signal(list, object, bool)

    def __init__(self, theme: Theme, parent_window: QWidget) -> None:
        super().__init__(parent_window)
        self._theme = theme
        self._title = ""
        self._contents = ""
        self._second = False
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()
        theme.changed.connect(self.update)

    @property
    def title(self) -> str:
        """What is said about a drop."""
        return self._title

    @property
    def contents(self) -> str:
        """What is being dragged, counted by kind."""
        return self._contents

    def install(self, window: QWidget) -> None:
        """Take what is dropped anywhere on `window`."""
        window.setAcceptDrops(True)
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Answer the window's drag events."""
        if isinstance(watched, QWidget):
            if event.type() == QEvent.Type.DragEnter and isinstance(event, QDragEnterEvent):
                return self._enter(watched, event)
            if event.type() == QEvent.Type.DragMove and isinstance(event, QDragMoveEvent):
                return self._move(event)
            if event.type() == QEvent.Type.DragLeave:
                self.hide()
            if event.type() == QEvent.Type.Drop and isinstance(event, QDropEvent):
                return self._drop(event)
        return super().eventFilter(watched, event)

    def zone(self, index: int) -> QRectF:
        """Where the zone is: 0 asks here, 1 starts a new conversation."""
        px = self._theme.px
        width = min(px(_ZONE.width()), (self.width() - 2 * _INSET - _ZONE_GAP - 48) // 2)
        place = 1 - index if self._theme.mirrored else index
        left = (self.width() - 2 * width - _ZONE_GAP) / 2 + place * (width + _ZONE_GAP)
        top = self._text_top() + px(_TITLE_LINE) + 4 + px(_META_LINE) + 20
        return QRectF(left, top, width, px(_ZONE.height()))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Dim the window and draw the field with both zones."""
        del event
        colors = self._theme.colors
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        dim = QColor(colors.sheet)
        dim.setAlpha(_DIM)
        painter.fillRect(self.rect(), dim)
        field = QRectF(self.rect()).adjusted(_INSET, _INSET, -_INSET, -_INSET)
        pen = QPen(colors.accent, 2)
        pen.setDashPattern([3, 2])
        painter.setPen(pen)
        painter.setBrush(colors.accent_wash)
        painter.drawRoundedRect(field, RADIUS_LARGE, RADIUS_LARGE)
        self._paint_text(painter)
        for index, label in enumerate(_LABELS):
            self._paint_zone(painter, self.zone(index), label, index == int(self._second))
        painter.end()

    def _enter(self, window: QWidget, event: QDragEnterEvent) -> bool:
        data = event.mimeData()
        if not _usable(data):
            return False
        self._title, self._contents = describe(data)
        self.setAccessibleName(f"{self._title}. {self._contents}")
        self.setGeometry(window.rect())
        self._second = False
        self.raise_()
        self.show()
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        return True

    def _move(self, event: QDragMoveEvent) -> bool:
        if not self.isVisible():
            return False
        second = self._in_second(event.position())
        if second != self._second:
            self._second = second
            self.update()
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        return True

    def _drop(self, event: QDropEvent) -> bool:
        self.hide()
        data = event.mimeData()
        if not _usable(data):
            return False
        paths = local_paths(data)
        image = None if paths else image_in(data)
        # The file stays where it is, whatever the other program offered.
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        self.dropped.emit(paths, image, self._in_second(event.position()))
        return True

    def _in_second(self, position: QPointF) -> bool:
        return self.zone(1).contains(position)

    def _text_top(self) -> float:
        px = self._theme.px
        whole = px(_TITLE_LINE) + 4 + px(_META_LINE) + 20 + px(_ZONE.height())
        return (self.height() - whole) / 2

    def _paint_text(self, painter: QPainter) -> None:
        colors = self._theme.colors
        top = self._text_top()
        font = self._theme.font("heading")
        painter.setFont(font)
        width = painter.fontMetrics().horizontalAdvance(self._title)
        side, high = self._theme.px(16), self._theme.px(_TITLE_LINE)
        left = (self.width() - width - side - 8) / 2
        icon = self._theme.icon("document", "accent", side)
        mark = icon.pixmap(QSize(side, side), self.devicePixelRatioF())
        # The mark stands where one begins to read.
        mirrored = self._theme.mirrored
        mark_left = left + width + 8 if mirrored else left
        painter.drawPixmap(QPointF(mark_left, top + (high - side) / 2), mark)
        painter.setPen(colors.ink)
        title = QRectF(left if mirrored else left + side + 8, top, width + 2, high)
        painter.drawText(title, Qt.AlignmentFlag.AlignCenter, self._title)
        painter.setFont(self._theme.font("body"))
        painter.setPen(colors.ink2)
        meta = QRectF(0, top + high + 4, self.width(), self._theme.px(_META_LINE))
        painter.drawText(meta, Qt.AlignmentFlag.AlignCenter, self._contents)

    def _paint_zone(self, painter: QPainter, zone: QRectF, label: str, chosen: bool) -> None:
        colors = self._theme.colors
        painter.setPen(QPen(colors.accent if chosen else colors.edge, 1))
        painter.setBrush(colors.accent if chosen else colors.raised)
        shape = zone.adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(shape, RADIUS_CONTROL, RADIUS_CONTROL)
        painter.setFont(self._theme.font("body_medium"))
        painter.setPen(colors.on_accent if chosen else colors.ink)
        painter.drawText(zone, Qt.AlignmentFlag.AlignCenter, label)


def describe(data: QMimeData) -> tuple[str, str]:
    """What would be added, as a title and as a count by kind."""
    paths = local_paths(data)
    if not paths:
        return "Drop to add the picture", "1 image"
    kinds = Counter(_kind(path) for path in paths)
    counts = [_counted(kinds[kind], kind) for kind in ("PDF", "image", "other file") if kinds[kind]]
    return f"Drop to add {_counted(len(paths), 'file')}", ", ".join(counts)


def _kind(path: Path) -> str:
    ending = path.suffix.lower()
    if ending == ".pdf":
        return "PDF"
    return "image" if ending in _PICTURES else "other file"


def _counted(count: int, noun: str) -> str:
    return f"1 {noun}" if count == 1 else f"{count:,} {noun}s"


def _usable(data: QMimeData) -> bool:
    return bool(local_paths(data)) or holds_image(data)
