"""An answer in Markdown, drawn block by block while it is being written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.ui.code_block import CodeBlock
from app.ui.markdown_blocks import Block, BlockReader
from app.ui.markdown_writer import PARAGRAPH_GAP
from app.ui.prose_view import ProseView
from app.ui.table_view import TableView

if TYPE_CHECKING:
    from app.ui.theme import Theme

Segment = ProseView | CodeBlock | TableView


class AnswerView(QWidget):
    """Prose, code blocks and tables under one another. Blocks once finished are not drawn again."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._text = ""
        self._growing = False
        self._reader = BlockReader()
        self._segments: list[Segment] = []
        self._stack = QVBoxLayout(self)
        self._stack.setContentsMargins(0, 0, 0, 0)
        self._stack.setSpacing(PARAGRAPH_GAP)
        self.setAccessibleName("Answer")
        theme.changed.connect(self._redraw)

    @property
    def segments(self) -> tuple[Segment, ...]:
        """The parts shown, from top to bottom."""
        return tuple(self._segments)

    def set_text(self, text: str, *, growing: bool) -> None:
        """Show `text`; while it is `growing`, a caret stands after its last glyph."""
        text = text.replace("\r\n", "\n")
        if (text, growing) == (self._text, self._growing) and self._segments:
            return
        if not self._reader.continues(text) or (growing and not self._growing):
            self._reset()
        self._text, self._growing = text, growing
        final, still_open = self._reader.read(text, complete=not growing)
        for block in final:
            self._segment_for(block).draw(block, final=True)
        for block in still_open:
            self._segment_for(block).draw(block, final=False)
        if growing and not self._segments:
            self._append(ProseView(self._theme))
        self._place_caret()

    def _segment_for(self, block: Block) -> Segment:
        """The last segment if it takes `block`, else a new one in its place or after it."""
        last = self._segments[-1] if self._segments else None
        if last is not None and last.takes(block):
            return last
        if last is not None and not last.holds_final:
            # What looked like a paragraph has turned out to be a table, or the like.
            self._remove(last)
            return self._segment_for(block)
        if isinstance(last, ProseView):
            last.discard_open()
        makers: dict[str, type[Segment]] = {"code": CodeBlock, "table": TableView}
        return self._append(makers.get(block.kind, ProseView)(self._theme))

    def _append(self, segment: Segment) -> Segment:
        self._segments.append(segment)
        self._stack.addWidget(segment)
        return segment

    def _remove(self, segment: Segment) -> None:
        self._segments.remove(segment)
        self._stack.removeWidget(segment)
        segment.hide()
        segment.deleteLater()

    def _place_caret(self) -> None:
        for segment in self._segments:
            at_end = segment is self._segments[-1]
            segment.text_view.set_caret_shown(self._growing and at_end)

    def _reset(self) -> None:
        for segment in tuple(self._segments):
            self._remove(segment)
        self._reader = BlockReader()
        self._growing = False

    def _redraw(self) -> None:
        text, growing = self._text, self._growing
        if not self._segments:
            return
        sideways = [s.text_view.horizontalScrollBar().value() for s in self._segments]
        self._reset()
        self.set_text(text, growing=growing)
        for segment, value in zip(self._segments, sideways, strict=False):
            segment.text_view.scroll_sideways_to(value)
