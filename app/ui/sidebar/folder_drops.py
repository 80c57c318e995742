"""Dragging a conversation onto a folder: what travels, and which folder it would go to."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QMimeData, QObject, QPoint, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QDrag, QFontMetrics, QPainter, QPixmap

from app.ui.sidebar.entries import FolderEntry
from app.ui.tokens import RADIUS_CONTROL

if TYPE_CHECKING:
    from PySide6.QtGui import QDragMoveEvent, QDropEvent

    from app.ui.sidebar.conversation_model import ConversationModel
    from app.ui.sidebar.row_view import RowView
    from app.ui.theme import Theme

MIME = "application/x-tanka-conversation"
# So near to an end of the list it scrolls by itself.
_EDGE, _STEP, _STEP_MS = 24, 12, 30
_CHIP_HEIGHT, _CHIP_PADDING, _WIDEST = 28, 10, 220


def drag_picture(theme: Theme, title: str, ratio: float) -> QPixmap:
    """A chip with the title, for a screen of `ratio` device pixels a pixel."""
    font = theme.font("body")
    metrics = QFontMetrics(font)
    shown = metrics.elidedText(title, Qt.TextElideMode.ElideRight, theme.px(_WIDEST))
    width = metrics.horizontalAdvance(shown) + 2 * theme.px(_CHIP_PADDING)
    height = theme.px(_CHIP_HEIGHT)
    picture = QPixmap(ceil(width * ratio), ceil(height * ratio))
    picture.setDevicePixelRatio(ratio)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(theme.colors.edge)
    painter.setBrush(theme.colors.raised)
    frame = QRectF(0.5, 0.5, width - 1, height - 1)
    painter.drawRoundedRect(frame, RADIUS_CONTROL, RADIUS_CONTROL)
    painter.setFont(font)
    painter.setPen(theme.colors.ink)
    painter.drawText(frame, Qt.AlignmentFlag.AlignCenter, shown)
    painter.end()
    return picture


class FolderDrops(QObject):
    """Where the drag over a list is; `dropped` carries the conversation's and the folder's id.

    Only a folder's own line is a target: between rows there is nothing to drop on.
    """

    dropped = Signal(str, str)
    changed = Signal()

    def __init__(self, view: RowView, model: ConversationModel) -> None:
        super().__init__(view)
        self._view, self._model = view, model
        self._spot = QPoint()
        self._target: str | None = None
        self._scrolling = QTimer(self, interval=_STEP_MS)
        self._scrolling.timeout.connect(self._scroll)

    @property
    def target(self) -> str | None:
        """The key of the folder's line under the drag."""
        return self._target

    def start(self, conversation_id: str, picture: QPixmap) -> None:
        """Begin to drag a conversation; returns when it has been dropped."""
        data = QMimeData()
        data.setData(MIME, QByteArray(conversation_id.encode()))
        drag = QDrag(self._view)
        drag.setMimeData(data)
        drag.setPixmap(picture)
        # Beside the pointer, so that the folder under it can be read.
        drag.setHotSpot(QPoint(-12, -12))
        drag.exec(Qt.DropAction.MoveAction)

    def move(self, event: QDragMoveEvent) -> None:
        """Show where it would be dropped; what is no conversation is left to others."""
        if not event.mimeData().hasFormat(MIME):
            event.ignore()
            return
        self._spot = event.position().toPoint()
        self._aim()
        if not self._scroll_step():
            self._scrolling.stop()
        elif not self._scrolling.isActive():
            self._scrolling.start()
        event.setDropAction(Qt.DropAction.MoveAction)
        # The list goes on hearing of the drag, but a drop elsewhere is refused.
        event.setAccepted(self._target is not None)

    def leave(self) -> None:
        """Nothing is dragged over the list any more."""
        self._scrolling.stop()
        self._set_target(None)

    def drop(self, event: QDropEvent) -> None:
        """Take what is dropped on a folder."""
        self._spot = event.position().toPoint()
        data = event.mimeData()
        folder = self._folder_at(self._spot) if data.hasFormat(MIME) else None
        self.leave()
        if folder is None:
            event.ignore()
            return
        event.setDropAction(Qt.DropAction.MoveAction)
        event.accept()
        self.dropped.emit(bytes(data.data(MIME).data()).decode(), folder.folder.id)

    def _aim(self) -> None:
        index = self._view.indexAt(self._spot)
        on_folder = self._folder_at(self._spot) is not None
        self._set_target(self._model.key(index.row()) if on_folder else None)

    def _folder_at(self, spot: QPoint) -> FolderEntry | None:
        index = self._view.indexAt(spot)
        entry = self._model.entry(index.row()) if index.isValid() else None
        return entry if isinstance(entry, FolderEntry) else None

    def _set_target(self, key: str | None) -> None:
        if key != self._target:
            self._target = key
            self.changed.emit()

    def _scroll_step(self) -> int:
        y, height = self._spot.y(), self._view.viewport().height()
        if y < _EDGE:
            return -_STEP
        return _STEP if y > height - _EDGE else 0

    def _scroll(self) -> None:
        bar = self._view.verticalScrollBar()
        bar.setValue(bar.value() + self._scroll_step())
        self._aim()
