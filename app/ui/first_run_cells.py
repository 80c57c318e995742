"""The cells of the first-run page: a mark, a title and a few lines each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from app.ui import icons
from app.ui.wrapped_text import WrappedText
from app.wording import memory, size

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent

    from app.ui.parts import TextButton
    from app.ui.theme import Theme
    from engine.machine import Gpu, Machine


@dataclass(frozen=True, slots=True)
class MachineText:
    """This machine in words."""

    title: str
    text: str


def describe(machine: Machine) -> MachineText:
    """The first cell's words for `machine`; what the system does not tell is left out."""
    room = ", ".join(
        words
        for words in (
            machine.memory_bytes and f"{memory(machine.memory_bytes)} memory",
            machine.disk_free_bytes and f"{size(machine.disk_free_bytes)} free",
        )
        if words
    )
    if machine.gpus:
        return MachineText("A graphics card", f"{_card(machine.gpus[0])}\n{room}".strip())
    return MachineText("Runs on the processor", f"{_processor(machine)}\n{room}".strip())


def _card(gpu: Gpu) -> str:
    return gpu.name if gpu.memory_bytes is None else f"{gpu.name}, {memory(gpu.memory_bytes)}"


def _processor(machine: Machine) -> str:
    cores = machine.physical_cores
    if cores is None:
        return machine.processor
    return f"{machine.processor}, {cores} {'core' if cores == 1 else 'cores'}"


_MARK = 20


class StepMark(QWidget):
    """A circle of 20 px with a number, or a check on green where the step is done."""

    def __init__(self, theme: Theme, mark: str) -> None:
        super().__init__()
        self._theme = theme
        self._mark = mark
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setFont(theme.font("meta"))
        theme.changed.connect(self.updateGeometry)

    def sizeHint(self) -> QSize:
        """The circle and nothing around it."""
        side = self._theme.px(_MARK)
        return QSize(side, side)

    def set_mark(self, mark: str) -> None:
        """A figure, or "check"."""
        self._mark = mark
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the circle and what is in it."""
        del event
        colors = self._theme.colors
        done = self._mark == "check"
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(colors.ok if done else colors.edge, 1))
        painter.setBrush(colors.ok_wash if done else colors.raised)
        painter.drawEllipse(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5))
        if done:
            ratio, inset = self.devicePixelRatioF(), self._theme.px(4)
            check = icons.pixmap("check", colors.ok, self.width() - 2 * inset, ratio)
            painter.drawPixmap(inset, inset, check)
        else:
            painter.setPen(colors.ink2)
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self._mark)
        painter.end()


class StepCell(QWidget):
    """One of the three cells."""

    def __init__(self, theme: Theme, mark: str, title: str, text: str) -> None:
        super().__init__()
        self._mark = StepMark(theme, mark)
        self._title = WrappedText(theme, title, "body_strong")
        self._text = WrappedText(theme, text, "meta", "ink2")
        self._text.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(16, 12, 16, 16)
        self._column.setSpacing(4)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self._mark)
        head.addWidget(self._title, 1)
        self._column.addLayout(head)
        self._column.addWidget(self._text)
        self._column.addStretch(1)

    @property
    def text(self) -> str:
        """The cell's lines."""
        return self._text.text()

    def show_text(self, title: str, text: str) -> None:
        """Replace title and lines."""
        self._title.setText(title)
        self._text.setText(text)

    def set_done(self, *, done: bool) -> None:
        """Whether the step is done; it then carries a check."""
        if done:
            self._mark.set_mark("check")

    def add_button(self, button: TextButton) -> None:
        """Put a button under the lines."""
        self._column.insertWidget(self._column.count() - 1, button)
