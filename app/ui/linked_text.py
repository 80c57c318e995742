"""Text with links: followed by mouse and keyboard, opened only after a person has been asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QRectF, Qt, Signal
from PySide6.QtGui import QHelpEvent, QMouseEvent, QPainter, QPen, QTextCursor
from PySide6.QtWidgets import QTextEdit, QToolTip, QWidget

from app.ui.addresses import look_at
from app.ui.link_dialog import LinkDialog
from app.ui.links import Link, links, place_of
from app.ui.plain_tip import plain_tip

if TYPE_CHECKING:
    from PySide6.QtGui import QFocusEvent, QKeyEvent

    from app.ui.theme import Theme


class LinkedText(QTextEdit):
    """Tab goes from link to link, Enter or a click follows one."""

    # A place in the answer, by its anchor, that a link leads to.
    place_requested = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._pressed_link = ""
        self._reached: Link | None = None

    def viewportEvent(self, event: QEvent) -> bool:
        """Show where a link leads, or what an object stands for."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            link = self.anchorAt(event.pos())
            tip = self.cursorForPosition(event.pos()).charFormat().toolTip()
            QToolTip.showText(event.globalPos(), plain_tip(tip or link), self)
            return True
        return super().viewportEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """A link looks like something that answers a click."""
        super().mouseMoveEvent(event)
        over_link = bool(self.anchorAt(event.position().toPoint()))
        shape = Qt.CursorShape.PointingHandCursor if over_link else Qt.CursorShape.IBeamCursor
        self.viewport().setCursor(shape)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Remember the link under the pointer, if any."""
        self._pressed_link = self.anchorAt(event.position().toPoint())
        super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click on a link asks, with its whole address, before it is opened."""
        super().mouseReleaseEvent(event)
        spot = event.position().toPoint()
        target = self.anchorAt(spot)
        selected = self.textCursor().hasSelection()
        left = event.button() == Qt.MouseButton.LeftButton
        if left and target and target == self._pressed_link and not selected:
            at = self.cursorForPosition(spot).position()
            meant = (x for x in links(self.document()) if x.begin <= at <= x.end)
            self._follow(next((x for x in meant if x.target == target), Link(at, at, target, "")))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter follows the link that the keyboard is on."""
        link = self._reached
        if link is not None and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._follow(link)
        else:
            super().keyPressEvent(event)

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Tab stops at each link before it goes on."""
        every = links(self.document())
        at = every.index(self._reached) if self._reached in every else -1 if forward else len(every)
        at += 1 if forward else -1
        if 0 <= at < len(every):
            self._reach(every[at])
            return True
        self._reach(None)
        return super().focusNextPrevChild(forward)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Whoever comes by Tab is at the first link, or at the last one."""
        super().focusInEvent(event)
        every = links(self.document())
        if every and event.reason() == Qt.FocusReason.TabFocusReason:
            self._reach(every[0])
        elif every and event.reason() == Qt.FocusReason.BacktabFocusReason:
            self._reach(every[-1])

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Take the ring around a link away."""
        super().focusOutEvent(event)
        if event.reason() not in (
            Qt.FocusReason.ActiveWindowFocusReason,
            Qt.FocusReason.PopupFocusReason,
        ):
            self._reach(None)

    def place_of(self, anchor: str) -> int | None:
        """Where the anchor called `anchor` is in this text."""
        return place_of(self.document(), anchor)

    def go_to(self, place: int) -> None:
        """Put the cursor at the link at `place`."""
        cursor = QTextCursor(self.document())
        cursor.setPosition(place)
        self.setTextCursor(cursor)
        self.setFocus(Qt.FocusReason.OtherFocusReason)
        self._reach(next((x for x in links(self.document()) if x.begin == place), None))

    def _reach(self, link: Link | None) -> None:
        if link != self._reached:
            self._reached = link
            self.viewport().update()

    def _follow(self, link: Link) -> None:
        """Places in the answer are shown; before anything is opened, a person is asked."""
        if link.target.startswith("#"):
            self.place_requested.emit(link.target)
        else:
            LinkDialog(self._theme, look_at(link.target, link.text), self.window()).open()

    def paint_ring(self, painter: QPainter) -> None:
        """The keyboard's ring around each line of the link that it is on."""
        link = self._reached
        if link is None or not self.hasFocus():
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self._theme.colors.focus, 2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        begin, end = QTextCursor(self.document()), QTextCursor(self.document())
        begin.setPosition(link.begin)
        end.setPosition(min(link.end, self.document().characterCount() - 1))
        first, last = self.cursorRect(begin), self.cursorRect(end)
        if first.top() == last.top():
            painter.drawRoundedRect(QRectF(first.united(last)).adjusted(-1, 1, 1, -1), 3, 3)
        else:
            width = self.viewport().width()
            head = QRectF(first.left(), first.top(), width - first.left() - 1, first.height())
            tail = QRectF(1, last.top(), last.right(), last.height())
            painter.drawRoundedRect(head, 3, 3)
            painter.drawRoundedRect(tail, 3, 3)
