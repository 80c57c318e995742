"""A picture drawn small: decoded once, off the GUI thread, at the size that is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPainterPath
from PySide6.QtWidgets import QWidget

from app.reading import thumbnail
from app.ui.tokens import RADIUS_CHIP, RADIUS_CONTROL

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent

    from app.background import Background
    from app.ui.theme import Theme
    from engine import ImagePart

THUMBNAIL = QSize(276, 180)


class Picture(QWidget):
    """`part` filling `size`; what does not fit its shape is cut off evenly."""

    def __init__(self, theme: Theme, background: Background, part: ImagePart, size: QSize) -> None:
        super().__init__()
        self._theme = theme
        self._image = QImage()
        self._fallback = False
        self.setFixedSize(size)
        self.setAccessibleName(f"Picture, {part.name}")
        pixels = size * self.devicePixelRatioF()  # rounded to whole ones by Qt
        data = part.data
        job = background.run(lambda: decode(data, pixels), self._show, self._give_up)
        self.destroyed.connect(lambda *_: background.drop(job))
        theme.changed.connect(self.update)

    @property
    def loaded(self) -> bool:
        """Whether the picture itself is drawn by now."""
        return not self._image.isNull()

    @property
    def failed(self) -> bool:
        """Whether it turned out that the picture cannot be drawn."""
        return self._fallback

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the picture, or its ground while it is being decoded."""
        del event
        painter = QPainter(self)
        painter.setRenderHints(
            QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform
        )
        radius = RADIUS_CHIP if self.width() < 48 else RADIUS_CONTROL
        shape = QPainterPath()
        shape.addRoundedRect(QRectF(self.rect()), radius, radius)
        painter.setClipPath(shape)
        painter.fillRect(self.rect(), self._theme.colors.wash)
        if self.loaded:
            painter.drawImage(QRectF(self.rect()), self._image)
        elif self._fallback:
            mark = self._theme.icon("image", "ink3").pixmap(16, 16)
            painter.drawPixmap((self.width() - 16) // 2, (self.height() - 16) // 2, mark)
        painter.end()

    def _show(self, image: QImage) -> None:
        self._image = image
        self._fallback = image.isNull()
        self.update()

    def _give_up(self, fault: Exception) -> None:
        del fault  # it has been logged; the name beside the picture still says what it is
        self._fallback = True
        self.update()


def fitted(part: ImagePart, limit: QSize = THUMBNAIL) -> QSize:
    """The size of `part` within `limit`, never larger than it is."""
    whole = QSize(part.width, part.height)
    if whole.width() <= limit.width() and whole.height() <= limit.height():
        return whole.expandedTo(QSize(24, 24))
    return whole.scaled(limit, Qt.AspectRatioMode.KeepAspectRatio).expandedTo(QSize(24, 24))


def decode(data: bytes, size: QSize) -> QImage:
    """The picture in `data` as the model gets it, filling `size` with the rest cut off.

    Raises `UnreadableFile`.
    """
    width, height, pixels = thumbnail(data, (size.width(), size.height()))
    image = QImage(pixels, width, height, 4 * width, QImage.Format.Format_RGBA8888)
    return image.copy()  # `pixels` belong to Python
