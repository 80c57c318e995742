"""Dragging a conversation onto a folder: what travels, and which folder it would go to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QMimeData, QObject, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QDrag, QPixmap

from app.ui.sidebar.entries import FolderEntry

if TYPE_CHECKING:
    from PySide6.QtGui import QDragMoveEvent, QDropEvent

    from app.ui.sidebar.conversation_model import ConversationModel
    from app.ui.sidebar.row_view import RowView

MIME = "application/x-tanka-conversation"
# So near to an end of the list it scrolls by itself.
_EDGE, _STEP, _STEP_MS = 24, 12, 30


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

    def start(self, conversation_id: str, picture: QPixmap, grip: QPoint) -> None:
        """Begin to drag a conversation; returns when it has been dropped."""
        data = QMimeData()
        data.setData(MIME, QByteArray(conversation_id.encode()))
        drag = QDrag(self._view)
        drag.setMimeData(data)
        drag.setPixmap(picture)
        drag.setHotSpot(grip)
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
