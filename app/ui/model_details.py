"""The details of a model, at the side of the page of models."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from app.ui.draft_options import DraftOptions
from app.ui.flow_layout import FlowLayout
from app.ui.icon_label import IconLabel
from app.ui.parts import ElidedText, IconButton, Text, TextButton, hairline
from app.ui.wrapped_text import WrappedText

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent

    from app.model_details import Details, Fact
    from app.ui.theme import Theme

WIDTH = 392
_HEADER_HEIGHT = 48
_NAMES_WIDTH = 104


class ModelDetails(QFrame):
    """What is known of one model, and what can be done with it. `wanted` as in `ModelsCard`."""

    wanted = Signal(str, str)
    draft_chosen = Signal(str, str)
    link_wanted = Signal(str)
    closed = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._id = ""
        self.setProperty("surface", "bg")
        self._title = ElidedText(theme, "", "body_strong")
        close = IconButton(theme, "close", "Close the details")
        close.clicked.connect(self.closed)
        self._about_drafts = WrappedText(theme, "", "body", "ink2")
        self._options = DraftOptions(theme)
        self._options.chosen.connect(lambda name: self.draft_chosen.emit(self._id, name))
        self._facts, self._sources = _fact_grid(), _fact_grid()
        self._sources_part = QWidget()
        self._verify = self._verb_button("Verify again", "default", "retry", "verify")
        self._show = self._verb_button("Show in folder", "default", "folder", "show")
        self._remove = self._verb_button("Remove…", "remove", "", "remove")
        self._lay_out(close)

    def show_details(self, details: Details) -> None:
        """Show these."""
        self._id = details.id
        self._title.set_full(details.name)
        self.setAccessibleName(f"Details of {details.name}")
        self._drafts.setVisible(bool(details.draft_text))
        self._about_drafts.setText(details.draft_text)
        self._options.show_options(details.options)
        self._show_facts(self._facts, details.facts)
        self._show_facts(self._sources, details.sources)
        self._sources_part.setVisible(bool(details.sources))
        self._footer.setVisible(details.here)
        self._remove.setToolTip(details.removes)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc closes them."""
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        else:
            super().keyPressEvent(event)

    def _verb_button(self, text: str, kind: str, icon: str, verb: str) -> TextButton:
        button = TextButton(self._theme, text, kind, icon, compact=True)
        button.clicked.connect(lambda: self.wanted.emit(self._id, verb))
        return button

    def _lay_out(self, close: QWidget) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        head = QWidget()
        self._theme.fix(head, height=_HEADER_HEIGHT)
        row = QHBoxLayout(head)
        row.setContentsMargins(20, 0, 12, 0)
        row.addWidget(self._title, 1)
        row.addWidget(close)
        column.addWidget(head)
        column.addWidget(hairline())
        area = QScrollArea()
        area.setAccessibleName("Details")
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        area.setWidget(self._content())
        column.addWidget(area, 1)
        self._footer = self._foot()
        column.addWidget(self._footer)

    def _content(self) -> QWidget:
        content = QFrame()
        content.setProperty("surface", "bg")
        column = QVBoxLayout(content)
        column.setContentsMargins(20, 16, 20, 20)
        column.setSpacing(0)
        self._drafts = QWidget()
        drafts = QVBoxLayout(self._drafts)
        drafts.setContentsMargins(0, 0, 0, 20)
        drafts.setSpacing(4)
        drafts.addWidget(Text(self._theme, "Draft model", "body_strong"))
        drafts.addWidget(self._about_drafts)
        drafts.addSpacing(8)
        pulled = QHBoxLayout()
        pulled.setContentsMargins(-10, 0, -10, 0)
        pulled.addWidget(self._options)
        drafts.addLayout(pulled)
        column.addWidget(self._drafts)
        column.addWidget(Text(self._theme, "Files", "body_strong"))
        column.addSpacing(8)
        column.addLayout(self._facts)
        sources = QVBoxLayout(self._sources_part)
        sources.setContentsMargins(0, 20, 0, 0)
        sources.setSpacing(8)
        sources.addWidget(Text(self._theme, "Where this is known from", "body_strong"))
        sources.addLayout(self._sources)
        column.addWidget(self._sources_part)
        column.addStretch(1)
        return content

    def _foot(self) -> QWidget:
        foot = QWidget()
        outer = QVBoxLayout(foot)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(hairline())
        row = QHBoxLayout()
        row.setContentsMargins(20, 12, 12, 12)
        row.setSpacing(8)
        ways = FlowLayout(gap=8)
        ways.addWidget(self._verify)
        ways.addWidget(self._show)
        row.addLayout(ways, 1)
        row.addWidget(self._remove, 0, Qt.AlignmentFlag.AlignTop)
        outer.addLayout(row)
        return foot

    def _show_facts(self, grid: QGridLayout, facts: tuple[Fact, ...]) -> None:
        while (item := grid.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()
        top = Qt.AlignmentFlag.AlignTop
        for line, fact in enumerate(facts):
            name = WrappedText(self._theme, fact.name, "body", "ink3")
            self._theme.fix(name, width=_NAMES_WIDTH)
            grid.addWidget(name, line, 0, top)
            grid.addWidget(self._value(fact), line, 1, top)

    def _value(self, fact: Fact) -> QWidget:
        if fact.verb or fact.link:
            return self._link(fact)
        inks = {"good": "ink", "bad": "warn"}
        words = WrappedText(self._theme, fact.value, "body", inks.get(fact.kind, "ink"))
        words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        if not fact.kind:
            return words
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        icon, ink = ("check", "ok") if fact.kind == "good" else ("warning", "warn")
        row.addWidget(IconLabel(self._theme, icon, ink), 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(words, 1)
        return holder

    def _link(self, fact: Fact) -> QWidget:
        link = TextButton(self._theme, fact.value, "link")
        link.setFont(self._theme.font("body"))
        link.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        link.setAccessibleName(f"{fact.name}: {fact.value}")
        if fact.verb:
            link.clicked.connect(lambda: self.wanted.emit(self._id, fact.verb))
        else:
            link.setToolTip(fact.link)
            link.clicked.connect(lambda: self.link_wanted.emit(fact.link))
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(link)
        row.addStretch(1)
        return holder


def _fact_grid() -> QGridLayout:
    grid = QGridLayout()
    grid.setHorizontalSpacing(12)
    grid.setVerticalSpacing(6)
    grid.setColumnStretch(1, 1)
    return grid
