"""The controls of settings: a switch, a few choices side by side, a menu of them, numbers, steps.

Each shows a value with `show_value` and says in `changed` what a person has made of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QActionGroup, QPainter, QPen
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QDoubleSpinBox,
    QFrame,
    QHBoxLayout,
    QMenu,
    QWidget,
)

from app.ui import scaling
from app.ui.parts import IconButton, Text, TextButton

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtCore import QEvent, QPoint
    from PySide6.QtGui import QPaintEvent, QResizeEvent, QWheelEvent

    from app.ui.setting_fields import Number
    from app.ui.theme import Theme

Option = tuple[object, str]
_TRACK = QSize(36, 20)
_KNOB = 14


class SwitchControl(QCheckBox):
    """A sliding switch; screen readers hear a check box with its name and state."""

    changed = Signal(object)

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__()
        self._theme = theme
        self.setAccessibleName(name)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.clicked.connect(lambda on: self.changed.emit(bool(on)))
        theme.changed.connect(self._resize)
        self._resize()

    def show_value(self, value: object) -> None:
        """On or off."""
        self.setChecked(bool(value))

    def sizeHint(self) -> QSize:
        """The track, as high as any control so that it can be hit."""
        return QSize(self._theme.px(_TRACK.width()), self._theme.px(28))

    def minimumSizeHint(self) -> QSize:
        """The same."""
        return self.sizeHint()

    def hitButton(self, pos: QPoint) -> bool:
        """Anywhere in it."""
        return self.rect().contains(pos)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw track and knob; what is on is filled as well as on the other side."""
        del event
        colors, on = self._theme.colors, self.isChecked()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        high = self._theme.px(_TRACK.height())
        track = QRectF(0.5, (self.height() - high) / 2 + 0.5, self.width() - 1, high - 1)
        painter.setPen(QPen(colors.accent if on else colors.edge, 1))
        painter.setBrush(colors.accent if on else colors.raised)
        painter.drawRoundedRect(track, high / 2, high / 2)
        knob = self._theme.px(_KNOB)
        inset = (high - knob) / 2
        at_end = on != self._theme.mirrored
        x = self.width() - inset - knob if at_end else inset
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colors.on_accent if on else colors.edge)
        painter.drawEllipse(QRectF(x, (self.height() - knob) / 2, knob, knob))
        painter.end()

    def _resize(self) -> None:
        self.setFixedSize(self.sizeHint())
        self.update()


class Segments(QFrame):
    """A few choices side by side, of which one is taken."""

    changed = Signal(object)

    def __init__(self, theme: Theme, name: str, options: Sequence[Option]) -> None:
        super().__init__()
        self.setProperty("surface", "segments")
        self.setAccessibleName(name)
        self._values = [value for value, _ in options]
        self._group = QButtonGroup(self)
        row = QHBoxLayout(self)
        row.setContentsMargins(1, 1, 1, 1)
        row.setSpacing(0)
        for number, (_, words) in enumerate(options):
            button = TextButton(theme, words, "segment")
            button.setCheckable(True)
            button.setAccessibleName(f"{name}: {words}")
            self._group.addButton(button, number)
            row.addWidget(button)
        self._group.idClicked.connect(lambda number: self.changed.emit(self._values[number]))

    def show_value(self, value: object) -> None:
        """Mark the choice that is taken."""
        if value in self._values:
            self._group.button(self._values.index(value)).setChecked(True)


class Picker(TextButton):
    """A button with a menu of choices; it shows the one that is taken."""

    changed = Signal(object)

    def __init__(self, theme: Theme, name: str, options: Sequence[Option] = ()) -> None:
        super().__init__(theme, "", "default", "chevron-down")
        self._name = name
        self._options: list[Option] = []
        self._value: object = None
        self._choices = QMenu(self)
        self._choices.aboutToShow.connect(
            lambda: self._choices.setLayoutDirection(self._direction())
        )
        self._theme_of_menu = theme
        self.setMenu(self._choices)
        self.set_trailing_icon()
        self.set_options(options)

    def set_options(self, options: Sequence[Option]) -> None:
        """Offer other choices; what was taken stays where it is still offered."""
        self._options = list(options)
        self._choices.clear()
        group = QActionGroup(self._choices)
        for value, words in options:
            action = self._choices.addAction(words.replace("&", "&&"))
            action.setCheckable(True)
            action.setData(value)
            group.addAction(action)
            action.triggered.connect(lambda _on=False, v=value: self._choose(v))
        self.show_value(self._value)

    def show_value(self, value: object) -> None:
        """Show the choice that is taken."""
        self._value = value
        found = [words for option, words in self._options if option == value]
        words = found[0] if found else (self._options[0][1] if self._options else "")
        shown = words if len(words) <= 32 else f"{words[:31]}…"
        self.setText(shown.replace("&", "&&"))
        self.setAccessibleName(f"{self._name}: {words}")
        for action, (option, _) in zip(self._choices.actions(), self._options, strict=True):
            action.setChecked(option == value)

    def _choose(self, value: object) -> None:
        self.show_value(value)
        self.changed.emit(value)

    def _direction(self) -> Qt.LayoutDirection:
        mirrored = self._theme_of_menu.mirrored
        return Qt.LayoutDirection.RightToLeft if mirrored else Qt.LayoutDirection.LeftToRight


