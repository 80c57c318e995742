"""The text field of the composer: keys, pasting, and a height that follows the text."""

from __future__ import annotations

import math
import re
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData, QRect, Qt, Signal
from PySide6.QtGui import QImage, QPainter, QTextBlockFormat, QTextCursor
from PySide6.QtWidgets import QFrame, QTextEdit

from app.ui.markdown_writer import reads_from_the_right

if TYPE_CHECKING:
    from PySide6.QtGui import (
        QDragEnterEvent,
        QFocusEvent,
        QInputMethodEvent,
        QKeyEvent,
        QPaintEvent,
    )

    from app.ui.theme import Theme

LINE = 24
_IMAGE = "image/"
_ADDRESS = re.compile(r"(?:https?|data|blob|file):\S+", re.IGNORECASE)
LONG_TEXT = 8_000


class ComposerEditor(QTextEdit):
    """Plain text. Enter sends, with Shift it breaks the line."""

    send_requested = Signal()
    last_wanted = Signal()
    escaped = Signal()
    files_pasted = Signal(list)
    image_pasted = Signal(object)
    long_text_pasted = Signal(object)
    focus_changed = Signal(bool)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._placeholder = ""
        self._composing = False
        self._enter_sends = True
        self._largest = 10 * LINE
        self.setAcceptRichText(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFont(theme.font("reading"))
        self.setTabChangesFocus(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.document().setDocumentMargin(0)
        self.setAccessibleName("Message")
        self._set_line_height()
        self.document().documentLayout().documentSizeChanged.connect(self._fit)
        self._fit()
        self._recolour()
        theme.changed.connect(self._recolour)

    def set_text(self, text: str) -> None:
        """Replace everything by `text`, with the caret behind it."""
        self.setPlainText(text)
        self._set_line_height()
        self.moveCursor(QTextCursor.MoveOperation.End)

    def insert_at_start(self, text: str) -> None:
        """Put `text` before what is written; the caret stays behind what it was behind."""
        start = QTextCursor(self.document())
        start.insertText(text)
        self._set_line_height()
        self.ensureCursorVisible()

    def set_placeholder(self, text: str) -> None:
        """What stands here while nothing is written."""
        self._placeholder = text
        self.setAccessibleDescription(text)
        self.viewport().update()

    def set_largest_height(self, height: int) -> None:
        """How high the field may grow before it scrolls."""
        self._largest = max(self._line, height)
        self._fit()

    def set_enter_sends(self, sends: bool) -> None:
        """Whether Enter sends and Shift+Enter breaks the line, or Ctrl+Enter sends and Enter not.

        Shift+Enter breaks the line either way.
        """
        self._enter_sends = sends

    @property
    def _line(self) -> int:
        return self._theme.px(LINE)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Send on Enter, unless an input method is still composing."""
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        held = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if enter and self._composing:
            event.accept()  # it ends the composition, wherever the key comes through at all
        elif enter:
            plain, control = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier
            if held == (plain if self._enter_sends else control):
                self.send_requested.emit()
            else:
                self.textCursor().insertBlock()
                self.ensureCursorVisible()
        elif event.key() == Qt.Key.Key_Escape:
            event.ignore()
            self.escaped.emit()
        elif event.key() == Qt.Key.Key_Up and not held and self._nothing_written():
            self.last_wanted.emit()
        else:
            super().keyPressEvent(event)

    def inputMethodEvent(self, event: QInputMethodEvent) -> None:
        """Know whether a word is being composed."""
        self._composing = bool(event.preeditString())
        super().inputMethodEvent(event)
        self.viewport().update()

    def canInsertFromMimeData(self, source: QMimeData) -> bool:
        """Files and pictures can be pasted too."""
        return holds_image(source) or super().canInsertFromMimeData(source)

    def insertFromMimeData(self, source: QMimeData) -> None:
        """Paste files and pictures as attachments, everything else as plain text."""
        paths = local_paths(source)
        if paths:
            self.files_pasted.emit(paths)
        elif holds_image(source) and not _means_text(source):
            self.image_pasted.emit(image_in(source))
        else:
            self._paste_text(source.text())

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Leave files and pictures to the window; text can be dropped between the words."""
        if event.mimeData().hasUrls() or holds_image(event.mimeData()):
            event.ignore()
        else:
            super().dragEnterEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Tell the box around."""
        super().focusInEvent(event)
        self.focus_changed.emit(True)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Tell the box around."""
        super().focusOutEvent(event)
        self.focus_changed.emit(False)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the text, or what stands in its place on the same base line."""
        super().paintEvent(event)
        if not self._placeholder or self._composing or not self.document().isEmpty():
            return
        painter = QPainter(self.viewport())
        painter.setPen(self._theme.colors.ink3)
        painter.setFont(self.font())
        room = QRect(0, 0, self.viewport().width(), self._line)
        text = self.fontMetrics().elidedText(
            self._placeholder, Qt.TextElideMode.ElideRight, room.width()
        )
        # It stands where a text in its language would begin, and with it the caret.
        from_right = reads_from_the_right(text)
        side = Qt.AlignmentFlag.AlignRight if from_right else Qt.AlignmentFlag.AlignLeft
        kinds = Qt.TextFlag
        turned = kinds.TextForceRightToLeft if from_right else kinds.TextForceLeftToRight
        where = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignAbsolute | side
        painter.drawText(room, where.value | turned.value, text)
        painter.end()

    def _nothing_written(self) -> bool:
        return self.document().isEmpty() and not self._composing

    def _paste_text(self, text: str) -> None:
        start = self.textCursor().selectionStart()
        self.insertPlainText(text)
        self.ensureCursorVisible()
        if len(text) > LONG_TEXT:
            pasted = self.textCursor()
            end = pasted.position()
            pasted.setPosition(start)
            pasted.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
            # What is typed after it is no part of it.
            pasted.setKeepPositionOnInsert(True)
            self.long_text_pasted.emit(pasted)

    def _set_line_height(self) -> None:
        self._set_apart = self._line
        form = QTextBlockFormat()
        form.setLineHeight(self._line, QTextBlockFormat.LineHeightTypes.FixedHeight.value)
        self.document().setUndoRedoEnabled(False)
        cursor = QTextCursor(self.document())
        cursor.select(QTextCursor.SelectionType.Document)
        cursor.mergeBlockFormat(form)
        self.document().setUndoRedoEnabled(True)

    def _fit(self) -> None:
        wanted = max(self._line, math.ceil(self.document().size().height()))
        scrolls = wanted > self._largest
        always, never = Qt.ScrollBarPolicy.ScrollBarAsNeeded, Qt.ScrollBarPolicy.ScrollBarAlwaysOff
        self.setVerticalScrollBarPolicy(always if scrolls else never)
        self.setFixedHeight(min(wanted, self._largest))

    def _recolour(self) -> None:
        self.setPalette(self._theme.text_palette(self.palette()))
        if self._set_apart != self._line:
            self._set_line_height()  # which forgets what could be undone
            self._fit()
        self.viewport().update()


def _means_text(source: QMimeData) -> bool:
    """Whether text beside a picture is what was copied.

    Programs that copy text with a picture of it mean the text; browsers that copy a picture put its
    address beside it.
    """
    text = bytes(source.data("text/plain").data()).decode("utf-8", "replace").strip()
    return bool(text) and _ADDRESS.fullmatch(text) is None


def holds_image(source: QMimeData) -> bool:
    """Whether there are pixels in `source`; an address of some is none."""
    return source.hasImage() or any(kind.startswith(_IMAGE) for kind in source.formats())


def image_in(source: QMimeData) -> QImage:
    """The pixels in `source`; a null picture where they cannot be decoded."""
    if source.hasImage():
        return QImage(source.imageData())
    kinds = [kind for kind in source.formats() if kind.startswith(_IMAGE)]
    pictures = (QImage.fromData(source.data(kind)) for kind in kinds)
    return next((picture for picture in pictures if not picture.isNull()), QImage())


def local_paths(source: QMimeData) -> list[Path]:
    """The files on this computer that `source` names."""
    return [Path(url.toLocalFile()) for url in source.urls() if url.isLocalFile()]
