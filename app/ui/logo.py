"""Tanka's mark: the window's icon and the small one beside its name."""

from __future__ import annotations

from importlib.resources import files

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QPainter, QPaintEvent, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QSizePolicy, QWidget

_SIZES = (16, 22, 24, 32, 48, 64, 128, 256)


def _drawing() -> QSvgRenderer:
    data = files("resources").joinpath("icons/tanka.svg").read_bytes()
    return QSvgRenderer(QByteArray(data))


def app_icon() -> QIcon:
    """The application's icon in the sizes that desktops ask for."""
    renderer, icon = _drawing(), QIcon()
    for size in _SIZES:
        pixmap = QPixmap(size, size)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        renderer.render(painter, QRectF(0, 0, size, size))
        painter.end()
        icon.addPixmap(pixmap)
    return icon


class Logo(QWidget):
    """The mark at `size` pixels."""

    def __init__(self, size: int = 22, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._renderer = _drawing()
        self._size = size
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """A square."""
        return QSize(self._size, self._size)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the mark."""
        del event
        painter = QPainter(self)
        self._renderer.render(painter, QRectF(self.rect()))
        painter.end()
