"""The last minute of one of the strip's figures, as a line above its cell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from app.ui.parts import Text
from app.ui.strip_history import SPAN_S
from app.ui.wrapped_text import WrappedText

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PySide6.QtGui import QPaintEvent

    from app.ui.strip_history import History, Sample
    from app.ui.theme import Theme

_SIZE = QSize(260, 88)
_REFRESH_MS = 250
_PADDING = 12
_GAP = 6


@dataclass(frozen=True, slots=True)
class ChartSpec:
    """What a chart is called and how its figures are written. `whole` is the top, where known."""

    title: str
    tip: str
    written: Callable[[float], str]
    whole: float | None = None


class StripChart(QFrame):
    """Opens above a cell, and closes with Esc or a click elsewhere."""

    def __init__(self, theme: Theme, history: History, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self._theme, self._history = theme, history
        self._name = ""
        self._spec: ChartSpec | None = None
        self.setObjectName("popover")
        self._title = Text(theme, "", "body_strong")
        self._range = Text(theme, "", "meta", "ink3")
        self._tip = WrappedText(theme, "", "meta", "ink2")
        self._curve = _Curve(theme)
        head = QHBoxLayout()
        head.addWidget(self._title)
        head.addStretch(1)
        head.addWidget(self._range)
        feet = QHBoxLayout()
        feet.addWidget(Text(theme, "60 s ago", "meta", "ink3"))
        feet.addStretch(1)
        feet.addWidget(Text(theme, "now", "meta", "ink3"))
        column = QVBoxLayout(self)
        column.setContentsMargins(_PADDING, _PADDING, _PADDING, _PADDING)
        column.setSpacing(_GAP)
        column.addLayout(head)
        column.addWidget(self._curve)
        column.addLayout(feet)
        column.addWidget(self._tip)
        self._tick = QTimer(self, interval=_REFRESH_MS)
        self._tick.timeout.connect(self._refresh)

    @property
    def words(self) -> str:
        """What the chart shows, for those who hear it."""
        return self.accessibleName()

    def open_above(self, cell: QWidget, name: str, spec: ChartSpec) -> None:
        """Show the history of the figure `name` above its cell."""
        self._name, self._spec = name, spec
        self._title.setText(spec.title)
        self._tip.setText(spec.tip)
        self._refresh()
        self.setFixedWidth(self._theme.px(_SIZE.width()) + 2 * _PADDING)
        layout = self.layout()
        assert layout is not None
        self.setFixedHeight(layout.totalHeightForWidth(self.width()))
        begin = cell.width() - self.width() if self._theme.mirrored else 0
        corner = cell.mapToGlobal(QPoint(begin, -self.height() - _GAP))
        screen = cell.screen().availableGeometry()
        right = max(screen.left(), screen.right() - self.width())
        self.move(min(max(corner.x(), screen.left()), right), corner.y())
        self._tick.start()
        self.show()

    def hideEvent(self, event: object) -> None:
        """A chart that is not seen is not drawn anew."""
        del event
        self._tick.stop()

    def _refresh(self) -> None:
        assert self._spec is not None
        samples, now = self._history.samples(self._name), self._history.now
        known = [sample.value for sample in samples if sample.value is not None]
        self._curve.show_samples(samples, now, self._spec.whole)
        if known:
            low, high = self._spec.written(min(known)), self._spec.written(max(known))
            words = low if low == high else f"{low} to {high}"
        else:
            words = "Not measured"
        self._range.setText(words)
        self.setAccessibleName(f"{self._spec.title}, the last 60 seconds: {words}")


class _Curve(QWidget):
    """A figure holds until the next, so the line goes in steps; it breaks where none is known."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._samples: Sequence[Sample] = ()
        self._now = 0.0
        self._top = 1.0
        theme.fix(self, height=_SIZE.height())
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_samples(self, samples: Sequence[Sample], now: float, whole: float | None) -> None:
        """Draw `samples` as seen at `now`; the top is `whole`, or a little above the highest."""
        self._samples, self._now = samples, now
        highest = max((s.value for s in samples if s.value is not None), default=0.0)
        self._top = whole or highest * 1.1 or 1.0
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the ground, a line at half the height, and the steps."""
        del event
        painter = QPainter(self)
        colors = self._theme.colors
        painter.fillRect(self.rect(), colors.bg)
        painter.setPen(colors.line)
        painter.drawRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5))
        middle = self.height() / 2
        painter.drawLine(QPointF(1, middle), QPointF(self.width() - 1, middle))
        painter.setPen(QPen(colors.accent, 1.5))
        ends = [sample.at for sample in self._samples[1:]] + [self._now]
        before: float | None = None
        for sample, end in zip(self._samples, ends, strict=True):
            if sample.value is None:
                before = None
                continue
            left, right, level = self._x(sample.at), self._x(end), self._y(sample.value)
            if before is not None:
                painter.drawLine(QPointF(left, before), QPointF(left, level))
            painter.drawLine(QPointF(left, level), QPointF(right, level))
            before = level
        painter.end()

    def _x(self, at: float) -> float:
        share = 1 - min(SPAN_S, self._now - at) / SPAN_S
        if self._theme.mirrored:
            share = 1 - share
        return 1 + share * (self.width() - 2)

    def _y(self, value: float) -> float:
        return self.height() - 2 - min(1.0, value / self._top) * (self.height() - 4)
