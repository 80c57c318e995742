"""An answer in Markdown, drawn block by block while it is being written."""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QScrollArea, QVBoxLayout, QWidget

from app.background import Background
from app.ui.answer_runs import Segment, runs
from app.ui.block_reader import BlockReader, Reading
from app.ui.code_block import CodeBlock
from app.ui.footnotes import Footnotes, Note
from app.ui.formulas import Formulas
from app.ui.markdown_writer import PARAGRAPH_GAP
from app.ui.prose_view import LONG, NotesView, ProseView
from app.ui.table_block import TableBlock

if TYPE_CHECKING:
    from PySide6.QtCore import QPoint

    from app.ui.formulas import Key
    from app.ui.markdown_blocks import Block
    from app.ui.text_view import TextView
    from app.ui.theme import Theme

# By blocks of code and tables, from the top: whether all is shown, and whether long lines break.
Unfolded = tuple[tuple[bool, bool], ...]
_ROOM_AROUND_PLACE = 48
# So many characters are read and drawn before the window has its turn again.
_AT_ONCE = 3000


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
        self._read_until = 0
        # Read, and not drawn yet.
        self._due: list[Block] = []
        self._still_open: tuple[Block, ...] = ()
        self._unfolded: Unfolded = ()
        self._later = QTimer(self, interval=0, singleShot=True)
        self._later.timeout.connect(self._go_on)
        self._footnotes = Footnotes()
        self._segments: list[Segment] = []
        # How many segments, from the top, hold something final.
        self._settled = 0
        self._notes: NotesView | None = None
        self._noted: list[Note] = []
        self._stack = QVBoxLayout(self)
        self._stack.setContentsMargins(0, 0, 0, 0)
        self._stack.setSpacing(0)
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

    @property
    def complete(self) -> bool:
        """Whether all of the text has been drawn: a long one is drawn in pieces."""
        return self._read_until == len(self._text) and not self._due

    @property
    def unfolded(self) -> Unfolded:
        """How blocks of code and tables are shown."""
        folding = (s for s in self._segments if isinstance(s, CodeBlock | TableBlock))
        return tuple((segment.unfolded, segment.wrapped) for segment in folding)

    def unfold_like(self, unfolded: Unfolded) -> None:
        """Show blocks of code and tables so, once they are there."""
        self._unfolded = unfolded

    def set_text(self, text: str, *, growing: bool) -> None:
        """Show `text`; while it is `growing`, a caret stands after its last glyph."""
        text = _with_plain_ends(text, growing)
        if (text, growing) == (self._text, self._growing) and self._segments:
            return
        if not self._reader.continues(text) or (growing and not self._growing):
            self._reset()
        self._text, self._growing = text, growing
        self._go_on()

    def _go_on(self) -> None:
        """Read and draw the next piece, and leave what is beyond it for later."""
        if not self._due:
            self._read_piece()
        sizes = accumulate(block.size for block in self._due)
        count = 1 + sum(size <= _AT_ONCE for size in sizes)
        piece, self._due = tuple(self._due[:count]), self._due[count:]
        self._draw(Reading(piece, () if self._due else self._still_open))
        if not self.complete:
            self._later.start()
        elif not self._growing and self._footnotes.mistaken:
            # Mentions were numbered for which no note has come.
            self._draw_anew()
        if self._growing and not self._segments:
            self._append(ProseView(self._theme, self._formulas))
        self._place_caret()

    def _read_piece(self) -> None:
        until = min(len(self._text), self._read_until + _AT_ONCE)
        at_end = until == len(self._text)
        text = self._text if at_end else self._text[:until]
        reading = self._reader.read(text, complete=at_end and not self._growing)
        self._read_until = until
        if reading.anew:
            self._clear()
        self._due, self._still_open = list(reading.final), reading.still_open

    def _draw_anew(self) -> None:
        """Draw a complete text once more, now that all its notes are known."""
        text = self._text
        self._reset()
        self._text = text
        reading = self._reader.read(text, complete=True)
        self._read_until = len(text)
        self._draw(reading)

    def _draw(self, reading: Reading) -> None:
        complete = not self._growing and self.complete
        self._footnotes.take(reading.final, reading.still_open, complete=complete)
        place = self._settled
        last = self._segments[place - 1] if place else None
        size = last.extent if isinstance(last, ProseView) else LONG
        to_draw = runs(reading, size)
        if isinstance(last, ProseView):
            if to_draw and to_draw[0].goes_on:
                place -= 1
            else:
                last.draw((), ())
        above = "" if last is None else last.look if isinstance(last, ProseView) else "code"
        for run in to_draw:
            segment = self._segment_at(place, run.kind)
            if not run.goes_on:
                self._set_gap(place, run.gap_below(above))
            segment.draw(run.final, run.still_open)
            above = run.look
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
        if kind is ProseView:
            return self._append(ProseView(self._theme, self._formulas))
        code = kind is CodeBlock
        block: CodeBlock | TableBlock = (
            CodeBlock(self._theme, self._background)
            if code
            else TableBlock(self._theme, self._formulas)
        )
        number = len(self.unfolded)
        if number < len(self._unfolded):
            unfolded, wrapped = self._unfolded[number]
            block.look_like(unfolded=unfolded, wrapped=wrapped)
        return self._append(block)

    def _append(self, segment: Segment) -> Segment:
        """Put `segment` below the others, and above it a gap of its own."""
        place = 2 * len(self._segments)
        self._stack.insertSpacing(place, 0)
        self._stack.insertWidget(place + 1, segment)
        self._segments.append(segment)
        segment.text_view.place_requested.connect(self._show_place)
        return segment

    def _remove(self, segment: Segment) -> None:
        self._segments.remove(segment)
        self._discard(segment)

    def _set_gap(self, place: int, gap: int) -> None:
        item = self._stack.itemAt(2 * place)
        spacer = item.spacerItem() if item is not None else None
        assert spacer is not None
        wanted = gap if place else 0
        if spacer.sizeHint().height() != wanted:
            spacer.changeSize(0, wanted)
            self._stack.invalidate()

    def _discard(self, widget: QWidget) -> None:
        self._stack.takeAt(self._stack.indexOf(widget) - 1)
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
            self._stack.addSpacing(PARAGRAPH_GAP)
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
        self._later.stop()
        self._clear()
        self._reader = BlockReader()
        self._read_until = 0
        self._due, self._still_open = [], ()
        self._growing = False

    def _redraw(self) -> None:
        text, growing = self._text, self._growing
        if not self._segments:
            return
        sideways = [view.horizontalScrollBar().value() for view in self._views()]
        self._unfolded = self.unfolded
        self._reset()
        self.set_text(text, growing=growing)
        for view, value in zip(self._views(), sideways, strict=False):
            view.scroll_sideways_to(value)


def _with_plain_ends(text: str, growing: bool) -> str:
    """`text` with lines that end as ours do; half of an end is left for the next call."""
    if growing:
        text = text.removesuffix("\r")
    return text.replace("\r\n", "\n").replace("\r", "\n")
