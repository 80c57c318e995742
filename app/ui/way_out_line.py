"""The line under the composer's bar: why a draft is too long, and what helps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from app.ui.parts import Text, TextButton

if TYPE_CHECKING:
    from app.ui.theme import Theme
    from app.ui.token_meter import WayOut

_TEXTS: dict[WayOut, str] = {
    "": "",
    "new_conversation": "This conversation is full.",
    "fewer_pages": "Remove a document, or ask about fewer pages.",
    "shorter_text": "Shorten the question.",
}


class WayOutLine(QWidget):
    """Hidden while the draft can be sent."""

    new_conversation_requested = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._text = Text(theme, "", "body", "ink2")
        self.new_conversation = TextButton(theme, "New conversation", "link")
        self.new_conversation.setToolTip("Ask this in a new conversation")
        self.new_conversation.clicked.connect(self.new_conversation_requested)
        row = QHBoxLayout(self)
        row.setContentsMargins(4, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self._text)
        row.addWidget(self.new_conversation)
        row.addStretch()
        self.hide()

    @property
    def text(self) -> str:
        """What the line says."""
        return self._text.text()

    def show_way(self, way: WayOut) -> None:
        """Say what helps."""
        self._text.setText(_TEXTS[way])
        self.new_conversation.setVisible(way == "new_conversation")
        self.setVisible(bool(way))
