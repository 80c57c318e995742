"""The parts of a turn that say how it stands: waiting, reading, stopped, finished."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QPainter, QTextBlockFormat, QTextCursor
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from app.conversation import Turn, TurnState
from app.ui.icon_label import IconLabel
from app.ui.parts import IconButton, Text, TextButton
from app.ui.text_view import TextView
from app.ui.thin_bar import ThinBar
from app.ui.wrapped_text import WrappedText
from app.wording import rate

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent

    from app.ui.theme import Theme
    from engine import PrefillProgress

WaitsFor = Literal["model", "answer_above", "other_answer"]
WAITING_TEXTS: dict[WaitsFor, str] = {
    "model": "Loading the model. Your message is sent when it is ready.",
    "answer_above": "The answer above comes first. Your message is sent when it is finished.",
    "other_answer": "An answer in another conversation comes first. Your message is sent then.",
}
_QUEUED_DELAY_MS = 300
_RULE_WIDTH, _RULE_GAP = 3, 13
_SHORTEST_READING_S = 0.4
_COPIED_MS = 2000
_ICON_INSET = 6
# Room around a turn's text for its focus ring.
BLEED = 8


class QuestionView(QWidget):
    """The question in medium weight, with a rule in the margin."""

    def __init__(self, theme: Theme, text: str) -> None:
        super().__init__()
        self._theme = theme
        self._view = view = TextView(theme)
        view.setFont(theme.font("question"))
        view.setPlainText(text)
        view.setAccessibleName("Question")
        row = QHBoxLayout(self)
        row.addWidget(view)
        self._set_apart()
        if not text:
            self.hide()
        theme.changed.connect(self._set_apart)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the rule."""
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.colors.accent)
        left = self.width() - _RULE_WIDTH if self._theme.mirrored else 0
        painter.drawRoundedRect(QRectF(left, 4, _RULE_WIDTH, self.height() - 8), 1, 1)
        painter.end()

    def _set_apart(self) -> None:
        """Lines as far apart as the text size says, and room for the rule where one begins."""
        whole = QTextCursor(self._view.document())
        whole.select(QTextCursor.SelectionType.Document)
        line = QTextBlockFormat()
        fixed = QTextBlockFormat.LineHeightTypes.FixedHeight
        line.setLineHeight(self._theme.line("question"), fixed.value)
        whole.mergeBlockFormat(line)
        room = _RULE_WIDTH + _RULE_GAP
        mirrored = self._theme.mirrored
        margins = (0, 0, room, 0) if mirrored else (room, 0, 0, 0)
        row = self.layout()
        if row is not None:
            row.setContentsMargins(*margins)
        self.update()


class QueuedCard(QFrame):
    """Why the message waits, and a way to take it back."""

    withdraw_requested = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        # A message that hardly waits needs no card that flashes up.
        self._delay = QTimer(self, interval=_QUEUED_DELAY_MS, singleShot=True)
        self._delay.timeout.connect(self.show)
        self.hide()
        self.setProperty("surface", "card")
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 12, 16, 12)
        row.setSpacing(8)
        row.addWidget(IconLabel(theme, "clock"), 0, Qt.AlignmentFlag.AlignTop)
        self._text = WrappedText(theme, WAITING_TEXTS["model"], "body", "ink2")
        row.addWidget(self._text, 1)
        withdraw = TextButton(theme, "Withdraw", "link")
        withdraw.clicked.connect(self.withdraw_requested)
        row.addWidget(withdraw)

    def set_waiting(self, waiting: bool, waits_for: WaitsFor) -> None:
        """Show the card while the message waits, and what for."""
        self._text.setText(WAITING_TEXTS[waits_for])
        if not waiting:
            self._delay.stop()
            self.hide()
        elif self.isHidden() and not self._delay.isActive():
            self._delay.start()


