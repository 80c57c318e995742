"""The bar that offers for eight seconds to take a deletion back.

Deletions are stacked: each keeps its own eight seconds, and the bar shows the latest of those that
can still be taken back.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING

from PySide6.QtCore import QElapsedTimer, QEvent, QObject, QRect, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QKeyEvent,
    QKeySequence,
    QPainter,
)
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QSizePolicy,
    QTextEdit,
    QWidget,
)
from shiboken6 import isValid

from app.ui.parts import Text, TextButton
from app.ui.plain_tip import plain_tip
from app.ui.tokens import DARK, LIGHT, RADIUS_CARD

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent, QResizeEvent, QWindow

    from app.ui.theme import Theme

LIFETIME_MS = 8000
HEIGHT, MARGIN = 40, 12
WIDEST = 400
_DELETED = "‘{name}’ deleted"
_DELETED_WITH_ONE = "‘{name}’ and 1 conversation deleted"
_DELETED_WITH = "‘{{name}}’ and {count} conversations deleted"
_TICK_MS = 100


@dataclass(frozen=True, slots=True)
class _Sentence:
    """A name, and the sentence around it with {name} in its place."""

    around: str
    name: str

    def __str__(self) -> str:
        return self.around.replace("{name}", self.name)


@dataclass(slots=True)
class _Deletion:
    key: str
    sentence: _Sentence
    left_ms: float


class UndoBar(QFrame):
    """`undone` and `expired` carry what was given when the deletion was shown.

    Time stands still while the pointer or the keyboard is on the bar.
    """

    undone = Signal(str)
    expired = Signal(str)
    shown_changed = Signal(bool)

    def __init__(
        self, theme: Theme, parent: QWidget | None = None, lifetime_ms: int = LIFETIME_MS
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._lifetime_ms = lifetime_ms
        self._deletions: list[_Deletion] = []
        self._before: QWidget | None = None
        self._clock = QElapsedTimer()
        self._tick = QTimer(self, interval=min(_TICK_MS, lifetime_ms))
        self._tick.timeout.connect(self._pass_time)
        self._area: tuple[QRect, bool] | None = None
        theme.fix(self, height=HEIGHT)
        self.setAccessibleName("Undo")
        self._sentence = _SentenceLabel(theme)
        self.undo_button = TextButton(theme, "Undo", "inverse", compact=True)
        self.undo_button.setFont(theme.font("body_strong"))
        self.undo_button.clicked.connect(self.undo)
        self._seconds = Text(theme, "", "body")
        self._seconds.setProperty("ink", "")
        self._lay_out()
        self._colour()
        theme.changed.connect(self._follow_theme)
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        application.focusChanged.connect(self._remember_focus)
        self.hide()

    @property
    def sentence(self) -> str:
        """What the bar says."""
        return self._sentence.accessibleName()

    @property
    def keys(self) -> tuple[str, ...]:
        """What can still be taken back, the latest last."""
        return tuple(deletion.key for deletion in self._deletions)

    def show_deleted(self, key: str, title: str) -> None:
        """Offer to take back that the conversation `title` was deleted."""
        self._add(key, _Sentence(_DELETED, title))

    def show_folder_deleted(self, key: str, name: str, count: int) -> None:
        """Offer to take back that a folder was deleted with so many conversations."""
        around = _DELETED_WITH_ONE if count == 1 else _DELETED_WITH.format(count=f"{count:,}")
        self._add(key, _Sentence(around, name))

    def undo(self) -> None:
        """Take back the latest deletion."""
        if self._deletions:
            undone = self._deletions.pop()
            self._show_latest()
            self.undone.emit(undone.key)

    def expire_all(self) -> None:
        """Let every deletion become final, as when the window closes."""
        gone, self._deletions = self._deletions, []
        self._show_latest()
        for deletion in gone:
            self.expired.emit(deletion.key)

    def watch(self, window: QWindow) -> None:
        """Hear the window's keys: a text field without anything to undo would swallow Ctrl+Z."""
        window.installEventFilter(self)

    def place(self, area: QRect, *, at_top: bool) -> None:
        """Stand at the foot of `area` or at its top, some way from its edges."""
        self._area = (QRect(area), at_top)
        height = self._theme.px(HEIGHT)
        width = min(self._theme.px(WIDEST), area.width() - 2 * MARGIN)
        left = area.left() + MARGIN
        if self.isRightToLeft():
            left = area.right() + 1 - MARGIN - width
        top = area.top() + MARGIN if at_top else area.bottom() + 1 - MARGIN - height
        self.setGeometry(left, top, width, height)
        self.raise_()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep a field that has nothing to undo from taking Ctrl+Z."""
        del watched
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and self._deletions
            and event.matches(QKeySequence.StandardKey.Undo)
            and not _can_undo(QApplication.focusWidget())
        ):
            event.ignore()
            return True
        return False

    def paintEvent(self, event: QPaintEvent) -> None:
        """The ground, inverted."""
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.colors.ink)
        painter.drawRoundedRect(QRectF(self.rect()), RADIUS_CARD, RADIUS_CARD)
        painter.end()

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 0, 12, 0)
        row.setSpacing(6)
        row.addWidget(self._sentence, 1)
        row.addWidget(self.undo_button)
        row.addWidget(self._seconds)
        self._give_seconds_room()
        self._seconds.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)

    def _give_seconds_room(self) -> None:
        """As much as they ever need, so that nothing moves while they run down."""
        self._seconds.ensurePolished()
        metrics = self._seconds.fontMetrics()
        self._seconds.setFixedWidth(metrics.horizontalAdvance("8 s") + 2)

    def _follow_theme(self) -> None:
        self._colour()
        self._give_seconds_room()
        if self._area is not None:
            area, at_top = self._area
            self.place(area, at_top=at_top)

    def _colour(self) -> None:
        """On the inverted ground the colours of the other appearance can be read."""
        other = LIGHT if self._theme.dark else DARK
        action, quiet = other.accent_hi.name(), other.ink3.name()
        self.undo_button.setStyleSheet(
            "QPushButton { background: transparent; border-color: transparent; padding: 0 6px; }"
            f"QPushButton {{ color: {action}; }} QPushButton:focus {{ border-color: {action}; }}"
            "QPushButton:hover, QPushButton:pressed { text-decoration: underline; }"
        )
        self._seconds.setStyleSheet(f"color: {quiet};")
        self.update()

    def _add(self, key: str, sentence: _Sentence) -> None:
        self._deletions.append(_Deletion(key, sentence, self._lifetime_ms))
        self._show_latest()
        keys = QKeySequence(QKeySequence.StandardKey.Undo)
        native = keys.toString(QKeySequence.SequenceFormat.NativeText)
        words = f"{sentence}. {native} restores it."
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, words))

    def _show_latest(self) -> None:
        if not self._deletions:
            self._put_away()
            return
        latest = self._deletions[-1]
        self._sentence.show_sentence(latest.sentence)
        self.undo_button.setAccessibleName(f"Undo: {latest.sentence}")
        self._show_seconds()
        if self.isHidden():
            self._clock.start()
            self._tick.start()
            self.show()
            self.raise_()
            self.shown_changed.emit(True)

    def _put_away(self) -> None:
        self._tick.stop()
        if self.isHidden():
            return
        before, self._before = self._before, None
        if self._has_focus() and before is not None and isValid(before) and before.isVisible():
            before.setFocus(Qt.FocusReason.OtherFocusReason)
        self.hide()
        self.shown_changed.emit(False)

    def _pass_time(self) -> None:
        passed = self._clock.restart()
        if self.underMouse() or self._has_focus():
            return
        for deletion in self._deletions:
            deletion.left_ms -= passed
        gone = [deletion for deletion in self._deletions if deletion.left_ms <= 0]
        self._deletions = [deletion for deletion in self._deletions if deletion.left_ms > 0]
        self._show_latest()
        for deletion in gone:
            self.expired.emit(deletion.key)

    def _show_seconds(self) -> None:
        self._seconds.setText(f"{ceil(self._deletions[-1].left_ms / 1000)} s")

    def _has_focus(self) -> bool:
        focus = QApplication.focusWidget()
        return focus is not None and self.isAncestorOf(focus)

    def _remember_focus(self, old: QWidget | None, now: QWidget | None) -> None:
        """Whence the keyboard came, so that it can go back when the bar closes."""
        if now is not None and self.isAncestorOf(now) and old is not None:
            self._before = self._before if self.isAncestorOf(old) else old


class _SentenceLabel(Text):
    """One line; where it does not fit, the name in it gives way and never what happened to it."""

    # Known before the font is set, which asks for it.
    _shown: _Sentence | None = None

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, "", "body", "sheet")
        self.setMinimumWidth(32)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def show_sentence(self, sentence: _Sentence) -> None:
        """Show `sentence`, as much of its name as fits."""
        self._shown = sentence
        self.setAccessibleName(str(sentence))
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the name to the new width."""
        super().resizeEvent(event)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        """Fit the name in its new size."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._fit()

    def _fit(self) -> None:
        if self._shown is None:
            return
        whole, metrics = str(self._shown), self.fontMetrics()
        rest = metrics.horizontalAdvance(str(_Sentence(self._shown.around, "")))
        room = max(0, self.width() - rest - 2)
        name = metrics.elidedText(self._shown.name, Qt.TextElideMode.ElideRight, room)
        self.setText(str(_Sentence(self._shown.around, name)))
        self.setToolTip("" if self.text() == whole else plain_tip(whole))


def _can_undo(field: QWidget | None) -> bool:
    if isinstance(field, QLineEdit):
        return field.isUndoAvailable()
    if isinstance(field, QTextEdit | QPlainTextEdit):
        return field.document().isUndoAvailable()
    return False
