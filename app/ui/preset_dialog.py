"""The list of presets: written, renamed, put into another order, removed; kept as one goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from app.presets import Preset
from app.ui.parts import IconButton, Text, TextButton
from app.ui.wrapped_text import WrappedText

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.ui.theme import Theme

_TITLE = "Presets"
_WHAT = "Instructions under a name, to be used in any conversation."
_NAME, _TEXT = "Name", "Instructions"
_NEW = "New preset"


class PresetDialog(QDialog):
    """`changed` carries all presets after each change."""

    changed = Signal(object)

    def __init__(self, theme: Theme, presets: Sequence[Preset], parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setModal(True)
        self.setWindowTitle(_TITLE)
        self._theme = theme
        self._presets = list(presets)
        self._showing = False
        self.list = QListWidget()
        self.list.setProperty("kind", "list")
        self.list.setFont(theme.font("body"))
        self.list.setAccessibleName(_TITLE)
        theme.fix(self.list, width=184)
        self.name = QLineEdit()
        self.name.setFont(theme.font("body"))
        self.name.setAccessibleName(_NAME)
        self.text = QPlainTextEdit()
        self.text.setProperty("kind", "field")
        self.text.setFont(theme.font("body"))
        self.text.setAccessibleName(_TEXT)
        self.text.setTabChangesFocus(True)
        self.text.setMinimumSize(theme.px(320), theme.px(160))
        self.add = IconButton(theme, "plus", _NEW)
        self.up = IconButton(theme, "chevron-up", "Move up")
        self.down = IconButton(theme, "chevron-down", "Move down")
        self.remove = IconButton(theme, "trash", "Delete this preset")
        self.close_button = TextButton(theme, "Done", "primary")
        self._connect()
        self._lay_out()
        self._fill(0)

    @property
    def presets(self) -> tuple[Preset, ...]:
        """As they are now."""
        return tuple(self._presets)

    def begin_new(self, text: str = "") -> None:
        """Append a preset and let its name be written."""
        self._presets.append(Preset(name=_NEW, text=text))
        self._fill(len(self._presets) - 1)
        self.name.setFocus()
        self.name.selectAll()
        self.changed.emit(self.presets)

    def _fill(self, row: int) -> None:
        """Show the list anew, with the preset in `row` open."""
        self._showing = True
        self.list.clear()
        self.list.addItems([preset.name for preset in self._presets])
        self._showing = False
        self.list.setCurrentRow(min(row, len(self._presets) - 1))
        self._open(self.list.currentRow())

    def _open(self, row: int) -> None:
        if self._showing:
            return
        there = 0 <= row < len(self._presets)
        self._showing = True
        self.name.setText(self._presets[row].name if there else "")
        self.text.setPlainText(self._presets[row].text if there else "")
        self._showing = False
        for part in (self.name, self.text, self.remove):
            part.setEnabled(there)
        self.up.setEnabled(row > 0)
        self.down.setEnabled(there and row < len(self._presets) - 1)

    def _edited(self) -> None:
        row = self.list.currentRow()
        if self._showing or row < 0:
            return
        name = self.name.text().strip() or _NEW
        update = {"name": name, "text": self.text.toPlainText()}
        self._presets[row] = self._presets[row].model_copy(update=update)
        self.list.item(row).setText(name)
        self.changed.emit(self.presets)

    def _move(self, step: int) -> None:
        row = self.list.currentRow()
        self._presets.insert(row + step, self._presets.pop(row))
        self._fill(row + step)
        self.changed.emit(self.presets)

    def _remove(self) -> None:
        row = self.list.currentRow()
        del self._presets[row]
        self._fill(row)
        self.changed.emit(self.presets)
        (self.list if self._presets else self.add).setFocus()

    def _connect(self) -> None:
        self.list.currentRowChanged.connect(self._open)
        self.name.textEdited.connect(self._edited)
        self.text.textChanged.connect(self._edited)
        self.add.clicked.connect(lambda: self.begin_new())
        self.up.clicked.connect(lambda: self._move(-1))
        self.down.clicked.connect(lambda: self._move(1))
        self.remove.clicked.connect(self._remove)
        self.close_button.clicked.connect(self.accept)

    def _lay_out(self) -> None:
        tools = QHBoxLayout()
        tools.setSpacing(2)
        for button in (self.add, self.up, self.down, self.remove):
            tools.addWidget(button)
        tools.addStretch(1)
        left = QVBoxLayout()
        left.setSpacing(6)
        left.addWidget(self.list, 1)
        left.addLayout(tools)
        right = QVBoxLayout()
        right.setSpacing(6)
        right.addWidget(Text(self._theme, _NAME, "meta", "ink3"))
        right.addWidget(self.name)
        right.addWidget(Text(self._theme, _TEXT, "meta", "ink3"))
        right.addWidget(self.text, 1)
        both = QHBoxLayout()
        both.setSpacing(16)
        both.addLayout(left)
        both.addLayout(right, 1)
        end = QHBoxLayout()
        end.addStretch(1)
        end.addWidget(self.close_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 20)
        column.setSpacing(12)
        column.addWidget(Text(self._theme, _TITLE, "heading"))
        column.addWidget(WrappedText(self._theme, _WHAT, "body", "ink2"))
        column.addLayout(both, 1)
        column.addLayout(end)