class NumberBox(QDoubleSpinBox):
    """A number that is typed or stepped with the arrow keys; turning the wheel needs the focus.

    Where `field.none` is given, the place below the least number stands for `None`.
    """

    changed = Signal(object)

    def __init__(self, theme: Theme, field: Number) -> None:
        super().__init__()
        self._field = field
        self._shown: object = None
        self.setFont(theme.font("body"))
        self.setButtonSymbols(QDoubleSpinBox.ButtonSymbols.NoButtons)
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.setKeyboardTracking(False)
        self.setGroupSeparatorShown(True)
        self.setDecimals(field.decimals)
        self.setSingleStep(field.step)
        self._tick = 10.0**-field.decimals
        self.setRange(field.least - (self._tick if field.none else 0.0), field.most)
        self.setSpecialValueText(field.none)
        self.setSuffix(f" {field.unit}" if field.unit else "")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(f"{field.name}, {field.unit}" if field.unit else field.name)
        self.lineEdit().setAccessibleName(self.accessibleName())
        self.valueChanged.connect(self._tell)
        theme.changed.connect(self.updateGeometry)

    def show_value(self, value: object) -> None:
        """Show a number, or that there is none."""
        self._shown = value
        none = value is None or (bool(self._field.none) and value == 0)
        self.blockSignals(True)
        self.setValue(self.minimum() if none else float(str(value)))
        self.blockSignals(False)

    def stepBy(self, steps: int) -> None:
        """From no number at all, the first step leads to a whole one, not next to nothing."""
        if self._field.none and self.value() == self.minimum() and steps > 0:
            self.setValue(max(self._field.least, self._field.step))
        else:
            super().stepBy(steps)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Without buttons, the field has all the room; Qt itself leaves it none."""
        super().resizeEvent(event)
        self.lineEdit().setGeometry(self.rect().adjusted(8, 1, -8, -1))

    def changeEvent(self, event: QEvent) -> None:
        """The same after whatever makes Qt place the field anew."""
        super().changeEvent(event)
        self.lineEdit().setGeometry(self.rect().adjusted(8, 1, -8, -1))

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Whoever scrolls the page past it does not mean it."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()

    def _tell(self, value: float) -> None:
        if self._field.none and value <= self.minimum():
            self.changed.emit(None)
        else:
            number = round(value, self._field.decimals)
            self.changed.emit(number if self._field.decimals else int(number))


class Stepper(QWidget):
    """Per cent between a button for less and one for more."""

    changed = Signal(object)

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__()
        self._name, self._percent = name, scaling.USUAL
        self.less = IconButton(theme, "minus", f"{name}: smaller")
        self.more = IconButton(theme, "plus", f"{name}: larger")
        self.value = Text(theme, "", "body_medium")
        self.value.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.less.clicked.connect(lambda: self._step(-1))
        self.more.clicked.connect(lambda: self._step(1))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        for part in (self.less, self.value, self.more):
            row.addWidget(part)

    def show_value(self, value: object) -> None:
        """The size in force."""
        self._percent = int(str(value))
        self.value.setText(f"{self._percent} %")
        self.value.setAccessibleName(f"{self._name}: {self._percent} %")
        self.less.setEnabled(self._percent > scaling.SMALLEST)
        self.more.setEnabled(self._percent < scaling.LARGEST)

    def _step(self, direction: int) -> None:
        self.changed.emit(scaling.next_step(self._percent, direction))


Control = SwitchControl | Segments | Picker | NumberBox | Stepper
