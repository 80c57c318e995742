"""The list of models that may draft: radio buttons, the refused ones with their reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from app.ui.badge import BadgeLabel
from app.ui.parts import Button, Text
from app.ui.wrapped_text import WrappedText

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QPaintEvent

    from app.model_details import DraftOption
    from app.ui.theme import Theme

_MARK = 16


class DraftOptions(QWidget):
    """All options, one below the other."""

    chosen = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(2)

    def show_options(self, options: Sequence[DraftOption]) -> None:
        """Show these in place of what was there."""
        while (item := self._column.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()
        for option in options:
            row = _OptionRow(self._theme, option)
            row.mark.clicked.connect(lambda _=False, name=option.id: self.chosen.emit(name))
            self._column.addWidget(row)


class _OptionRow(QFrame):
    """Mark, name, badge, and what is known of it."""

    def __init__(self, theme: Theme, option: DraftOption) -> None:
        super().__init__()
        if option.chosen and option.id:
            self.setProperty("surface", "card")
        self.mark = _Mark(theme, option)
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 8, 10, 8)
        row.setSpacing(10)
        row.addWidget(self.mark, 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout()
        column.setSpacing(2)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(Text(theme, option.name, "body_medium", "ink" if option.allowed else "ink3"))
        head.addStretch(1)
        if option.badge:
            kind = "accent" if option.chosen else "plain"
            head.addWidget(BadgeLabel(theme, option.badge, kind))
        column.addLayout(head)
        if option.text:
            column.addWidget(WrappedText(theme, option.text, "meta", "ink3"))
        row.addLayout(column, 1)


class _Mark(Button):
    """A round mark that can be chosen; filled where it is."""

    def __init__(self, theme: Theme, option: DraftOption) -> None:
        super().__init__()
        self._theme = theme
        self.setProperty("kind", "mark")
        self.setCheckable(True)
        self.setChecked(option.chosen)
        self.setEnabled(option.allowed)
        theme.fix(self, width=_MARK + 4, height=_MARK + 4)
        state = "refused" if option.badge == "Refused" else "chosen" if option.chosen else ""
        parts = (f"Draft with {option.name}" if option.id else option.name, state, option.text)
        self.setAccessibleName(". ".join(part for part in parts if part))
        self.setToolTip(option.name)
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        """The circle and room for the focus ring."""
        side = self._theme.px(_MARK + 4)
        return QSize(side, side)

    def nextCheckState(self) -> None:
        """Stay as it is until the pair has really been made."""

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the circle and, where chosen, its filling."""
        del event
        colors = self._theme.colors
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        on = self.isChecked()
        edge = colors.accent if on else colors.edge if self.isEnabled() else colors.line
        painter.setPen(QPen(edge, 1.4))
        painter.setBrush(colors.accent if on else colors.raised)
        place = self.rect().adjusted(2, 2, -3, -3)
        painter.drawEllipse(place)
        if on:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colors.on_accent)
            inset = place.width() // 3
            painter.drawEllipse(place.adjusted(inset, inset, -inset, -inset))
        painter.end()
