"""The reading column: one measure for the conversation and the composer, centred."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent

COLUMN_WIDTH = 720
SIDE_PADDING = 28


class Column(QWidget):
    """Holds its content in the middle, at most `COLUMN_WIDTH` wide with the padding.

    The right reserve is taken by something beside the column, such as a scroll bar; the content is
    centred as if it were not there, so that columns above one another line up. `bleed` is how far
    the content may reach into the padding, for frames that are drawn around its text.
    """

    def __init__(self, bleed: int = 0, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._right_reserve = 0
        self._padding = SIDE_PADDING - bleed
        self._top, self._bottom = 0, 0
        self.content = QVBoxLayout(self)
        self.content.setSpacing(0)
        self._centre()

    def set_vertical_padding(self, top: int, bottom: int) -> None:
        """Space above and below the content."""
        self._top, self._bottom = top, bottom
        self._centre()

    def set_right_reserve(self, width: int) -> None:
        """Say how wide is what stands to the right of the column."""
        if width != self._right_reserve:
            self._right_reserve = width
            self._centre()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the content in the middle."""
        super().resizeEvent(event)
        self._centre()

    def changeEvent(self, event: QEvent) -> None:
        """The reserve changes its side with the direction of reading."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LayoutDirectionChange:
            self._centre()

    def _centre(self) -> None:
        whole = self.width() + self._right_reserve
        # What needs more must not push the margins, which it would be pushed by in turn.
        margins = self.content.contentsMargins()
        needed = self.content.minimumSize().width() - margins.left() - margins.right()
        width = max(COLUMN_WIDTH, needed + 2 * self._padding)
        side = max(0, (whole - width) // 2) + self._padding
        other = max(0, side - self._right_reserve)
        # Scroll bars stand on the left where one reads from the right.
        mirrored = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        left, right = (other, side) if mirrored else (side, other)
        self.content.setContentsMargins(left, self._top, right, self._bottom)
