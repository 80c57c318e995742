"""The question of a turn: read, copied, or written anew in its place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QPainter, QTextBlockFormat, QTextCursor
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.ui.composer_box import ComposerBox
from app.ui.composer_editor import ComposerEditor
from app.ui.parts import IconButton, TextButton
from app.ui.text_view import TextView
from app.ui.turn_parts import ICON_INSET
from app.ui.wrapped_text import WrappedText

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent

    from app.ui.theme import Theme

_RULE_WIDTH, _RULE_GAP = 3, 13
_COPIED_MS = 2000


class QuestionView(QWidget):
    """The question in medium weight with a rule in the margin, or an editor in its place."""

    edit_begun = Signal()
    # The question as it is to be.
    saved = Signal(str)
    edit_ended = Signal()

    def __init__(self, theme: Theme, text: str, *, attached: bool) -> None:
        super().__init__()
        self._theme = theme
        self._text = text
        # With attachments, no words are needed.
        self._attached = attached
        self._editor: _QuestionEditor | None = None
        self._shown = QWidget()
        self._whole = QVBoxLayout(self)
        self._edit = IconButton(theme, "edit", "Edit question")
        self._edit.clicked.connect(self.begin_edit)
        self._copy = IconButton(theme, "copy", "Copy question")
        self._copy.clicked.connect(self._copy_text)
        self._copied = QTimer(self, interval=_COPIED_MS, singleShot=True)
        self._copied.timeout.connect(lambda: self._name_copy("copy", "Copy question"))
        self._lay_out()
        if not text:
            self.hide()
        theme.changed.connect(self._set_apart)

    @property
    def editor(self) -> ComposerEditor | None:
        """Where the question is written anew, while it is."""
        return self._editor.field if self._editor is not None else None

    def set_actions(self, *, shown: bool, can_edit: bool) -> None:
        """Show what can be done with the question; its room is kept."""
        self._copy.setVisible(shown)
        self._edit.setVisible(shown and can_edit)

    def begin_edit(self) -> None:
        """Put an editor in the place of the question, with the keyboard in it."""
        if self._editor is None:
            self._editor = _QuestionEditor(self._theme, self._text, blank=self._attached)
            self._editor.saved.connect(self._save)
            self._editor.cancelled.connect(self._end_edit)
            self._shown.hide()
            self._whole.addWidget(self._editor)
            self._editor.show()
            self.show()
            self.edit_begun.emit()
        self._editor.field.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_cost(self, text: str) -> None:
        """Say beneath the editor what asking so would cost."""
        if self._editor is not None:
            self._editor.show_cost(text)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the rule."""
        del event
        if self._editor is not None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.colors.accent)
        x = self.width() - _RULE_WIDTH if self._theme.mirrored else 0
        painter.drawRoundedRect(QRectF(x, 4, _RULE_WIDTH, self.height() - 8), 1, 1)
        painter.end()

    def _save(self, text: str) -> None:
        self._end_edit()
        self.saved.emit(text)

    def _end_edit(self) -> None:
        if self._editor is None:
            return
        # The keyboard goes back to the turn before what it was on is gone.
        self.edit_ended.emit()
        editor, self._editor = self._editor, None
        self._whole.removeWidget(editor)
        editor.hide()
        editor.deleteLater()
        self._shown.show()
        self.setVisible(bool(self._text))

    def _copy_text(self) -> None:
        QGuiApplication.clipboard().setText(self._text)
        self._name_copy("check", "Copied")
        self._copied.start()

    def _name_copy(self, icon: str, name: str) -> None:
        self._copy.set_icon(icon)
        self._copy.rename(name)

    def _lay_out(self) -> None:
        self._row = row = QHBoxLayout(self._shown)
        row.setSpacing(2)
        self._view = _question_text(self._theme, self._text)
        row.addWidget(self._view, 1)
        for button in (self._edit, self._copy):
            keep = button.sizePolicy()
            keep.setRetainSizeWhenHidden(True)
            button.setSizePolicy(keep)
            # The line of text is lower than the button, and not to be moved apart by it.
            self._theme.fix(button, height=24)
            row.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        self._whole.setContentsMargins(0, 0, 0, 0)
        self._whole.addWidget(self._shown)
        self._set_apart()

    def _set_apart(self) -> None:
        """Lines as far apart as the text size says, and room for the rule where one begins."""
        whole = QTextCursor(self._view.document())
        whole.select(QTextCursor.SelectionType.Document)
        line = QTextBlockFormat()
        fixed = QTextBlockFormat.LineHeightTypes.FixedHeight
        line.setLineHeight(self._theme.line("question"), fixed.value)
        whole.mergeBlockFormat(line)
        room = _RULE_WIDTH + _RULE_GAP
        margins = (0, 0, room, 0) if self._theme.mirrored else (room, 0, 0, 0)
        self._row.setContentsMargins(*margins)
        self.update()


class _QuestionEditor(QWidget):
    """Writes a question anew: Save and ask, or cancel, and what it costs."""

    saved = Signal(str)
    cancelled = Signal()

    def __init__(self, theme: Theme, text: str, *, blank: bool) -> None:
        super().__init__()
        self._blank = blank
        self.field = ComposerEditor(theme)
        self.field.setAccessibleName("Edit question")
        self.field.set_text(text)
        self.field.send_requested.connect(self._save)
        self.field.escaped.connect(self.cancelled)
        self.field.textChanged.connect(self._enable)
        self._cost = WrappedText(theme, "", "meta", "ink3")
        self._save_button = TextButton(theme, "Save and ask", "primary", compact=True)
        self._save_button.clicked.connect(self._save)
        cancel = TextButton(theme, "Cancel", "default", compact=True)
        cancel.clicked.connect(self.cancelled)
        box = ComposerBox(theme, self.field)
        inner = QVBoxLayout(box)
        inner.setContentsMargins(12, 8, 12, 8)
        inner.addWidget(self.field)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self._cost, 1)
        row.addWidget(cancel)
        row.addWidget(self._save_button)
        whole = QVBoxLayout(self)
        # The question reaches a little further, for its last icon.
        whole.setContentsMargins(0, 0, ICON_INSET, 0)
        whole.setSpacing(8)
        whole.addWidget(box)
        whole.addLayout(row)
        self._enable()

    def show_cost(self, text: str) -> None:
        """What the edit costs, in a sentence; nothing where it is not known."""
        self._cost.setText(text)

    def _enable(self) -> None:
        self._save_button.setEnabled(self._blank or bool(self.field.toPlainText().strip()))

    def _save(self) -> None:
        if self._save_button.isEnabled():
            self.saved.emit(self.field.toPlainText().strip())


def _question_text(theme: Theme, text: str) -> TextView:
    view = TextView(theme)
    view.setFont(theme.font("question"))
    view.setPlainText(text)
    view.setAccessibleName("Question")
    return view
