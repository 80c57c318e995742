"""The quiet bar under the header after a run that did not end as it should."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout

from app.ui.fault_dialog import FaultDialog
from app.ui.icon_label import IconLabel
from app.ui.parts import IconButton, TextButton, hairline
from app.ui.wrapped_text import WrappedText

if TYPE_CHECKING:
    from app.ui.theme import Theme

_ENDED = "Tanka did not close properly last time. Your conversations are here."
_NO_REPORT = (
    "Tanka did not close properly last time: it was ended from outside, and left no report. Your "
    "conversations are here."
)
_HEADING = "Tanka did not close properly"
_REPORT = (
    "This is what it left behind. Nothing of your conversations is in it, and it is sent to nobody."
)


class CrashBar(QFrame):
    """Hidden unless there is something to tell; it goes when it is dismissed."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._report = ""
        self._text = WrappedText(theme, "", "body", "ink2")
        self.show_report = TextButton(theme, "Show report", "quiet", compact=True)
        self.show_report.clicked.connect(self._open)
        self.copy = TextButton(theme, "Copy", "quiet", "copy", compact=True)
        self.copy.setAccessibleName("Copy report")
        self.copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self._report))
        self.dismiss = IconButton(theme, "close", "Dismiss")
        self.dismiss.clicked.connect(self.hide)
        self._lay_out()
        self.hide()

    @property
    def text(self) -> str:
        """What the bar says."""
        return self._text.text()

    def show_end(self, report: str) -> None:
        """Say that the last run ended badly; `report` is what it left, if anything."""
        self._report = report
        self._text.setText(_ENDED if report else _NO_REPORT)
        self.setAccessibleName(self.text)
        self.show_report.setVisible(bool(report))
        self.copy.setVisible(bool(report))
        self.show()

    def _open(self) -> None:
        dialog = FaultDialog(self._theme, _REPORT, self._report, self, heading=_HEADING)
        dialog.toggle_details()
        dialog.show()

    def _lay_out(self) -> None:
        self.setProperty("surface", "bg")
        row = QHBoxLayout()
        row.setContentsMargins(20, 6, 16, 6)
        row.setSpacing(8)
        row.addWidget(IconLabel(self._theme, "info", "ink2"))
        row.addWidget(self._text, 1)
        row.addWidget(self.show_report)
        row.addWidget(self.copy)
        row.addWidget(self.dismiss)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(row)
        column.addWidget(hairline())
