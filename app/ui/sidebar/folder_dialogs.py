"""The two questions about folders: what a new one is called, and what becomes of its content."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from app.ui.parts import Text, TextButton
from app.ui.wrapped_text import WrappedText

if TYPE_CHECKING:
    from app.ui.theme import Theme

_WIDTH = 400


class FolderNameDialog(QDialog):
    """Asks for a name; `named` carries it."""

    named = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setModal(True)
        self.setWindowTitle("New folder")
        column = _column(self)
        column.addWidget(Text(theme, "New folder", "heading"))
        self.name = QLineEdit()
        self.name.setFont(theme.font("body"))
        self.name.setPlaceholderText("Name")
        self.name.setAccessibleName("Name of the folder")
        theme.fix(self.name, width=_WIDTH)
        self.name.textChanged.connect(self._judge)
        column.addWidget(self.name)
        row = QHBoxLayout()
        row.setSpacing(8)
        self.cancel = TextButton(theme, "Cancel", "default")
        self.cancel.clicked.connect(self.reject)
        self.create_folder = TextButton(theme, "Create", "primary")
        self.create_folder.clicked.connect(self._create)
        self.create_folder.setDefault(True)
        row.addStretch(1)
        row.addWidget(self.cancel)
        row.addWidget(self.create_folder)
        column.addLayout(row)
        self._judge()
        self.name.setFocus()

    def _judge(self) -> None:
        named = bool(self._given())
        self.create_folder.setEnabled(named)
        self.create_folder.setToolTip("" if named else "A folder needs a name")

    def _given(self) -> str:
        return " ".join(self.name.text().split())

    def _create(self) -> None:
        self.accept()
        self.named.emit(self._given())


class FolderDeletionDialog(QDialog):
    """Asks what becomes of the conversations; `decided` says whether they are deleted too."""

    decided = Signal(bool)

    def __init__(self, theme: Theme, name: str, count: int, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setModal(True)
        self.setWindowTitle("Delete a folder")
        column = _column(self)
        question = WrappedText(theme, f"Delete the folder ‘{name}’?", "heading")
        theme.fix(question, width=_WIDTH)
        column.addWidget(question)
        words = WrappedText(theme, _consequence(count), "body", "ink2")
        theme.fix(words, width=_WIDTH)
        column.addWidget(words)
        self.setAccessibleDescription(_consequence(count))
        self.cancel = TextButton(theme, "Cancel", "quiet")
        self.cancel.clicked.connect(self.reject)
        self.delete_all = TextButton(
            theme, "Delete it too" if count == 1 else "Delete them too", "danger"
        )
        self.delete_all.clicked.connect(lambda: self._decide(with_conversations=True))
        self.keep = TextButton(
            theme,
            "Keep its conversation" if count == 1 else f"Keep its {count:,} conversations",
            "primary",
        )
        self.keep.clicked.connect(lambda: self._decide(with_conversations=False))
        self.keep.setDefault(True)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.cancel)
        row.addStretch(1)
        row.addWidget(self.delete_all)
        row.addWidget(self.keep)
        column.addLayout(row)
        self.keep.setFocus()

    def _decide(self, *, with_conversations: bool) -> None:
        self.accept()
        self.decided.emit(with_conversations)


def _consequence(count: int) -> str:
    if count == 1:
        return "Its conversation can stay, under its date."
    return "Its conversations can stay, under their dates."


def _column(dialog: QDialog) -> QVBoxLayout:
    column = QVBoxLayout(dialog)
    column.setContentsMargins(24, 20, 24, 20)
    column.setSpacing(12)
    return column
