"""What is shown where a search finds nothing, with the way on: to look into documents too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.ui.parts import TextButton
from app.ui.wrapped_text import WrappedText

if TYPE_CHECKING:
    from app.ui.theme import Theme

_OFFER = "Search in documents too"
_SEARCHING = "Searching in documents…"


class NothingFound(QWidget):
    """One sentence, and a button unless documents have been searched already."""

    documents_wanted = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 12, 20, 0)
        column.setSpacing(8)
        self.sentence = WrappedText(theme, "", "body", "ink2")
        self.offer = TextButton(theme, _OFFER, "default", "document", compact=True)
        self.offer.clicked.connect(self._ask)
        column.addWidget(self.sentence)
        column.addWidget(self.offer)
        column.addStretch(1)

    def show_query(self, query: str, *, documents_too: bool) -> None:
        """Say that there is no `query`, in documents neither where these were searched."""
        if documents_too:
            said = f"Nothing found for ‘{query}’, in documents neither."
        else:
            said = f"Nothing found for ‘{query}’."
        self.sentence.setText(said)
        self.offer.setText(_OFFER)
        self.offer.setEnabled(True)
        self.offer.setVisible(not documents_too)

    def _ask(self) -> None:
        self.offer.setText(_SEARCHING)
        self.offer.setEnabled(False)
        self.documents_wanted.emit()
