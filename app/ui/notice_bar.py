"""A message above the composer about what is kept on the disk: what happened, and the ways out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from app.ui.column import Column
from app.ui.icon_label import IconLabel
from app.ui.parts import IconButton, TextButton
from app.ui.wrapped_text import WrappedText

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.ui.theme import Theme


@dataclass(frozen=True, slots=True)
class Notice:
    """What is said. `ways` are the words on buttons, and what these do.

    A `quiet` one tells of what went well, and interrupts nobody who listens to the screen.
    """

    sentence: str
    details: str = ""
    ways: tuple[tuple[str, Callable[[], None]], ...] = ()
    quiet: bool = False


class NoticeBar(Column):
    """Shows one notice at a time; a person may put it away."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._theme = theme
        self._sentence = WrappedText(theme, "", "body", "ink")
        self._details = WrappedText(theme, "", "meta", "ink3")
        self._details.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._close = IconButton(theme, "close", "Close this message")
        self._close.clicked.connect(self.hide)
        self._warning = IconLabel(theme, "warning", "warn")
        self._done = IconLabel(theme, "check", "ok")
        self._ways = QHBoxLayout()
        self._ways.setSpacing(8)
        self._lay_out()
        self.hide()

    @property
    def sentence(self) -> str:
        """What is said; nothing while the bar is hidden."""
        return "" if self.isHidden() else self._sentence.text()

    def show_notice(self, notice: Notice) -> None:
        """Say `notice` in place of what was said before."""
        self._sentence.setText(notice.sentence)
        self._details.setText(notice.details)
        self._details.hide()
        while (item := self._ways.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()
        for words, act in notice.ways:
            self._add_way(words, act)
        if notice.details:
            self._add_way("Details", lambda: self._details.setVisible(self._details.isHidden()))
        self._ways.addStretch(1)
        self.setAccessibleName(notice.sentence)
        self._warning.setVisible(not notice.quiet)
        self._done.setVisible(notice.quiet)
        self.show()
        told = QAccessibleAnnouncementEvent(self, notice.sentence)
        politeness = QAccessible.AnnouncementPoliteness
        told.setPoliteness(politeness.Polite if notice.quiet else politeness.Assertive)
        QAccessible.updateAccessibility(told)

    def _add_way(self, words: str, act: Callable[[], None]) -> None:
        kind = "quiet" if words == "Details" else "default"
        button = TextButton(self._theme, words, kind, compact=True)
        button.clicked.connect(act)
        self._ways.addWidget(button)

    def _lay_out(self) -> None:
        card = QFrame()
        card.setProperty("surface", "card")
        column = QVBoxLayout()
        column.setSpacing(8)
        column.addWidget(self._sentence)
        column.addWidget(self._details)
        column.addLayout(self._ways)
        row = QHBoxLayout(card)
        row.setContentsMargins(16, 12, 8, 12)
        row.setSpacing(8)
        for icon in (self._warning, self._done):
            row.addWidget(icon, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(column, 1)
        row.addWidget(self._close, 0, Qt.AlignmentFlag.AlignTop)
        self.content.addWidget(card)
        self.set_vertical_padding(0, 12)
