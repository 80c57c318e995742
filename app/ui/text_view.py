"""Text that is read: selectable, as high as its content, without a scroll bar of its own."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData, QRect, QRectF, QSize, Qt, QUrl
from PySide6.QtGui import (
    QPainter,
    QTextBlock,
    QTextCursor,
    QTextFormat,
    QTextOption,
)
from PySide6.QtWidgets import QFrame, QMenu, QSizePolicy, QTextEdit, QWidget

from app.ui.inline_objects import OBJECT, SPOKEN, InlineObjects, readable, selected_source
from app.ui.linked_text import LinkedText

if TYPE_CHECKING:
    from PySide6.QtGui import (
        QContextMenuEvent,
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


class TextView(LinkedText):
    """A read-only document that shows everything it holds.

    Links are opened only after a person has seen the address; nothing is ever fetched.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None, *, wraps: bool = True) -> None:
        super().__init__(theme, parent)
        self._caret_shown = False
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
        self.paint_ring(painter)
        if self._caret_shown:
            self._paint_caret(painter)
        painter.end()

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

    def _paint_caret(self, painter: QPainter) -> None:
        end = QTextCursor(self.document())
        end.movePosition(QTextCursor.MoveOperation.End)
        glyph = self.cursorRect(end)
        height = min(glyph.height(), self._theme.px(18))
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
        lines = block.layout().lineCount() * form.lineHeight()
        # Lines with formulas may be higher.
        height = max(lines, block.layout().boundingRect().height()) + above
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
