"""The card above the composer where no model can answer: why, and what can be done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from app.ui.column import Column
from app.ui.parts import IconButton, TextButton
from app.ui.wrapped_text import WrappedText

if TYPE_CHECKING:
    from app.ui.actions import Actions
    from app.ui.theme import Theme
    from engine import EngineError


class ModelCard(Column):
    """Hidden while a model is there. The composer below stays usable either way."""

    starter_wanted = Signal()

    def __init__(self, theme: Theme, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._sentence = WrappedText(theme, "", "body", "ink")
        self._details = WrappedText(theme, "", "meta", "ink3")
        self._details.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._fold = TextButton(theme, "Details", "quiet", compact=True)
        self._fold.clicked.connect(lambda: self._details.setVisible(self._details.isHidden()))
        self._starter = TextButton(theme, "Use the starter model", "default", compact=True)
        self._starter.clicked.connect(self.starter_wanted)
        self._open = TextButton(theme, "Open a model folder…", "default", "folder", compact=True)
        self._open.clicked.connect(actions["open_model"].trigger)
        # With a model in use the card is news, not an obstacle, and may be put away.
        self._close = IconButton(theme, "close", "Close this message")
        self._close.clicked.connect(self.hide)
        self._lay_out()
        self.hide()

    def show_error(self, error: EngineError, *, starter_failed: bool, model_in_use: bool) -> None:
        """Say why there is no model, or why the one that was chosen is not in use."""
        self._sentence.setText(error.sentence)
        self._details.setText(error.details)
        self._details.hide()
        self._fold.setVisible(bool(error.details))
        self._starter.setVisible(not starter_failed and not model_in_use)
        self._close.setVisible(model_in_use)
        self.setAccessibleName(error.sentence)
        self.show()

    @property
    def sentence(self) -> str:
        """What the card says."""
        return self._sentence.text()

    def _lay_out(self) -> None:
        card = QFrame()
        card.setProperty("surface", "card")
        column = QVBoxLayout(card)
        column.setContentsMargins(16, 12, 16, 12)
        column.setSpacing(8)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self._sentence, 1)
        head.addWidget(self._close, 0, Qt.AlignmentFlag.AlignTop)
        column.addLayout(head)
        column.addWidget(self._details)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self._open)
        row.addWidget(self._starter)
        row.addWidget(self._fold)
        row.addStretch(1)
        column.addLayout(row)
        self.content.addWidget(card)
        self.set_vertical_padding(0, 12)
