"""One turn in the list of turns: its place, its name and its focus; all else only while it is near.

There may be thousands, so this one is light. What is seen of it is a `TurnBody`, made by `build`
and thrown away by `release`; the height stays.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QEvent, QRectF, Qt
from PySide6.QtGui import QGuiApplication, QPainter, QPen
from PySide6.QtWidgets import QWidget

from app.ui.focus_order import stops_within
from app.ui.tokens import RADIUS_CARD
from app.ui.turn_body import Kept, Standing, TurnBody
from app.ui.turn_height import guessed_height

if TYPE_CHECKING:
    from PySide6.QtGui import QEnterEvent, QFocusEvent, QKeyEvent, QPaintEvent, QResizeEvent

    from app.background import Background
    from app.conversation import Turn
    from app.turn_tree import Siblings
    from app.ui.formulas import Formulas
    from app.ui.theme import Theme
    from app.ui.turn_parts import WaitsFor
    from app.ui.turn_requests import TurnRequests

_VERSION_KEYS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
_MOST_PASSES = 4
# Whatever is pressed with Alt on a keypad is no arrow.
_PLAIN = ~Qt.KeyboardModifier.KeypadModifier


class TurnWidget(QWidget):
    """Stands for a `Turn`, near or far."""

    def __init__(
        self,
        theme: Theme,
        background: Background,
        formulas: Formulas,
        turn: Turn,
        requests: TurnRequests,
    ) -> None:
        super().__init__()
        self._theme = theme
        self._background = background
        self._formulas = formulas
        self.turn = turn
        self.number = 0
        self._requests = requests
        self._state = turn.state
        self._standing = Standing()
        self._kept = Kept()
        self._body: TurnBody | None = None
        # As it was last measured: width and height.
        self._measured = (0, 0)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName(turn.question.text or "Question")

    @property
    def body(self) -> TurnBody:
        """What is seen of the turn; it is made where there is none yet."""
        self.build()
        assert self._body is not None
        return self._body

    @property
    def built(self) -> bool:
        """Whether there is anything to be seen of the turn."""
        return self._body is not None

    @property
    def complete(self) -> bool:
        """Whether everything that is to be seen has been drawn."""
        return self._body is not None and self._body.complete

    @property
    def in_use(self) -> bool:
        """Whether a person has the keyboard or a selection in the turn."""
        return self.hasFocus() or (self._body is not None and self._body.in_use)

    @property
    def edited(self) -> bool:
        """Whether the question is being written anew."""
        return self._body is not None and self._body.question.editor is not None

    def build(self) -> None:
        """Make what is seen of the turn, and measure it."""
        if self._body is not None:
            return
        body = TurnBody(
            self._theme,
            self._background,
            self._formulas,
            self.turn,
            self._requests,
            self._kept,
            self,
        )
        self._body = body
        body.action_row.copy_requested.connect(self.copy_answer)
        body.question.edit_ended.connect(self._take_focus)
        body.refresh(self._standing)
        body.resize(self.size())
        body.show()
        self.measure(self.width())
        body.arranged.connect(self._tell_height)
        self._requests.built.emit(self)

    def release(self) -> None:
        """Throw away what is seen; the height stays as it was."""
        if self._body is None:
            return
        self._body.keep()
        focus = QGuiApplication.focusObject()
        if isinstance(focus, QWidget) and self._body.isAncestorOf(focus):
            self._take_focus()
        body, self._body = self._body, None
        body.hide()
        body.deleteLater()

    def measure(self, width: int) -> None:
        """Lay everything out for `width`, and remember the height."""
        if self._body is None:
            return
        # Text is as high as its width lets it be, and a bar to scroll sideways comes and goes.
        for _ in range(_MOST_PASSES):
            self._body.resize(width, self._body.wanted_height(width))
            QCoreApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest.value)
            if self._body.wanted_height(width) == self._body.height():
                break
        self._measured = (width, self._body.wanted_height(width))

    def remeasure(self) -> None:
        """Take over the height of what has been laid out anew."""
        if self._body is not None:
            self._measured = (self.width(), self._body.wanted_height(self.width()))

    def forget_height(self) -> None:
        """What was measured holds no longer."""
        self._measured = (0, 0)

    def height_at(self, width: int) -> int:
        """The height in a column of `width`: measured where it was, else guessed."""
        known = self._measured[1] if self._measured[0] == width else 0
        if self.complete and known:
            return known
        if not self.built and known and not self.turn.state.running:
            return known
        return max(known, guessed_height(self.turn, width, self._theme.text_size))

    def refresh(self) -> bool:
        """Show the turn as it is now; says whether its state is another than before."""
        moved, self._state = self.turn.state is not self._state, self.turn.state
        if self._body is not None:
            if moved and self._body.loses_focus():
                self._take_focus()
            self._body.refresh(self._standing)
        return moved

    def set_last(self, last: bool) -> None:
        """The last turn shows its actions always, the others when they are reached for."""
        if last != self._standing.last:
            self._standing.last = last
            self._show_actions()

    def set_waits_for(self, waits_for: WaitsFor, left_s: float | None) -> None:
        """What this question waits for while it waits, and how long the model loads yet."""
        standing = self._standing
        if (waits_for, left_s) != (standing.waits_for, standing.left_s):
            standing.waits_for, standing.left_s = waits_for, left_s
            if self._body is not None:
                self._body.refresh(standing)

    def set_versions(self, versions: Siblings | None) -> None:
        """Which of how many versions this is."""
        if versions != self._standing.versions:
            self._standing.versions = versions
            self._show_actions()

    def set_focus_within(self, within: bool) -> None:
        """Whether the keyboard is somewhere in this turn."""
        self._reach(within or self.underMouse())

    def step_with_focus(self) -> int:
        """Towards which version the button leads that the keyboard is on; 0 where on none."""
        return 0 if self._body is None else self._body.action_row.step_with_focus()

    def copy_answer(self) -> None:
        """Put the answer, as it was written, on the clipboard."""
        QGuiApplication.clipboard().setText(self.body.copied_text())
        self.body.action_row.confirm_copy()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter goes into the turn, Esc back to it; Alt with an arrow shows another version."""
        key, held = Qt.Key(event.key()), event.modifiers() & _PLAIN
        step = _VERSION_KEYS.get(key)
        if self.hasFocus() and key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            inside = next(stops_within(self), None)
            if inside is not None:
                inside.setFocus(Qt.FocusReason.TabFocusReason)
        elif not self.hasFocus() and key == Qt.Key.Key_Escape:
            self._take_focus()
        elif step is not None and held == Qt.KeyboardModifier.AltModifier:
            self._requests.version_requested.emit(self.turn, step)
        else:
            super().keyPressEvent(event)

    def enterEvent(self, event: QEnterEvent) -> None:
        """Show the actions while the pointer is here."""
        super().enterEvent(event)
        self._reach(True)

    def leaveEvent(self, event: QEvent) -> None:
        """Hide the actions again, unless the keyboard is here."""
        super().leaveEvent(event)
        focus = QGuiApplication.focusObject()
        self._reach(isinstance(focus, QWidget) and (focus is self or self.isAncestorOf(focus)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """What is seen fills the turn."""
        super().resizeEvent(event)
        if self._body is not None:
            self._body.resize(self.size())

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Draw the ring."""
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Take the ring away."""
        super().focusOutEvent(event)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the focus ring around the turn."""
        del event
        if not self.hasFocus():
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self._theme.colors.focus, 2))
        ring = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        painter.drawRoundedRect(ring, RADIUS_CARD, RADIUS_CARD)
        painter.end()

    def _take_focus(self) -> None:
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def _reach(self, reached: bool) -> None:
        if reached != self._standing.reached:
            self._standing.reached = reached
            self._show_actions()

    def _show_actions(self) -> None:
        if self._body is not None:
            self._body.show_actions(self._standing)

    def _tell_height(self) -> None:
        self._requests.height_changed.emit(self)
