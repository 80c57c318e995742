"""For which length of conversation fits are planned: one of a few, side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QSizePolicy, QWidget

from app.ui.parts import Button, Text, hairline

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QKeyEvent

    from app.ui.theme import Theme


class ContextChoice(QWidget):
    """ "Plan for context" and its lengths; arrow keys move among them."""

    chosen = Signal(int)

    def __init__(self, theme: Theme, lengths: Sequence[int], chosen: int) -> None:
        super().__init__()
        self._group = QButtonGroup(self)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(10)
        row.addWidget(Text(theme, "Plan for context", "body", "ink2"))
        frame = QFrame()
        frame.setProperty("surface", "segments")
        inner = QHBoxLayout(frame)
        inner.setContentsMargins(1, 1, 1, 1)
        inner.setSpacing(0)
        for place, length in enumerate(lengths):
            if place:
                inner.addWidget(hairline(vertical=True))
            inner.addWidget(self._segment(theme, length, checked=length == chosen))
        frame.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        row.addWidget(frame)

    def _segment(self, theme: Theme, length: int, *, checked: bool) -> _Segment:
        segment = _Segment(self._group, f"{length // 1000}k")
        segment.setFont(theme.font("body_medium"))
        segment.setAccessibleName(f"Plan for a context of {length:,} tokens")
        segment.setChecked(checked)
        segment.clicked.connect(lambda: self.chosen.emit(length))
        self._group.addButton(segment)
        return segment


class _Segment(Button):
    def __init__(self, group: QButtonGroup, text: str) -> None:
        super().__init__(text)
        self._among = group
        self.setCheckable(True)
        self.setProperty("kind", "segment")
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The arrow keys choose the neighbour."""
        steps = {Qt.Key.Key_Right: 1, Qt.Key.Key_Left: -1}
        step = steps.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
            return
        if self.layoutDirection() == Qt.LayoutDirection.RightToLeft:
            step = -step
        buttons = self._among.buttons()
        place = buttons.index(self) + step
        if 0 <= place < len(buttons):
            buttons[place].setFocus(Qt.FocusReason.TabFocusReason)
            buttons[place].click()
