"""Text of several lines, as far apart as the type table says: a plain label knows only its font."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from app.ui.parts import Text
from app.ui.tokens import TYPE

if TYPE_CHECKING:
    from app.ui.theme import Theme
    from app.ui.tokens import TypeStyle


class WrappedText(Text):
    """Plain text that breaks where its line is full."""

    def __init__(
        self, theme: Theme, text: str, style: TypeStyle = "body", ink: str = "ink"
    ) -> None:
        super().__init__(theme, "", style, ink)
        self._plain = ""
        self._look = f"line-height:{TYPE[style].line}px; margin:0; white-space:pre-wrap"
        self.setTextFormat(Qt.TextFormat.RichText)
        self.setWordWrap(True)
        self.setText(text)

    def setText(self, text: str) -> None:
        """Show `text`, each of its characters as it is."""
        self._plain = text
        self.setAccessibleName(text)
        words = escape(text).replace("\n", "<br>")
        super().setText(f'<p style="{self._look}">{words}</p>' if text else "")

    def text(self) -> str:
        """What is shown, without the markup that sets the lines apart."""
        return self._plain
