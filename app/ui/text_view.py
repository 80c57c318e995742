"""Text that is read: selectable, as high as its content, without a scroll bar of its own."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QMimeData, QRect, QRectF, QSize, Qt, QUrl, Signal
from PySide6.QtGui import (
    QHelpEvent,
    QMouseEvent,
    QPainter,
    QPen,
    QTextBlock,
    QTextCursor,
    QTextFormat,
    QTextOption,
)
from PySide6.QtWidgets import QFrame, QMenu, QSizePolicy, QTextEdit, QToolTip, QWidget

from app.ui.addresses import look_at
from app.ui.inline_objects import OBJECT, SPOKEN, InlineObjects, readable, selected_source
from app.ui.link_dialog import LinkDialog
from app.ui.links import Link, links, place_of
from app.ui.plain_tip import plain_tip

if TYPE_CHECKING:
    from PySide6.QtGui import (
        QContextMenuEvent,
        QFocusEvent,
        QKeyEvent,
        QPaintEvent,
        QWheelEvent,
    )

    from app.ui.formulas import Formulas
    from app.ui.theme import Theme

CARET_WIDTH = 2
QUOTE_RULE_WIDTH = 3
QUOTE_INDENT = 16
_ABOVE_BAR = 4
# More than ever lies between two blocks.
_BETWEEN = 40
# Marks a block that is only a line across the column.
RULE_PROPERTY = QTextFormat.Property.UserProperty.value + 1


class TextView(QTextEdit):
    """A read-only document that shows everything it holds.

    Links are opened only after a person has seen the address; nothing is ever fetched.
    """

    # A place in the answer, by its anchor, that a link leads to.
    place_requested = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None, *, wraps: bool = True) -> None:
        super().__init__(parent)
        self._theme = theme
        self._caret_shown = False
        self._pressed_link = ""
        self._reached: Link | None = None
        self._objects: InlineObjects | None = None
        self.setReadOnly(True)
        self.setAcceptDrops(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setUndoRedoEnabled(False)
        self.setTabChangesFocus(True)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.document().setDocumentMargin(0)
        if wraps:
            self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        else:
            self.setLineWrapMode(QTextEdit.LineWrapMode.NoWrap)
        self.document().documentLayout().documentSizeChanged.connect(self._fit_height)
        self._sideways_due: int | None = None
        self.horizontalScrollBar().rangeChanged.connect(self._fit_height)
        # Queued: while it lays out, Qt itself goes back to where the caret is.
        self.horizontalScrollBar().rangeChanged.connect(
            self._scroll_sideways, Qt.ConnectionType.QueuedConnection
        )
        self._fit_height()
        self._recolour()
        theme.changed.connect(self._recolour)

    def set_caret_shown(self, shown: bool) -> None:
        """Draw the mark of a text that is still being written after the last glyph."""
        if shown != self._caret_shown:
            self._caret_shown = shown
            self.viewport().update()

    @property
    def caret_shown(self) -> bool:
        """Whether the mark of a text still being written is drawn."""
        return self._caret_shown

    def scroll_sideways_to(self, value: int) -> None:
        """Go there once the text, which has just been written, has been laid out so wide."""
        self._sideways_due = value or None

    def sizeHint(self) -> QSize:
        """The height is fixed to the content; the width is whatever there is."""
        return QSize(super().sizeHint().width(), self.minimumHeight())

    def loadResource(self, kind: int, name: QUrl | str) -> object:
        """Nothing outside the text is loaded, whatever an answer asks for."""
        del kind, name
        return None

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave vertical turning to the page around."""
        if abs(event.angleDelta().x()) > abs(event.angleDelta().y()):
            super().wheelEvent(event)
        else:
            event.ignore()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the text, then the rules of quotes and the caret, which are no part of it."""
        super().paintEvent(event)
        painter = QPainter(self.viewport())
        self._paint_rules(painter, event.rect())
        if self._reached is not None and self.hasFocus():
            self._paint_ring(painter, self._reached)
        if self._caret_shown:
            self._paint_caret(painter)
        painter.end()

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

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Copy and select, and what this kind of text offers besides."""
        menu = self.createStandardContextMenu()
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.fill_menu(menu)
        menu.popup(event.globalPos())

    def fill_menu(self, menu: QMenu) -> None:
        """Nothing more; kinds of text may add to it."""

    def createMimeDataFromSelection(self) -> QMimeData:
        """Formulas and boxes are copied as they were written."""
        source = selected_source(self.textCursor())
        if source is None:
            return super().createMimeDataFromSelection()
        data = QMimeData()
        data.setText(source)
        return data

    def show_objects(self, formulas: Formulas) -> None:
        """Be ready for formulas and boxes in the text."""
        self._objects = InlineObjects(self._theme, formulas, self.document(), self)

    def contents_changed(self, *, has_links: bool, complete: bool) -> None:
        """Tell the keyboard and screen readers what the text has come to hold."""
        policies = Qt.FocusPolicy
        self.setFocusPolicy(policies.StrongFocus if has_links else policies.ClickFocus)
        if complete:
            holds = OBJECT in self.document().toPlainText()
            self.setAccessibleDescription(readable(self.document(), SPOKEN) if holds else "")

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
            LinkDialog(self._theme, look_at(link.target, link.text), self).open()

    def _paint_ring(self, painter: QPainter, link: Link) -> None:
        """The keyboard's ring around each line of a link."""
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
            painter.drawRoundedRect(QRectF(first.topLeft(), last.bottomRight()).normalized(), 3, 3)

    def _paint_caret(self, painter: QPainter) -> None:
        end = QTextCursor(self.document())
        end.movePosition(QTextCursor.MoveOperation.End)
        glyph = self.cursorRect(end)
        height = min(glyph.height(), 18)
        top = glyph.center().y() - height // 2
        x = min(glyph.left() + 1, self.viewport().width() - CARET_WIDTH)
        painter.fillRect(x, top, CARET_WIDTH, height, self._theme.colors.accent)

    def _paint_rules(self, painter: QPainter, seen: QRect) -> None:
        layout = self.document().documentLayout()
        block = self.cursorForPosition(seen.topLeft()).block()
        # The one above may have something in what lies between the two.
        block = block.previous() if block.previous().isValid() else block
        while block.isValid():
            form = block.blockFormat()
            level = _quote_level(block)
            top = layout.blockBoundingRect(block).top()
            if top > seen.bottom() + _BETWEEN:
                return
            if level or form.hasProperty(RULE_PROPERTY):
                if level:
                    self._paint_quote(painter, block, level, top)
                else:
                    across = QRectF(0, round(top), self.viewport().width(), 1)
                    painter.fillRect(across, self._theme.colors.line)
            block = block.next()

    def _paint_quote(self, painter: QPainter, block: QTextBlock, level: int, top: float) -> None:
        form = block.blockFormat()
        # What lies between two paragraphs of one quote belongs to it.
        above = form.topMargin() if _quote_level(block.previous()) else 0
        height = block.layout().lineCount() * form.lineHeight() + above
        mirrored = form.layoutDirection() == Qt.LayoutDirection.RightToLeft
        for depth in range(level):
            from_edge = depth * QUOTE_INDENT
            x = self.viewport().width() - from_edge - QUOTE_RULE_WIDTH if mirrored else from_edge
            rule = QRectF(x, top - above, QUOTE_RULE_WIDTH, height)
            painter.fillRect(rule, self._theme.colors.line)

    def _scroll_sideways(self) -> None:
        bar, due = self.horizontalScrollBar(), self._sideways_due
        if due is not None and bar.maximum() >= due:
            self._sideways_due = None
            bar.setValue(due)

    def _fit_height(self) -> None:
        bar = self.horizontalScrollBar()
        room = bar.sizeHint().height() + _ABOVE_BAR if bar.maximum() > 0 else 0
        height = math.ceil(self.document().size().height()) + room
        if height != self.minimumHeight() or height != self.maximumHeight():
            self.setFixedHeight(height)

    def _recolour(self) -> None:
        self.setPalette(self._theme.text_palette(self.palette()))


def _quote_level(block: QTextBlock) -> int:
    return block.blockFormat().intProperty(QTextFormat.Property.BlockQuoteLevel)
