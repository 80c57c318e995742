"""A small window at the left edge of the screen from which a file can be dragged."""

from __future__ import annotations

import sys

from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtGui import QDrag, QMouseEvent
from PySide6.QtWidgets import QApplication, QWidget


class Source(QWidget):
    """Pressing the mouse on it begins the drag."""

    def __init__(self, path: str) -> None:
        super().__init__()
        self._path = path
        self.setWindowFlag(Qt.WindowType.FramelessWindowHint)
        self.setGeometry(0, 0, 80, 80)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Drag the file."""
        del event
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(self._path)])
        drag = QDrag(self)
        drag.setMimeData(data)
        _tell(drag.exec(Qt.DropAction.CopyAction).name)


def _tell(word: str) -> None:
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


application = QApplication(sys.argv[:1])
source = Source(sys.argv[1])
source.show()
_tell("shown")
application.exec()