class PrefillLine(QWidget):
    """How much of the prompt has been read, and how long the rest takes."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._progress: PrefillProgress | None = None
        self._text = Text(theme, "", "body", "ink2")
        self._text.setTextFormat(Qt.TextFormat.RichText)
        self._left = Text(theme, "", "meta", "ink3")
        self._bar = ThinBar(theme)
        line = QHBoxLayout()
        line.addWidget(self._text)
        line.addStretch()
        line.addWidget(self._left)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 6, 0, 0)
        whole.setSpacing(6)
        whole.addLayout(line)
        whole.addWidget(self._bar)
        # Without a rate yet, reading that lasts is known only by its lasting.
        self._patience = QTimer(self, interval=round(_SHORTEST_READING_S * 1000), singleShot=True)
        self._patience.timeout.connect(self.show)
        self.hide()
        theme.changed.connect(self._write)

    def set_progress(self, progress: PrefillProgress | None) -> None:
        """Show `progress`, unless reading is over before anyone could have read this."""
        self._progress = progress
        if progress is None:
            self._patience.stop()
            self.hide()
            return
        self._write()
        if progress.tok_s:
            whole_s = (progress.total_tokens - progress.reused_tokens) / progress.tok_s
            self._patience.stop()
            self.setVisible(whole_s >= _SHORTEST_READING_S)
        elif not self.isVisible() and not self._patience.isActive():
            self._patience.start()

    def _write(self) -> None:
        progress = self._progress
        if progress is None:
            return
        done = progress.done_tokens - progress.reused_tokens
        total = max(1, progress.total_tokens - progress.reused_tokens)
        ink = self._theme.colors.ink.name()
        figure = f'<span style="color:{ink}; font-weight:600">{done:,}</span>'
        self._text.setText(f"Reading {figure} of {total:,} tokens")
        self._bar.set_share(done / total, f"Reading, {done:,} of {total:,} tokens")
        left = progress.left_s
        if left is None and progress.tok_s:
            left = (total - done) / progress.tok_s
        self._left.setText("" if left is None else f"about {_duration(left)}")


class NoteRow(QWidget):
    """Why an answer ended before its end, and the ways to go on."""

    continue_requested = Signal()
    start_over_requested = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._text = Text(theme, "", "body", "ink2")
        self._continue = TextButton(theme, "Continue", "link")
        self._continue.clicked.connect(self.continue_requested)
        self._start_over = TextButton(theme, "Start over", "link")
        self._start_over.clicked.connect(self.start_over_requested)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(IconLabel(theme, "stop"))
        row.addWidget(self._text)
        row.addStretch()
        ways = QHBoxLayout()
        ways.setSpacing(16)
        ways.addWidget(self._continue)
        ways.addWidget(self._start_over)
        row.addLayout(ways)

    def show_turn(self, turn: Turn) -> None:
        """Say how `turn` ended, if that needs saying."""
        nothing = _said_nothing(turn)
        self.setVisible(nothing or turn.state in (TurnState.CANCELLED, TurnState.CUT))
        self._text.setText(_ending(turn))
        self._continue.setVisible(bool(turn.answer) and not nothing)
        self._start_over.setVisible(nothing or turn.state is TurnState.CANCELLED)
        self._start_over.setText("Try again" if nothing else "Start over")


class ActionRow(QWidget):
    """What can be done with an answer, and what it took."""

    copy_requested = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._copy = IconButton(theme, "copy", "Copy answer")
        self._copy.clicked.connect(self.copy_requested)
        self._meta = Text(theme, "", "meta", "ink3")
        row = QHBoxLayout(self)
        # The icon, not its button, stands flush with the text; the turn's own padding has room.
        row.setContentsMargins(BLEED - _ICON_INSET, 0, BLEED, 0)
        row.addWidget(self._copy)
        row.addStretch()
        row.addWidget(self._meta)
        theme.fix(self, height=28)
        self._copied = QTimer(self, interval=_COPIED_MS, singleShot=True)
        self._copied.timeout.connect(lambda: self._name_copy("copy", "Copy answer"))
        keep = self.sizePolicy()
        keep.setRetainSizeWhenHidden(True)
        self.setSizePolicy(keep)

    def show_turn(self, turn: Turn) -> None:
        """Show the figures of `turn`."""
        self._meta.setText(figures(turn))
        self._copy.setEnabled(bool(turn.answer))

    def confirm_copy(self) -> None:
        """Show for a moment that the answer has been copied."""
        self._name_copy("check", "Copied")
        self._copied.start()

    def _name_copy(self, icon: str, name: str) -> None:
        self._copy.setIcon(self._theme.icon(icon))
        self._copy.rename(name)


def figures(turn: Turn) -> str:
    """Tokens and rate of a finished answer, what is not known left out."""
    if not turn.completion_tokens:
        return ""
    words = [_tokens(turn.completion_tokens)]
    if turn.timings is not None and turn.timings.decode_tok_s is not None:
        words.append(f"{rate(turn.timings.decode_tok_s)} tok/s")
    return " · ".join(words)


def _said_nothing(turn: Turn) -> bool:
    """Whether the answer is complete and there is nothing to be seen of it."""
    return turn.state is TurnState.DONE and not turn.answer.strip()


def _ending(turn: Turn) -> str:
    if _said_nothing(turn):
        return "The model gave no answer."
    if turn.state is TurnState.CUT:
        return f"Stopped at the limit of {_tokens(turn.completion_tokens)}."
    if not turn.answer:
        return "Stopped by you before the answer began"
    return f"Stopped by you after {_tokens(turn.completion_tokens)}"


def _tokens(count: int) -> str:
    return "1 token" if count == 1 else f"{count:,} tokens"


def _duration(seconds: float) -> str:
    whole = max(1, math.ceil(seconds))
    return f"{whole} s" if whole < 90 else f"{math.ceil(whole / 60)} min"
