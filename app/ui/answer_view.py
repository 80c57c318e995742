"""An answer in Markdown, drawn block by block while it is being written."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QScrollArea, QVBoxLayout, QWidget

from app.background import Background
from app.ui.block_reader import BlockReader, Reading
from app.ui.code_block import CodeBlock
from app.ui.footnotes import Footnotes, Note
from app.ui.formulas import Formulas
from app.ui.markdown_writer import PARAGRAPH_GAP
from app.ui.prose_view import NotesView, ProseView
from app.ui.table_view import TableView

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PySide6.QtCore import QPoint

    from app.ui.formulas import Key
    from app.ui.markdown_blocks import Block
    from app.ui.text_view import TextView
    from app.ui.theme import Theme

Segment = ProseView | CodeBlock | TableView
_SEGMENTS: dict[str, type[Segment]] = {"code": CodeBlock, "table": TableView}
_DRAWN = ("prose", "item", "code", "table")
_ROOM_AROUND_PLACE = 48


class AnswerView(QWidget):
    """Prose, code and tables under one another. Blocks once finished are not drawn again."""

    def __init__(
        self,
        theme: Theme,
        parent: QWidget | None = None,
        *,
        background: Background | None = None,
        formulas: Formulas | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._background = background or Background(self)
        self._formulas = formulas or Formulas(self._background, self)
        self._text = ""
        self._growing = False
        self._reader = BlockReader()
        self._footnotes = Footnotes()
        self._segments: list[Segment] = []
        # How many segments, from the top, hold something final.
        self._settled = 0
        self._notes: NotesView | None = None
        self._noted: list[Note] = []
        self._stack = QVBoxLayout(self)
        self._stack.setContentsMargins(0, 0, 0, 0)
        self._stack.setSpacing(PARAGRAPH_GAP)
        self.setAccessibleName("Answer")
        theme.changed.connect(self._redraw)
        self._formulas.drawn.connect(self._formula_drawn)
        # Several that fail are shown in one go.
        self._failure = QTimer(self, interval=0, singleShot=True)
        self._failure.timeout.connect(self._redraw)

    @property
    def segments(self) -> tuple[Segment, ...]:
        """The parts shown, from top to bottom, without the notes."""
        return tuple(self._segments)

    @property
    def notes(self) -> NotesView | None:
        """The footnotes, where there are any."""
        return self._notes

    def set_text(self, text: str, *, growing: bool) -> None:
        """Show `text`; while it is `growing`, a caret stands after its last glyph."""
        text = _with_plain_ends(text, growing)
        if (text, growing) == (self._text, self._growing) and self._segments:
            return
        if not self._reader.continues(text) or (growing and not self._growing):
            self._reset()
        self._text, self._growing = text, growing
        self._draw(self._reader.read(text, complete=not growing))
        if not growing and self._footnotes.mistaken:
            # Mentions were numbered for which no note has come.
            self._reset()
            self._draw(self._reader.read(text, complete=True))
        if growing and not self._segments:
            self._append(ProseView(self._theme, self._formulas))
        self._place_caret()

    def _draw(self, reading: Reading) -> None:
        if reading.anew:
            self._clear()
        self._footnotes.take(reading.final, reading.still_open, complete=not self._growing)
        runs = list(_runs(reading))
        place = self._settled
        last = self._segments[place - 1] if place else None
        if isinstance(last, ProseView):
            if runs and runs[0].kind is ProseView:
                place -= 1
            else:
                last.draw((), ())
        for run in runs:
            self._segment_at(place, run.kind).draw(run.final, run.still_open)
            place += 1
            if run.final:
                self._settled = place
        for segment in self._segments[place:]:
            self._remove(segment)
        self._draw_notes()

    def _segment_at(self, place: int, kind: type[Segment]) -> Segment:
        """The segment at `place`, where it is of this kind, else a new one in its place."""
        if place < len(self._segments) and isinstance(self._segments[place], kind):
            return self._segments[place]
        for segment in self._segments[place:]:
            self._remove(segment)
        if kind is CodeBlock:
            return self._append(CodeBlock(self._theme, self._background))
        if kind is TableView:
            return self._append(TableView(self._theme, self._formulas))
        return self._append(ProseView(self._theme, self._formulas))

    def _append(self, segment: Segment) -> Segment:
        self._stack.insertWidget(len(self._segments), segment)
        self._segments.append(segment)
        segment.text_view.place_requested.connect(self._show_place)
        return segment

    def _remove(self, segment: Segment) -> None:
        self._segments.remove(segment)
        self._discard(segment)

    def _discard(self, widget: QWidget) -> None:
        self._stack.removeWidget(widget)
        widget.hide()
        widget.deleteLater()

    def _draw_notes(self) -> None:
        notes = self._footnotes.notes()
        if notes == self._noted:
            return
        self._noted = notes
        if not notes:
            self._discard_notes()
            return
        if self._notes is None:
            self._notes = NotesView(self._theme, self._formulas)
            self._notes.place_requested.connect(self._show_place)
            self._stack.addWidget(self._notes)
        self._notes.draw(notes)

    def _discard_notes(self) -> None:
        if self._notes is not None:
            self._discard(self._notes)
        self._notes = None
        self._noted = []

    def _place_caret(self) -> None:
        views = self._views()
        for view in views:
            view.set_caret_shown(self._growing and view is views[-1])

    def _views(self) -> list[TextView]:
        views: list[TextView] = [segment.text_view for segment in self._segments]
        return views if self._notes is None else [*views, self._notes]

    def _show_place(self, anchor: str) -> None:
        """Bring the note, or the mention of it, into sight."""
        for view in self._views():
            place = view.place_of(anchor)
            if place is not None:
                view.go_to(place)
                self._scroll_to(view, view.cursorRect(view.textCursor()).center())
                return

    def _scroll_to(self, view: TextView, spot: QPoint) -> None:
        around = self.parentWidget()
        while around is not None and not isinstance(around, QScrollArea):
            around = around.parentWidget()
        content = around.widget() if around is not None else None
        if around is not None and content is not None:
            shown = view.viewport().mapTo(content, spot)
            around.ensureVisible(shown.x(), shown.y(), 0, _ROOM_AROUND_PLACE)

    def _formula_drawn(self, key: Key) -> None:
        """A formula that cannot be drawn is shown as it was written."""
        if self._formulas.failed(key) and key[0].partition("\n")[0] in self._text:
            self._failure.start()

    def _clear(self) -> None:
        for segment in tuple(self._segments):
            self._remove(segment)
        self._settled = 0
        self._footnotes = Footnotes()
        self._discard_notes()

    def _reset(self) -> None:
        self._clear()
        self._reader = BlockReader()
        self._growing = False

    def _redraw(self) -> None:
        text, growing = self._text, self._growing
        if not self._segments:
            return
        sideways = [view.horizontalScrollBar().value() for view in self._views()]
        unfolded = [isinstance(s, CodeBlock) and s.unfolded for s in self._segments]
        self._reset()
        self.set_text(text, growing=growing)
        for segment, was_unfolded in zip(self._segments, unfolded, strict=False):
            if isinstance(segment, CodeBlock) and was_unfolded:
                segment.unfold()
        for view, value in zip(self._views(), sideways, strict=False):
            view.scroll_sideways_to(value)


@dataclass(frozen=True, slots=True)
class _Run:
    """Neighbouring blocks that belong in one segment."""

    kind: type[Segment]
    final: tuple[Block, ...]
    still_open: tuple[Block, ...]


def _runs(reading: Reading) -> Iterator[_Run]:
    """What is to be drawn, by segments. A table or a block of code is one of its own."""
    blocks = [(block, True) for block in reading.final]
    blocks += [(block, False) for block in reading.still_open]
    drawn = [(n, block, final) for n, (block, final) in enumerate(blocks) if block.kind in _DRAWN]
    for (kind, _), run in groupby(drawn, lambda one: _segment_of(one[1], one[0])):
        members = list(run)
        yield _Run(
            kind,
            tuple(block for _, block, final in members if final),
            tuple(block for _, block, final in members if not final),
        )


def _segment_of(block: Block, place: int) -> tuple[type[Segment], int]:
    kind = _SEGMENTS.get(block.kind, ProseView)
    return (kind, 0) if kind is ProseView else (kind, place)


def _with_plain_ends(text: str, growing: bool) -> str:
    """`text` with lines that end as ours do; half of an end is left for the next call."""
    if growing:
        text = text.removesuffix("\r")
    return text.replace("\r\n", "\n").replace("\r", "\n")
