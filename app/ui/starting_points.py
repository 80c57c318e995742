"""Three things that really work now, each a way into the first question."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QVBoxLayout, QWidget

from app.ui import icons
from app.ui.parts import Button, Text

if TYPE_CHECKING:
    from PySide6.QtCore import QEvent
    from PySide6.QtGui import QEnterEvent, QPaintEvent

    from app.ui.theme import Theme


@dataclass(frozen=True, slots=True)
class StartingPoint:
    """An offer: which files it asks for, and the question it proposes."""

    icon: str
    title: str
    text: str
    files: Literal["pictures", "documents"]
    question: str


POINTS = (
    StartingPoint(
        "image",
        "Read a line in a picture",
        "Short, on a plain ground",
        "pictures",
        "What does the text in the picture say?",
    ),
    StartingPoint(
        "document",
        "Find a fact in a document",
        "A short page of text or PDF",
        "documents",
        "",
    ),
    StartingPoint(
        "text",
        "Ask twice about one file",
        "It is read once",
        "documents",
        "",
    ),
)


class _Glyph(QWidget):
    """An icon of 16 px in the secondary ink."""

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__()
        self._theme = theme
        self._name = name
        theme.fix(self, width=16, height=16)
        theme.changed.connect(self.update)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the icon."""
        del event
        painter = QPainter(self)
        color, ratio = self._theme.colors.ink2, self.devicePixelRatioF()
        painter.drawPixmap(0, 0, icons.pixmap(self._name, color, self.width(), ratio))
        painter.end()


class _PointButton(Button):
    """A flat button of two lines beside an icon."""

    def __init__(self, theme: Theme, point: StartingPoint) -> None:
        super().__init__()
        self.setProperty("kind", "point")
        self.setAccessibleName(point.title)
        self.setAccessibleDescription(point.text)
        self._row = row = QHBoxLayout(self)
        row.setContentsMargins(0, 6, 0, 6)
        row.setSpacing(12)
        row.addWidget(_Glyph(theme, point.icon), 0, Qt.AlignmentFlag.AlignTop)
        lines = QVBoxLayout()
        lines.setSpacing(0)
        self._title = Text(theme, point.title, "body_medium")
        lines.addWidget(self._title)
        lines.addWidget(Text(theme, point.text, "meta", "ink3"))
        row.addLayout(lines, 1)

    def enterEvent(self, event: QEnterEvent) -> None:
        """Under the pointer the title is a link."""
        super().enterEvent(event)
        self._show_ink("accent")

    def leaveEvent(self, event: QEvent) -> None:
        """Plain text again."""
        super().leaveEvent(event)
        self._show_ink("ink")

    def _show_ink(self, ink: str) -> None:
        self._title.setProperty("ink", ink)
        self.style().polish(self._title)

    def sizeHint(self) -> QSize:
        """What the two lines need: a button's own hint knows only its text."""
        return self._row.sizeHint()

    def minimumSizeHint(self) -> QSize:
        """The same: the lines do not wrap."""
        return self._row.minimumSize()


class StartingPoints(QWidget):
    """The offers in a row; `chosen` carries the one that was taken."""

    chosen = Signal(object)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._row = row = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        for point in POINTS:
            button = _PointButton(theme, point)
            button.clicked.connect(lambda _checked=False, p=point: self.chosen.emit(p))
            row.addWidget(button, 1)

    def set_side_by_side(self, side_by_side: bool) -> None:
        """In a row, or below one another where they would not fit in one."""
        across, down = QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.TopToBottom
        self._row.setDirection(across if side_by_side else down)
