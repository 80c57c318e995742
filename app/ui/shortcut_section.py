"""The list of all actions with their keys, which can be changed; a conflict names the other one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QHBoxLayout, QKeySequenceEdit, QLineEdit, QVBoxLayout, QWidget

from app.ui.action_keys import can_be_keys
from app.ui.parts import IconButton, TextButton
from app.ui.wrapped_text import WrappedText

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent

    from app.ui.action_keys import ActionKeys
    from app.ui.theme import Theme

WORDS = "shortcuts keys keyboard"
_HOLD = "Hold Ctrl or Alt as well, or press a function key: single keys write text."


class KeyField(QKeySequenceEdit):
    """Takes one combination. Backspace takes the keys away, Esc is not for this field."""

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__()
        self.setMaximumSequenceLength(1)
        self.setAccessibleName(f"Keys for: {name}")
        self.setFont(theme.font("body"))
        theme.fix(self, width=168)
        for inner in self.findChildren(QLineEdit):
            inner.setAccessibleName(self.accessibleName())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take keys, but for those that have a meaning here."""
        alone = event.modifiers() == Qt.KeyboardModifier.NoModifier
        if event.key() == Qt.Key.Key_Escape:
            event.ignore()
        elif alone and event.key() in (Qt.Key.Key_Backspace, Qt.Key.Key_Delete):
            self.clear()
            self.editingFinished.emit()
        else:
            super().keyPressEvent(event)


class ShortcutRow(QWidget):
    """One action: its name, its keys, the way back to the usual ones, and a conflict."""

    def __init__(self, theme: Theme, keys: ActionKeys, name: str) -> None:
        super().__init__()
        self._keys, self._name = keys, name
        self._wanted = QKeySequence()
        self.words = keys.words(name)
        self.field = KeyField(theme, self.words)
        self.reset = IconButton(theme, "retry", f"Usual keys for: {self.words}")
        self.reset.clicked.connect(lambda: keys.reset(name))
        keep = self.reset.sizePolicy()
        keep.setRetainSizeWhenHidden(True)
        self.reset.setSizePolicy(keep)
        self.conflict = WrappedText(theme, "", "meta", "danger")
        self.take = TextButton(theme, "Use them here", "link")
        self.take.clicked.connect(self._take)
        self.field.editingFinished.connect(self._entered)
        keys.changed.connect(self.refresh)
        self._lay_out(theme)
        self.refresh()

    def refresh(self) -> None:
        """Show the keys in force."""
        self.field.setKeySequence(self._keys.keys(self._name))
        self.reset.setVisible(not self._keys.is_usual(self._name))
        self._show_conflict("", offer=False)

    def _entered(self) -> None:
        entered = self.field.keySequence()
        if entered == self._keys.keys(self._name):
            return
        if not can_be_keys(entered):
            self.field.setKeySequence(self._keys.keys(self._name))
            self._show_conflict(_HOLD, offer=False)
            return
        holder = self._keys.holder(entered, self._name)
        if holder is None:
            self._keys.give(self._name, entered)
            return
        self._wanted = entered
        words = entered.toString(QKeySequence.SequenceFormat.NativeText)
        self.field.setKeySequence(self._keys.keys(self._name))
        self._show_conflict(f"{words} belongs to ‘{self._keys.words(holder)}’.", offer=True)

    def _take(self) -> None:
        self._keys.give(self._name, self._wanted)
        self.field.setFocus()

    def _show_conflict(self, words: str, *, offer: bool) -> None:
        self.conflict.setText(words)
        self.conflict.setVisible(bool(words))
        self.take.setVisible(offer)

    def _lay_out(self, theme: Theme) -> None:
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addWidget(WrappedText(theme, self.words), 1)
        line.addWidget(self.field)
        line.addWidget(self.reset)
        below = QHBoxLayout()
        below.setSpacing(8)
        below.addWidget(self.conflict, 1)
        below.addWidget(self.take)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(16, 4, 8, 4)
        whole.setSpacing(2)
        whole.addLayout(line)
        whole.addLayout(below)


class ShortcutSection(QWidget):
    """All rows are made by `rows`, so that each can be found by its own words."""

    def __init__(self, theme: Theme, keys: ActionKeys) -> None:
        super().__init__()
        self.rows = [ShortcutRow(theme, keys, name) for name in keys.names()]
        self.reset_all = TextButton(theme, "Reset all keys", "default", "retry", compact=True)
        self.reset_all.clicked.connect(keys.reset_all)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 10, 8, 10)
        row.addWidget(
            WrappedText(
                theme,
                "Click a field and press the keys. Backspace takes them away.",
                "meta",
                "ink3",
            ),
            1,
            Qt.AlignmentFlag.AlignVCenter,
        )
        row.addWidget(self.reset_all)
