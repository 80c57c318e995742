"""About: what this program is, under which licence, what it is made of, and what helps to help."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPalette
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QPlainTextEdit,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from app.ui.column import Column
from app.ui.header import HEIGHT
from app.ui.logo import Logo
from app.ui.parts import Button, ElidedText, IconButton, Text, TextButton, hairline
from app.ui.wrapped_text import WrappedText

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PySide6.QtGui import QResizeEvent

    from app.components import Component
    from app.ui.theme import Theme

_TITLE = "About Tanka"
_WHAT = "An assistant for pictures and documents that runs on this computer."
_LICENCE = "Tanka is free software under the Apache License 2.0."
_MADE_OF = "What Tanka is made of"
_QT = (
    "Qt and PySide6 are used under the GNU Lesser General Public License 3. Tanka works with other "
    "versions of their libraries in their place."
)
_DIAGNOSTICS = (
    "Versions, machine, model and settings. Nothing of your conversations and no file's name is in "
    "it, and it goes to the clipboard only."
)
_COPY, _COPIED = "Copy diagnostics", "Copied"
_NO_TEXT = "This package brings no text of its licence."
_LOOKING = "Looking at what is installed…"
_TEXT_HEIGHT = 240
_TEXT_MARGIN = 12
_ROW_HEIGHT = 32
_NAME_WIDTH, _VERSION_WIDTH = 220, 120


class AboutPage(QFrame):
    """A page of the window; `left` asks for the conversation, `copy_requested` for the text."""

    left = Signal()
    copy_requested = Signal()

    def __init__(self, theme: Theme, version: str, licence: Callable[[], str]) -> None:
        super().__init__()
        self._theme = theme
        self.setProperty("surface", "sheet")
        self.setAccessibleName(_TITLE)
        self.back = IconButton(theme, "chevron-left", "Back to the conversation")
        self.back.clicked.connect(self.left)
        self.copy = TextButton(theme, _COPY, "default", "copy", compact=True)
        self.copy.clicked.connect(self.copy_requested)
        self._rows = QVBoxLayout()
        self._rows.setSpacing(0)
        self._looking = Text(theme, _LOOKING, "body", "ink3")
        self._rows.addWidget(self._looking)
        self.folds: list[Fold] = []
        self._scroll = _Scroll(self._fill(version, licence))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(self._header())
        column.addWidget(hairline())
        column.addWidget(self._scroll, 1)

    @property
    def panes(self) -> tuple[QWidget, ...]:
        """What the keyboard visits, in order."""
        return (self,)

    def show_components(self, components: Sequence[Component]) -> None:
        """List what Tanka is made of."""
        self._looking.hide()
        for fold in self.folds:
            fold.deleteLater()
        self.folds = [
            Fold(self._theme, (one.name, one.version, one.licence), one.text) for one in components
        ]
        for fold in self.folds:
            self._rows.addWidget(fold)

    def show_copied(self, *, copied: bool) -> None:
        """Say on the button that the text is on the clipboard, or offer it again."""
        self.copy.setText(_COPIED if copied else _COPY)
        self.copy.set_icon("check" if copied else "copy")

    def event(self, event: QEvent) -> bool:
        """Esc leaves before it stops an answer."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            event.setAccepted(event.key() == Qt.Key.Key_Escape)
            return event.isAccepted()
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc leaves."""
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def _header(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setContentsMargins(16, 0, 16, 0)
        row.setSpacing(8)
        row.addWidget(self.back)
        title = ElidedText(self._theme, _TITLE, "body_strong")
        self._theme.fix(title, height=HEIGHT - 1)
        row.addWidget(title, 1)
        return row

    def _fill(self, version: str, licence: Callable[[], str]) -> Column:
        column = Column()
        column.set_vertical_padding(24, 32)
        content = column.content
        content.addLayout(self._mark(version))
        content.addSpacing(20)
        content.addWidget(WrappedText(self._theme, _WHAT, "reading"))
        content.addSpacing(12)
        self.licence = Fold(self._theme, (_LICENCE,), licence)
        content.addWidget(self.licence)
        content.addSpacing(20)
        content.addWidget(self.copy)
        content.addSpacing(8)
        content.addWidget(WrappedText(self._theme, _DIAGNOSTICS, "meta", "ink3"))
        content.addSpacing(32)
        content.addWidget(Text(self._theme, _MADE_OF, "heading"))
        content.addSpacing(4)
        content.addWidget(WrappedText(self._theme, _QT, "meta", "ink3"))
        content.addSpacing(12)
        content.addLayout(self._rows)
        content.addStretch(1)
        return column

    def _mark(self, version: str) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(16)
        row.addWidget(Logo(56))
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(Text(self._theme, "Tanka", "display"))
        told = Text(self._theme, version, "body", "ink3")
        told.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        words.addWidget(told)
        row.addLayout(words)
        row.addStretch(1)
        return row


class Fold(QWidget):
    """A line that opens a text beneath it; the text is read when it is opened first."""

    def __init__(self, theme: Theme, words: Sequence[str], text: Callable[[], str]) -> None:
        super().__init__()
        self._theme, self._read = theme, text
        self.line = _FoldLine(theme, words)
        self.text: QPlainTextEdit | None = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addWidget(self.line)
        self._column.addWidget(hairline())
        self.line.toggled.connect(self._show)

    def _show(self, opened: bool) -> None:
        if self.text is None:
            self.text = self._make()
            self._column.addWidget(self.text)
        self.text.setVisible(opened)

    def _make(self) -> QPlainTextEdit:
        shown = QPlainTextEdit(self._read() or _NO_TEXT, readOnly=True)
        shown.setFont(self._theme.font("code"))
        self._theme.fix(shown, height=_TEXT_HEIGHT)
        shown.setProperty("surface", "card")
        shown.document().setDocumentMargin(_TEXT_MARGIN)
        shown.setTabChangesFocus(True)
        shown.setAccessibleName(f"Licence: {self.line.accessibleName()}")
        return shown


class _FoldLine(Button):
    """Chevron and words; where there are three, name, version and licence in columns."""

    def __init__(self, theme: Theme, words: Sequence[str]) -> None:
        super().__init__()
        self._theme = theme
        self.setCheckable(True)
        self.setProperty("kind", "point")
        theme.fix(self, height=_ROW_HEIGHT)
        self.setAccessibleName(", ".join(words))
        self._chevron = _Chevron(theme)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 8, 0)
        row.setSpacing(8)
        row.addWidget(self._chevron)
        name, *others = words
        first = ElidedText(theme, name, "body_medium")
        if others:
            _fix(theme, first, _NAME_WIDTH)
        row.addWidget(first, 0 if others else 1)
        for place, other in enumerate(others):
            part = ElidedText(theme, other, "body", "ink3")
            if place == 0:
                _fix(theme, part, _VERSION_WIDTH)
            row.addWidget(part, place)
        self.toggled.connect(self._chevron.turn)


def _fix(theme: Theme, part: QWidget, width: int) -> None:
    """A layout would give nothing to a part that is fixed and gives way as well."""
    theme.fix(part, width=width)
    part.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)


class _Chevron(IconButton):
    """Shows whether the line is open; it is not pressed itself."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, "chevron-right", "Open")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def turn(self, opened: bool) -> None:
        """Point down while open."""
        self.set_icon("chevron-down" if opened else "chevron-right")


class _Scroll(QScrollArea):
    """The page's column, centred as if the scroll bar were not there."""

    def __init__(self, column: Column) -> None:
        super().__init__()
        self._column = column
        self.setWidget(column)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        column.setAutoFillBackground(False)
        self.setAccessibleName(_TITLE)
        self.viewport().setBackgroundRole(QPalette.ColorRole.NoRole)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the column in line with the pages of conversations."""
        super().resizeEvent(event)
        self._column.set_right_reserve(self.width() - self.viewport().width())
