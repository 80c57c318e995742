"""The dashed field of the first-run page: it shows where files go and opens the file chooser."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPen
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from app.ui.parts import TextButton
from app.ui.tokens import RADIUS_LARGE
from app.ui.wrapped_text import WrappedText

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent

    from app.ui.theme import Theme

_SEAL = "#F0694A"
_PAGES = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 60 48"><g fill="{fill}" stroke="{ink}" '
    'stroke-width="1.5" stroke-linecap="round" stroke-linejoin="round">'
    '<g transform="rotate(-13 18 24)"><path d="M7 4.5h23v40H7Z"/>'
    '<path d="M12 12h13M12 18h13M12 24h9"/></g>'
    '<path d="M31 3.5h20.5l6 6v35H31Z"/><path d="M51.5 3.5v6h6"/>'
    '<path d="M36.5 16h15M36.5 22h15M36.5 28h9"/></g>'
    '<rect x="34" y="36" width="6" height="6" fill="{seal}"/></svg>'
)


class _Pages(QWidget):
    """Two sheets on a table, one of them sealed."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        """The drawing's own size."""
        return QSize(60, 48)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the sheets in the colours of the moment."""
        del event
        colors = self._theme.colors
        drawing = _PAGES.format(fill=colors.sheet.name(), ink=colors.ink2.name(), seal=_SEAL)
        painter = QPainter(self)
        QSvgRenderer(QByteArray(drawing.encode())).render(painter, QRectF(self.rect()))
        painter.end()


class DropTarget(QWidget):
    """Says what may be dropped. The window itself takes the drop, wherever it falls."""

    files_wanted = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        theme.changed.connect(self.update)
        self._pages = _Pages(theme)
        self._title = WrappedText(theme, "Drop PDFs, pictures or text files here", "heading")
        self._hint = WrappedText(theme, "Anywhere in the window works.", "body", "ink2")
        self.choose = TextButton(theme, "Choose files…", "default", "attach")
        self.choose.clicked.connect(self.files_wanted)
        self._box = QBoxLayout(QBoxLayout.Direction.TopToBottom, self)
        self._box.setSpacing(12)
        self._box.addWidget(self._pages, 0, Qt.AlignmentFlag.AlignCenter)
        words = QVBoxLayout()
        words.setSpacing(4)
        words.addWidget(self._title)
        words.addWidget(self._hint)
        self._box.addLayout(words, 1)
        self._box.addWidget(self.choose, 0, Qt.AlignmentFlag.AlignCenter)
        self.set_roomy(True)

    def show_context(self, max_context: int) -> None:
        """How much fits at once with the model that is loaded."""
        self._hint.setText(f"Anywhere in the window works. Up to {max_context:,} tokens at once.")

    def set_roomy(self, roomy: bool) -> None:
        """With room, everything stands in the middle under the drawing; else it is one row."""
        self._pages.setVisible(roomy)
        down, across = QBoxLayout.Direction.TopToBottom, QBoxLayout.Direction.LeftToRight
        self._box.setDirection(down if roomy else across)
        side = Qt.AlignmentFlag.AlignHCenter if roomy else Qt.AlignmentFlag.AlignLeft
        for words in (self._title, self._hint):
            words.setAlignment(side)
        self._box.setContentsMargins(24, 32 if roomy else 12, 24, 32 if roomy else 12)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the dashed border."""
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pen = QPen(self._theme.colors.edge, 1)
        pen.setDashPattern([3, 3])
        painter.setPen(pen)
        frame = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(frame, RADIUS_LARGE, RADIUS_LARGE)
        painter.end()
