"""What the model is told before everything else in one conversation: text, presets, and the cost.

It knows nothing of conversations: it is given a text, and hands back another.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QMenu, QPlainTextEdit, QVBoxLayout, QWidget

from app.ui.parts import Text, TextButton
from app.ui.wrapped_text import WrappedText

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QKeyEvent

    from app.presets import Preset
    from app.ui.theme import Theme

_TITLE = "Instructions"
_WHAT = "The model reads this before everything else in this conversation."
_PLACEHOLDER = "For example: Answer in short sentences, and quote the page."
_PRICE_DELAY_MS = 250
_WIDTH, _HEIGHT = 520, 180


class InstructionsDialog(QDialog):
    """`chosen` carries the new text, `price_wanted` one whose cost is to be shown.

    `save_wanted` asks to keep the text as a preset, `manage_wanted` for the list of presets.
    """

    chosen = Signal(str)
    price_wanted = Signal(str)
    save_wanted = Signal(str)
    manage_wanted = Signal()

    def __init__(self, theme: Theme, text: str, presets: Sequence[Preset], parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setModal(True)
        self.setWindowTitle(_TITLE)
        self._before = text
        self.editor = QPlainTextEdit(text)
        self.editor.setProperty("kind", "field")
        self.editor.setFont(theme.font("reading"))
        self.editor.setPlaceholderText(_PLACEHOLDER)
        self.editor.setAccessibleName(_TITLE)
        self.editor.setTabChangesFocus(True)
        self.editor.setMinimumSize(theme.px(_WIDTH), theme.px(_HEIGHT))
        self.presets = TextButton(theme, "Presets", "default", "chevron-down")
        self.presets.set_trailing_icon()
        self._menu = QMenu(self)
        self.presets.setMenu(self._menu)
        self.cost = WrappedText(theme, "", "meta", "ink2")
        self.cost.setMinimumHeight(theme.line("meta"))
        self.cancel = TextButton(theme, "Cancel", "default")
        self.cancel.clicked.connect(self.reject)
        self.apply = TextButton(theme, "Use these instructions", "primary")
        self.apply.clicked.connect(self._apply)
        self._delay = QTimer(self, interval=_PRICE_DELAY_MS, singleShot=True)
        self._delay.timeout.connect(lambda: self.price_wanted.emit(self.text))
        self.editor.textChanged.connect(self._changed)
        self._lay_out(theme)
        self.set_presets(presets)
        self._changed()
        self.editor.setFocus()

    @property
    def text(self) -> str:
        """What is written now."""
        return self.editor.toPlainText().strip()

    def set_presets(self, presets: Sequence[Preset]) -> None:
        """Offer these."""
        self._menu.clear()
        for preset in presets:
            action = self._menu.addAction(preset.name.replace("&", "&&"))
            action.triggered.connect(lambda _on=False, t=preset.text: self._take(t))
        if presets:
            self._menu.addSeparator()
        self._menu.addAction("No instructions").triggered.connect(lambda: self._take(""))
        self._save = self._menu.addAction("Save this text as a preset…")
        self._save.triggered.connect(lambda: self.save_wanted.emit(self.text))
        self._save.setEnabled(bool(self.text))
        self._menu.addAction("Manage presets…").triggered.connect(self.manage_wanted)

    def show_cost(self, words: str) -> None:
        """What the text costs that was asked about last."""
        self.cost.setText(words)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ctrl+Enter takes the text over; Enter alone breaks the line."""
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if enter and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._apply()
        else:
            super().keyPressEvent(event)

    def _take(self, text: str) -> None:
        """A preset takes the place of the text; Ctrl+Z brings that back."""
        cursor = self.editor.textCursor()
        cursor.select(cursor.SelectionType.Document)
        cursor.insertText(text)
        self.editor.setFocus()

    def _changed(self) -> None:
        self.apply.setEnabled(self.text != self._before.strip())
        self._save.setEnabled(bool(self.text))
        self._delay.start()

    def _apply(self) -> None:
        if self.apply.isEnabled():
            self.chosen.emit(self.text)
            self.accept()

    def _lay_out(self, theme: Theme) -> None:
        head = QHBoxLayout()
        head.addWidget(Text(theme, _TITLE, "heading"))
        head.addStretch(1)
        head.addWidget(self.presets)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addStretch(1)
        buttons.addWidget(self.cancel)
        buttons.addWidget(self.apply)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 20)
        column.setSpacing(12)
        column.addLayout(head)
        column.addWidget(WrappedText(theme, _WHAT, "body", "ink2"))
        column.addWidget(self.editor, 1)
        column.addWidget(self.cost)
        column.addLayout(buttons)
