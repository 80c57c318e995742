"""One setting: its name and what it means on one side, its control on the other or below."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QBoxLayout, QVBoxLayout, QWidget

from app.ui.setting_controls import Control, NumberBox, Picker, Segments, Stepper, SwitchControl
from app.ui.setting_fields import Choice, Field, Number, Size
from app.ui.wrapped_text import WrappedText

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent

    from app.ui.theme import Theme

_GAP = 16
# The words beside a control have at least this share of the row, and this width.
_LEAST_SHARE, _LEAST_WIDTH = 0.45, 200


class SettingRow(QWidget):
    """Words and control. Where both do not fit side by side, the control stands below."""

    def __init__(
        self, theme: Theme, name: str, hint: str, control: QWidget, *, words: str = ""
    ) -> None:
        super().__init__()
        self._theme = theme
        self.control = control
        # What the search looks in; in lower case.
        self.words = f"{name} {hint} {words}".casefold()
        self.name = WrappedText(theme, name, "body_medium")
        self.hint = WrappedText(theme, hint, "meta", "ink3")
        self.hint.setVisible(bool(hint))
        control.setAccessibleDescription(hint)
        said = QVBoxLayout()
        said.setSpacing(2)
        said.addWidget(self.name)
        said.addWidget(self.hint)
        self._box = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._box.setContentsMargins(16, 10, 16, 10)
        self._box.addLayout(said, 1)
        self._box.addWidget(control)
        self._arrange()
        theme.changed.connect(self._arrange)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Find out whether there is room for both."""
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        room = self.width() - 2 * 16 - _GAP
        least = max(self._theme.px(_LEAST_WIDTH), round(room * _LEAST_SHARE))
        beside = self.control.sizeHint().width() + least <= room
        across, down = QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.TopToBottom
        self._box.setDirection(across if beside else down)
        self._box.setSpacing(_GAP if beside else 8)
        sides = Qt.AlignmentFlag
        side = sides.AlignVCenter | sides.AlignRight if beside else sides.AlignLeft
        self._box.setAlignment(self.control, side)


def control_for(theme: Theme, field: Field) -> Control:
    """The control that `field` is set with."""
    if isinstance(field, Number):
        return NumberBox(theme, field)
    if isinstance(field, Size):
        return Stepper(theme, field.name)
    if isinstance(field, Choice):
        if field.menu:
            return Picker(theme, field.name, field.options)
        return Segments(theme, field.name, field.options)
    return SwitchControl(theme, field.name)
