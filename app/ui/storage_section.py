"""What is kept on this computer, how large it is and where; and the way to be rid of all of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from app.ui.parts import ElidedText, Text, TextButton
from app.ui.plain_tip import plain_tip
from app.ui.wrapped_text import WrappedText
from app.wording import UNKNOWN, size

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.storage import Kept
    from app.ui.theme import Theme

WORDS = "storage place size folder disk delete everything conversations attachments models"
_NAMES = {
    "conversations": "Conversations",
    "attachments": "Attachments",
    "models": "Models and prepared weights",
    "resume": "Kept for quick restarts",
}


class StorageSection(QWidget):
    """`folder_wanted` carries a path to show; `erase_wanted` asks to delete everything."""

    folder_wanted = Signal(object)
    erase_wanted = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._folders: dict[str, object] = {}
        self._sizes: dict[str, Text] = {}
        self._shows: dict[str, TextButton] = {}
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 12)
        column.setSpacing(12)
        column.addWidget(
            WrappedText(theme, "Everything is kept on this computer only.", "body_medium")
        )
        column.addLayout(self._grid())
        self.place = ElidedText(theme, "", "meta", "ink3")
        column.addWidget(self.place)
        row = QHBoxLayout()
        self.erase = TextButton(theme, "Delete everything…", "danger", "trash")
        self.erase.clicked.connect(self.erase_wanted)
        row.addWidget(self.erase)
        row.addStretch(1)
        column.addLayout(row)

    def show_kept(self, kept: Sequence[Kept]) -> None:
        """Sizes and folders, as they were found."""
        for one in kept:
            words = size(one.size) if one.size else "Nothing"
            self._sizes[one.name].setText(words)
            self._sizes[one.name].setAccessibleName(f"{_NAMES[one.name]}: {words}")
            self._folders[one.name] = one.folder
            self._shows[one.name].setToolTip(plain_tip(str(one.folder)))
            self._shows[one.name].setEnabled(one.folder.is_dir())
        if kept:
            self.place.set_full(f"In {kept[0].folder}")

    def _grid(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(6)
        grid.setColumnStretch(0, 1)
        for row, (name, words) in enumerate(_NAMES.items()):
            amount = Text(self._theme, UNKNOWN, "body", "ink2")
            show = TextButton(self._theme, "Show", "link")
            show.setAccessibleName(f"Show the folder: {words}")
            show.setEnabled(False)
            show.clicked.connect(
                lambda _on=False, n=name: self.folder_wanted.emit(self._folders[n])
            )
            self._sizes[name], self._shows[name] = amount, show
            grid.addWidget(WrappedText(self._theme, words, "body", "ink"), row, 0)
            grid.addWidget(amount, row, 1, Qt.AlignmentFlag.AlignRight)
            grid.addWidget(show, row, 2)
        return grid
