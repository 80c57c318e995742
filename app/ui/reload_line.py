"""Says that something holds only once the model has been loaded again, and offers to do so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from app.ui.icon_label import IconLabel
from app.ui.parts import TextButton
from app.ui.wrapped_text import WrappedText
from app.wording import about

if TYPE_CHECKING:
    from app.ui.theme import Theme


class ReloadLine(QWidget):
    """Shown as long as the model in use was loaded with other settings."""

    reload_wanted = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._text = WrappedText(theme, "", "body", "ink2")
        self.button = TextButton(theme, "Reload now", "default", "retry", compact=True)
        self.button.clicked.connect(self.reload_wanted)
        self._icon = IconLabel(theme, "info", "ink2")
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 10, 16, 10)
        row.setSpacing(8)
        row.addWidget(self._icon)
        row.addWidget(self._text, 1)
        row.addWidget(self.button)
        self.show_state(pending=False, load_s=None)

    @property
    def pending(self) -> bool:
        """Whether loading again is offered."""
        return not self.button.isHidden()

    @property
    def text(self) -> str:
        """What the line says."""
        return self._text.text()

    def show_state(self, *, pending: bool, load_s: float | None) -> None:
        """Whether there is something to load for, and how long the last load took."""
        took = "" if load_s is None else f", {about(load_s)}"
        if pending:
            self._text.setText(f"Reloads the model{took}.")
        else:
            self._text.setText(
                f"Weights, precision and room for restarts: a change reloads the model{took}."
            )
        self.button.setVisible(pending)
