"""Pictures of formulas, drawn beside the window's thread and kept as long as they are in use."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QObject, QRectF, Qt, Signal
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

from app.ui.formula_drawing import Drawing, draw

if TYPE_CHECKING:
    from PySide6.QtGui import QColor

    from app.background import Background

# A formula by its source and whether it stands in a line of its own.
Key = tuple[str, bool]

_KEPT_DRAWINGS, _KEPT_PICTURES = 2000, 500


class Formulas(QObject):
    """Hands out drawings; `drawn` says which one has come, or that it cannot be made."""

    drawn = Signal(object)

    def __init__(self, background: Background, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._background = background
        self._drawings: OrderedDict[Key, Drawing | None] = OrderedDict()
        self._pictures: OrderedDict[tuple[Key, int, int, int], QImage] = OrderedDict()
        # In the order asked for. The first is being drawn; the library is not made for threads.
        self._queue: OrderedDict[Key, None] = OrderedDict()

    def drawing(self, key: Key) -> Drawing | None:
        """The formula, if it has been drawn; else it will be, and `drawn` says so."""
        if key in self._drawings:
            self._drawings.move_to_end(key)
            return self._drawings[key]
        if key not in self._queue:
            self._queue[key] = None
            if len(self._queue) == 1:
                self._draw(key)
        return None

    def failed(self, key: Key) -> bool:
        """Whether it is known that the formula cannot be drawn."""
        return key in self._drawings and self._drawings[key] is None

    def picture(self, key: Key, color: QColor, width: int, height: int) -> QImage:
        """The formula in `color`, in device pixels; it must have been drawn."""
        place = (key, color.rgb(), width, height)
        picture = self._pictures.get(place)
        if picture is None:
            picture = _picture(self._drawings[key], color, width, height)
            self._pictures[place] = picture
            if len(self._pictures) > _KEPT_PICTURES:
                self._pictures.popitem(last=False)
        self._pictures.move_to_end(place)
        return picture

    def _draw(self, key: Key) -> None:
        self._background.run(
            lambda: draw(*key),
            lambda drawing: self._keep(key, drawing),
            lambda _fault: self._keep(key, None),
        )

    def _keep(self, key: Key, drawing: Drawing | None) -> None:
        del self._queue[key]
        if self._queue:
            self._draw(next(iter(self._queue)))
        self._drawings[key] = drawing
        if len(self._drawings) > _KEPT_DRAWINGS:
            self._drawings.popitem(last=False)
        self.drawn.emit(key)


def _picture(drawing: Drawing | None, color: QColor, width: int, height: int) -> QImage:
    image = QImage(max(1, width), max(1, height), QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    if drawing is None:
        return image
    painter = QPainter(image)
    renderer = QSvgRenderer(QByteArray(drawing.svg.encode()))
    renderer.render(painter, QRectF(0, 0, width, height))
    # Drawn in black; only its shape is kept.
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceIn)
    painter.fillRect(image.rect(), color)
    painter.end()
    return image
