"""Offers to attach a long text that was pasted, instead of having it in the question."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from app.ui.parts import IconButton, Text, TextButton
from engine import DocumentPage, DocumentPart

if TYPE_CHECKING:
    from PySide6.QtGui import QTextCursor

    from app.ui.theme import Theme

PASTED_NAME = "Pasted text.txt"


class PasteOffer(QWidget):
    """One line about the text that was pasted last; it goes when it is answered."""

    accepted = Signal(object)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._range: QTextCursor | None = None
        self._text = Text(theme, "", "meta", "ink2")
        self.attach = TextButton(theme, "Attach as text file", "default", "document", compact=True)
        self.attach.clicked.connect(self._accept)
        self.keep = IconButton(theme, "close", "Keep it as text")
        self.keep.clicked.connect(self.dismiss)
        row = QHBoxLayout(self)
        row.setContentsMargins(4, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self._text)
        row.addStretch()
        row.addWidget(self.attach)
        row.addWidget(self.keep)
        self.hide()

    def offer(self, pasted: QTextCursor) -> None:
        """Ask about the text that `pasted` spans, wherever editing moves it meanwhile."""
        self._range = pasted
        length = abs(pasted.position() - pasted.anchor())
        self._text.setText(f"{length:,} characters pasted")
        self.show()

    def dismiss(self) -> None:
        """Leave the text where it is."""
        self._range = None
        self.hide()

    def _accept(self) -> None:
        pasted = self._range
        self.dismiss()
        if pasted is not None and pasted.hasSelection():
            part = text_part(pasted.selection().toPlainText())
            pasted.removeSelectedText()
            self.accepted.emit(part)


def text_part(text: str) -> DocumentPart:
    """`text` as if it had been read from a file."""
    data = text.encode()
    digest = hashlib.sha256(data).hexdigest()
    return DocumentPart(PASTED_NAME, digest, len(data), (DocumentPage(1, text),))
