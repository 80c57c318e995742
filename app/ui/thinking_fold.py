"""What a model thought before it answered: a line that opens to the whole of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QElapsedTimer, QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QTextBlockFormat, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from app.ui.parts import Text, TextButton
from app.ui.text_view import TextView

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent

    from app.conversation import Turn
    from app.ui.theme import Theme

# Often enough that no second is told late.
_TICK_MS = 250
# More than ever fits beside the button.
_TAIL = 200
_INSET = 20


class ThinkingFold(QWidget):
    """Closed, it says how long; while the model thinks, also the end of what it has thought."""

    opened_changed = Signal()

    def __init__(self, theme: Theme, since: QElapsedTimer) -> None:
        """`since` runs from when the thought was first heard of."""
        super().__init__()
        self._theme = theme
        self._since = since
        self._turn: Turn | None = None
        self._written = ""
        self._head = TextButton(theme, "", "fold", "chevron-right")
        self._head.setFont(theme.font("body"))
        self._head.setCheckable(True)
        self._head.toggled.connect(self._open)
        self._tail = _Tail(theme)
        self._text: TextView | None = None
        self._well = QWidget()
        self._well.hide()
        self._inner = QVBoxLayout(self._well)
        self._tick = QTimer(self, interval=_TICK_MS)
        self._tick.timeout.connect(self._say_how_long)
        self._lay_out()
        theme.changed.connect(self._follow_theme)

    @property
    def opened(self) -> bool:
        """Whether the thought itself is shown."""
        return self._head.isChecked()

    def open(self) -> None:
        """Show the thought."""
        self._head.setChecked(True)

    @property
    def text_view(self) -> TextView | None:
        """Where the thought is shown, once it has been opened."""
        return self._text

    def show_turn(self, turn: Turn) -> None:
        """Show the thought of `turn` as far as it has come."""
        self._turn = turn
        running = is_thinking(turn)
        if running and not self._tick.isActive():
            self._tick.start()
        elif not running:
            self._tick.stop()
        self._tail.setVisible(running and not self.opened)
        if running:
            self._tail.show_end(turn.reasoning)
        self._say_how_long()
        if self.opened:
            self._write()

    def _say_how_long(self) -> None:
        turn = self._turn
        if turn is None:
            return
        if is_thinking(turn):
            passed = self._since.elapsed() // 1000 if self._since.isValid() else 0
            said = f"Thinking, {passed} s"
        elif turn.reasoning_s is not None:
            said = f"Thought for {turn.reasoning_s:.1f} s"
        else:
            said = "Thought"
        if said != self._head.text():
            self._head.setText(said)

    def _open(self, opened: bool) -> None:
        self._head.set_icon("chevron-down" if opened else "chevron-right")
        if opened and self._text is None:
            self._text = TextView(self._theme)
            self._text.setAccessibleName("Thought")
            self._inner.addWidget(self._text)
        self._well.setVisible(opened)
        if opened:
            self._write()
        if self._turn is not None:
            self._tail.setVisible(is_thinking(self._turn) and not opened)
        self.opened_changed.emit()

    def _write(self) -> None:
        """Append what is new; a thought only grows, unless the answer is begun anew."""
        if self._turn is None or self._text is None:
            return
        text = self._turn.reasoning.strip("\n")
        if not text.startswith(self._written) or not self._written:
            self._text.clear()
            self._written = ""
        cursor = QTextCursor(self._text.document())
        cursor.movePosition(QTextCursor.MoveOperation.End)
        line = QTextBlockFormat()
        fixed = QTextBlockFormat.LineHeightTypes.FixedHeight
        line.setLineHeight(self._theme.line("body"), fixed.value)
        cursor.setBlockFormat(line)
        form = QTextCharFormat()
        form.setFont(self._theme.font("body"))
        form.setForeground(self._theme.colors.ink2)
        cursor.insertText(text[len(self._written) :], form)
        self._written = text

    def _follow_theme(self) -> None:
        self._inset()
        if self._text is not None:
            self._text.clear()
            self._written = ""
            self._write()

    def _lay_out(self) -> None:
        policy = QSizePolicy.Policy
        self._head.setSizePolicy(policy.Fixed, policy.Fixed)
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self._head)
        row.addWidget(self._tail, 1)
        # Only where the tail is not shown.
        row.addStretch()
        self._inset()
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addLayout(row)
        whole.addWidget(self._well)

    def _inset(self) -> None:
        left, right = (0, _INSET) if self._theme.mirrored else (_INSET, 0)
        self._inner.setContentsMargins(left, 4, right, 4)


def is_thinking(turn: Turn) -> bool:
    """Whether a thought is under way: it has begun, and the answer has not."""
    return bool(turn.reasoning) and not turn.answer and turn.state.running


class _Tail(Text):
    """One line that shows the end of what there is."""

    # Known before the font is set, which asks for it.
    _words = ""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, "", "meta", "ink3")
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def show_end(self, text: str) -> None:
        """Show the last words of `text`."""
        self._words = " ".join(text[-_TAIL:].split())
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the words to the new width."""
        super().resizeEvent(event)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        """Fit the words in their new size."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._fit()

    def _fit(self) -> None:
        left = Qt.TextElideMode.ElideLeft
        self.setText(self.fontMetrics().elidedText(self._words, left, self.width()))
