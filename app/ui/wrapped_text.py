"""Text of several lines, as far apart as the type table says: a plain label knows only its font."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from app.ui.parts import Text

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
        self._theme, self._style = theme, style
        self.setTextFormat(Qt.TextFormat.RichText)
        self.setWordWrap(True)
        self.setText(text)
        theme.changed.connect(self._set_apart)

    def setText(self, text: str) -> None:
        """Show `text`, each of its characters as it is."""
        self._plain = text
        self.setAccessibleName(text)
        self._set_apart()

    def text(self) -> str:
        """What is shown, without the markup that sets the lines apart."""
        return self._plain

    def _set_apart(self) -> None:
        look = f"line-height:{self._theme.line(self._style)}px; margin:0; white-space:pre-wrap"
        words = escape(self._plain).replace("\n", "<br>")
        super().setText(f'<p style="{look}">{words}</p>' if words else "")
