"""The question before a link is opened: the whole address, and what to be careful about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from app.ui.icon_label import IconLabel
from app.ui.parts import Text, TextButton
from app.ui.wrapped_text import WrappedText

if TYPE_CHECKING:
    from app.ui.addresses import Address
    from app.ui.theme import Theme

_WIDTH = 440


class LinkDialog(QDialog):
    """Asks; only its button opens anything."""

    def __init__(self, theme: Theme, address: Address, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setModal(True)
        self.setWindowTitle("Open a link")
        self.address = address
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 20)
        column.setSpacing(12)
        column.addWidget(Text(theme, "Open this address in the browser?", "heading"))
        shown = Text(theme, _breakable(address.shown), "code", "ink")
        shown.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        shown.setWordWrap(True)
        shown.setFixedWidth(_WIDTH)
        shown.setAccessibleName(f"Address: {address.shown}")
        column.addWidget(shown)
        for caution in address.cautions:
            column.addLayout(self._caution(theme, caution))
        column.addSpacing(4)
        column.addLayout(self._buttons(theme))
        self.setAccessibleDescription(". ".join((address.shown, *address.cautions)))

    def _caution(self, theme: Theme, caution: str) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(IconLabel(theme, "warning", "warn"), 0, Qt.AlignmentFlag.AlignTop)
        words = WrappedText(theme, caution, "body", "warn")
        row.addWidget(words, 1)
        return row

    def _buttons(self, theme: Theme) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        self.copy = TextButton(theme, "Copy address", "quiet", "copy")
        self.copy.clicked.connect(self._copy_address)
        self.cancel = TextButton(theme, "Don't open", "default")
        self.cancel.clicked.connect(self.reject)
        self.open_address = TextButton(theme, "Open", "primary")
        self.open_address.clicked.connect(self._open)
        row.addWidget(self.copy)
        row.addStretch(1)
        row.addWidget(self.cancel)
        row.addWidget(self.open_address)
        # What is pressed by accident opens nothing.
        self.cancel.setDefault(True)
        self.cancel.setFocus()
        return row

    def _copy_address(self) -> None:
        QGuiApplication.clipboard().setText(self.address.target)
        self.reject()

    def _open(self) -> None:
        self.accept()
        QDesktopServices.openUrl(QUrl(self.address.target))


def _breakable(address: str) -> str:
    """`address` with places where a line may break: a label breaks between words only."""
    return "\u200b".join(address)
