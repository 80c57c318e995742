"""Whether the model thinks before it answers, where it can be told to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.ui.parts import TextButton

if TYPE_CHECKING:
    from app.ui.theme import Theme

_NAME = "Thinking"
_ON = "The model thinks before it answers: slower, and better where it has to work something out"
_OFF = "The model answers at once, without thinking first"


class ThinkingSwitch(TextButton):
    """Hidden until a model is there that can be switched; pressed in while it thinks."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, _NAME, "toggle", compact=True)
        self.setCheckable(True)
        self.setAccessibleName(_NAME)
        self.toggled.connect(self._explain)
        self._explain(False)
        self.hide()

    def show_thinking(self, thinking: bool | None) -> None:
        """Show whether the model will think; `None` where that cannot be chosen."""
        self.setVisible(thinking is not None)
        self.setChecked(bool(thinking))

    def _explain(self, thinking: bool) -> None:
        tip = _ON if thinking else _OFF
        self.setToolTip(tip)
        self.setAccessibleDescription(tip)
