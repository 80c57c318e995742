"""What went wrong with an answer, what that means, and the way out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from app.ui.icon_label import IconLabel
from app.ui.parts import TextButton
from app.ui.text_view import TextView
from app.ui.wrapped_text import WrappedText
from engine import ContextTooLong

if TYPE_CHECKING:
    from app.ui.theme import Theme
    from app.ui.tokens import TypeStyle
    from engine import EngineError


class ErrorCard(QFrame):
    """One failure: its sentence, the way out, and the technical text folded away."""

    retry_requested = Signal()
    take_back_requested = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setProperty("surface", "card")
        self._cause = _wrapping(theme, "body_strong", "ink")
        self._rest = _wrapping(theme, "body", "ink2")
        self._retry = TextButton(theme, "Try again", "default", "retry", compact=True)
        self._retry.clicked.connect(self.retry_requested)
        self._take_back = TextButton(theme, "Take it back into the composer", compact=True)
        self._take_back.clicked.connect(self.take_back_requested)
        self._details = TextButton(theme, "Details", "quiet", compact=True)
        self._details.setCheckable(True)
        self._details.toggled.connect(self._fold)
        self._copy = TextButton(theme, "Copy", "quiet", "copy", compact=True)
        self._copy.setAccessibleName("Copy details")
        self._copy.clicked.connect(self._copy_details)
        self._technical = TextView(theme)
        self._technical.setFont(theme.font("code"))
        self._technical.setAccessibleName("Technical details")
        self._fold_box = _well(self._technical)
        self._lay_out()
        self._fold(False)

    def set_error(self, error: EngineError, *, answered: bool) -> None:
        """Show `error`: its first sentence as the cause, the rest as what can be done.

        `answered` says that a part of the answer is there, so that the question must stay.
        """
        # The same question would be as long the next time.
        too_long = isinstance(error, ContextTooLong)
        self._retry.setVisible(not too_long)
        self._take_back.setVisible(too_long and not answered)
        cause, rest = split_sentence(error.sentence)
        self._cause.setText(cause)
        self._rest.setText(rest)
        self._rest.setVisible(bool(rest))
        self._technical.setPlainText(error.details)
        self._details.setVisible(bool(error.details))
        self.setAccessibleName(error.sentence)

    def _fold(self, shown: bool) -> None:
        self._fold_box.setVisible(shown)
        self._copy.setVisible(shown)
        self._details.setAccessibleName("Hide details" if shown else "Details")

    def _copy_details(self) -> None:
        QGuiApplication.clipboard().setText(self._technical.toPlainText())

    def _lay_out(self) -> None:
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        for button in (self._retry, self._take_back, self._details, self._copy):
            buttons.addWidget(button)
        buttons.addStretch()
        said = QVBoxLayout()
        said.setSpacing(0)
        said.addWidget(self._cause)
        said.addWidget(self._rest)
        text = QVBoxLayout()
        text.setSpacing(8)
        text.addLayout(said)
        text.addLayout(buttons)
        text.addWidget(self._fold_box)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 12, 16, 12)
        row.setSpacing(8)
        row.addWidget(IconLabel(self._theme, "warning", "danger"), 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(text, 1)


def split_sentence(sentence: str) -> tuple[str, str]:
    """The first sentence without its full stop, and what follows."""
    cause, _, rest = sentence.partition(". ")
    return (cause if rest else cause.removesuffix(".")), rest


def _wrapping(theme: Theme, style: TypeStyle, ink: str) -> WrappedText:
    label = WrappedText(theme, "", style, ink)
    label.setMinimumHeight(20)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label


def _well(content: QWidget) -> QFrame:
    well = QFrame()
    well.setProperty("surface", "wash")
    inner = QVBoxLayout(well)
    inner.setContentsMargins(12, 8, 12, 8)
    inner.addWidget(content)
    return well
