"""The dialog that tells of a fault: one sentence, the report behind "Details", ways on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from app.ui.parts import Text, TextButton
from app.ui.wrapped_text import WrappedText

if TYPE_CHECKING:
    from app.ui.theme import Theme


class FaultDialog(QDialog):
    """Not modal: whatever still works can be used while it is open."""

    def __init__(
        self,
        theme: Theme,
        sentence: str,
        report: str,
        parent: QWidget,
        heading: str = "Something failed",
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Tanka met a fault")
        self._report = report
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 20)
        column.setSpacing(12)
        column.addWidget(Text(theme, heading, "heading"))
        words = WrappedText(theme, sentence, "body", "ink2")
        words.setFixedWidth(440)
        column.addWidget(words)
        self.details = QPlainTextEdit(report, readOnly=True)
        self.details.setAccessibleName("Report")
        self.details.hide()
        self.details.setProperty("surface", "card")
        self.details.setFont(theme.font("code"))
        self.details.setMinimumHeight(200)
        column.addWidget(self.details, 1)
        column.addLayout(self._buttons(theme))

    def _buttons(self, theme: Theme) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        details = TextButton(theme, "Details", "quiet")
        details.clicked.connect(self.toggle_details)
        copy = TextButton(theme, "Copy report", "default", "copy")
        copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self._report))
        on = TextButton(theme, "Go on", "primary")
        on.setDefault(True)
        on.clicked.connect(self.accept)
        row.addWidget(details)
        row.addStretch(1)
        row.addWidget(copy)
        row.addWidget(on)
        return row

    def toggle_details(self) -> None:
        """Show the report, or fold it away again."""
        self.details.setVisible(self.details.isHidden())
        self.adjustSize()
