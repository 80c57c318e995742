"""The performance strip at the foot of the window: true figures only, an unknown one is "–".

A click on a cell shows what its figure was in the last minute.
"""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtGui import QFont, QPainter
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLayout, QSizePolicy, QWidget

from app.figures import Figures
from app.ui.parts import Button, Text, hairline
from app.ui.strip_cells import TIPS, Cell, cells, chart_of
from app.ui.strip_chart import StripChart
from app.ui.strip_history import History

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QPaintEvent, QResizeEvent

    from app.ui.theme import Theme

HEIGHT = 28
_REFRESH_MS = 250
# What goes first where the window is narrow.
_DROP_ORDER = ("ram", "accepted", "reused", "first_token")


class Bar(QWidget):
    """A small level: ink, then warn from 85 %, then danger from 95 %."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._share: float | None = None
        theme.changed.connect(self.updateGeometry)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """64 by 4 pixels at the usual text size."""
        return QSize(self._theme.px(64), self._theme.px(4))

    def set_share(self, share: float | None) -> None:
        """Fill the bar to `share` of one; not at all where it is unknown."""
        self._share = share
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the trough and what fills it."""
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.colors.line)
        painter.drawRoundedRect(self.rect(), 2, 2)
        if self._share:
            width = max(2, round(self.width() * self._share))
            painter.setBrush(self._theme.color(_level(self._share)))
            left = self.width() - width if self._theme.mirrored else 0
            painter.drawRoundedRect(left, 0, width, self.height(), 2, 2)
        painter.end()


def _level(share: float) -> str:
    if share >= 0.95:
        return "danger"
    return "warn" if share >= 0.85 else "ink2"


class _CellWidget(Button):
    """One cell: its words, its bar where it has one, and its figure in stronger type."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setProperty("kind", "cell")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        self._before = Text(theme, "", "meta", "ink3")
        self._bar = Bar(theme)
        self._value = Text(theme, "", "meta")
        strong = theme.font("meta")
        strong.setWeight(QFont.Weight.DemiBold)
        self._value.setFont(strong)
        self._after = Text(theme, "", "meta", "ink3")
        for part in (self._before, self._bar, self._value, self._after):
            part.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
            row.addWidget(part)

    def sizeHint(self) -> QSize:
        """As wide as its parts: a button itself knows only its own text."""
        layout = self.layout()
        assert layout is not None
        return layout.sizeHint()

    def show_cell(self, cell: Cell) -> None:
        """Show `cell`, in words for those who hear it too."""
        for label, text in (
            (self._before, cell.before),
            (self._value, cell.value),
            (self._after, cell.after),
        ):
            label.setText(text)
            label.setVisible(bool(text))
        self._bar.setVisible(cell.bar)
        self._bar.set_share(cell.share)
        tip = TIPS[cell.name] if cell.bar or cell.value else ""
        self.setToolTip("\n".join(line for line in (tip, cell.more) if line))
        self.setAccessibleDescription(cell.more)
        words = (cell.before, cell.value, cell.after)
        self.setAccessibleName(" ".join(word for word in words if word))


class PerformanceStrip(QFrame):
    """The cells in a row. New figures are shown at most four times a second."""

    def __init__(
        self,
        theme: Theme,
        parent: QWidget | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(parent)
        self.setProperty("surface", "bg")
        self._theme = theme
        theme.fix(self, height=HEIGHT)
        self.setAccessibleName("Performance")
        self._history = History(clock)
        self.chart = StripChart(theme, self._history, self)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(16, 0, 16, 0)
        self._row.setSpacing(0)
        # Cells are dropped where there is no room: they must never keep the window wide.
        self._row.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._cells: dict[str, _CellWidget] = {}
        self._gaps: dict[str, QWidget] = {}
        self._figures = Figures()
        self._empty: set[str] = set()
        for cell in cells(self._figures):
            self._add(theme, cell)
        self._row.addStretch(1)
        self._tick = QTimer(self, interval=_REFRESH_MS, singleShot=True)
        self._tick.timeout.connect(self._render)
        self._render()
        theme.changed.connect(self._fit)

    def show_figures(self, figures: Figures) -> None:
        """Take new figures; they appear at the next tick, a change of phase at once."""
        changed = figures.phase != self._figures.phase
        self._figures = figures
        self._history.add(figures)
        if changed or figures.phase == "idle":
            self._render()
        elif not self._tick.isActive():
            self._tick.start()

    def minimumSizeHint(self) -> QSize:
        """As narrow as the window likes."""
        return QSize(0, self._theme.px(HEIGHT))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Drop cells that no longer fit."""
        super().resizeEvent(event)
        self._fit()

    def shown_cells(self) -> list[str]:
        """The names of the cells that are shown, from left to right."""
        return [name for name, widget in self._cells.items() if not widget.isHidden()]

    def show_chart(self, name: str) -> None:
        """Open the last minute of the cell `name` above it; what has no figure has no chart."""
        cell = next(cell for cell in cells(self._figures) if cell.name == name)
        if cell.value:
            self.chart.open_above(self._cells[name], name, chart_of(name, self._figures))

    def _add(self, theme: Theme, cell: Cell) -> None:
        if self._cells:
            gap = QWidget()
            line = QHBoxLayout(gap)
            line.setContentsMargins(12, 7, 12, 7)
            line.addWidget(hairline(vertical=True))
            self._gaps[cell.name] = gap
            self._row.addWidget(gap)
        widget = _CellWidget(theme)
        widget.clicked.connect(partial(self.show_chart, cell.name))
        self._cells[cell.name] = widget
        self._row.addWidget(widget)

    def _render(self) -> None:
        self._tick.stop()
        for cell in cells(self._figures):
            self._cells[cell.name].show_cell(cell)
        self._empty = {cell.name for cell in cells(self._figures) if cell.empty}
        self._fit()

    def _fit(self) -> None:
        for name in self._cells:
            self._set_shown(name, shown=name not in self._empty)
        for name in _DROP_ORDER:
            if self._needed() <= self.width():
                break
            self._set_shown(name, shown=False)

    def _set_shown(self, name: str, *, shown: bool) -> None:
        self._cells[name].setVisible(shown)
        if name in self._gaps:
            self._gaps[name].setVisible(shown)

    def _needed(self) -> int:
        shown = [*self._cells.values(), *self._gaps.values()]
        margins = self._row.contentsMargins()
        return (
            sum(widget.sizeHint().width() for widget in shown if not widget.isHidden())
            + margins.left()
            + margins.right()
        )
