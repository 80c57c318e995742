"""A run of paragraphs, headings and lists; its last blocks may still be growing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QTextBlockFormat, QTextCharFormat, QTextCursor

from app.ui.markdown_blocks import has_links
from app.ui.markdown_writer import ProseWriter
from app.ui.text_view import TextView

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtWidgets import QWidget

    from app.ui.footnotes import Note
    from app.ui.formulas import Formulas
    from app.ui.markdown_blocks import Block
    from app.ui.theme import Theme

# So many characters are laid out together. Qt lays out what follows a change anew, and a view is
# made bigger as a whole.
LONG = 3000


class ProseView(TextView):
    """One document for neighbouring blocks of prose, so that a selection runs through them."""

    def __init__(self, theme: Theme, formulas: Formulas, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._formulas = formulas
        self.show_objects(formulas)
        self.setAccessibleName("Answer text")
        self._final_end = 0
        self._final_kind = ""
        self._has_links = False
        self._final_format = QTextBlockFormat()
        self._final_letters = QTextCharFormat()
        # Characters written for good; from `LONG` on, what follows is for another view.
        self.extent = 0

    @property
    def look(self) -> str:
        """What the last block that is written for good looks like; nothing before there is one."""
        return self._final_kind

    @property
    def text_view(self) -> TextView:
        """Where the caret of a growing text belongs."""
        return self

    def draw(self, final: Sequence[Block], still_open: Sequence[Block]) -> None:
        """Draw blocks after what is final, in the place of those that were still open."""
        edit = QTextCursor(self.document())
        edit.beginEditBlock()
        self._remove_open(edit)
        for block in final:
            self._final_kind = self._write(block, self._final_kind)
            self.extent += block.size
        if final:
            self._final_end = self.document().characterCount() - 1
            last = self.document().lastBlock()
            self._final_format, self._final_letters = last.blockFormat(), last.charFormat()
        kind = self._final_kind
        for block in still_open:
            kind = self._write(block, kind)
        edit.endEditBlock()
        self._has_links = self._has_links or any(map(has_links, final))
        linked = self._has_links or any(map(has_links, still_open))
        self.contents_changed(has_links=linked, complete=not still_open)

    def _write(self, block: Block, previous: str) -> str:
        continues = bool(previous)
        writer = ProseWriter(self._theme, self._formulas, self.document(), continues=continues)
        return writer.write(block, previous)

    def _remove_open(self, edit: QTextCursor) -> None:
        edit.setPosition(self._final_end)
        edit.movePosition(QTextCursor.MoveOperation.End, QTextCursor.MoveMode.KeepAnchor)
        edit.removeSelectedText()
        # Where the last final block is empty, Qt leaves it the look of what was removed.
        if edit.blockFormat() != self._final_format:
            edit.setBlockFormat(self._final_format)
        if edit.blockCharFormat() != self._final_letters:
            edit.setBlockCharFormat(self._final_letters)


class NotesView(TextView):
    """The footnotes of an answer, below a line at its end."""

    def __init__(self, theme: Theme, formulas: Formulas, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._formulas = formulas
        self.show_objects(formulas)
        self.setAccessibleName("Notes")

    def draw(self, notes: Sequence[Note]) -> None:
        """Show `notes`, which are few."""
        edit = QTextCursor(self.document())
        edit.beginEditBlock()
        edit.select(QTextCursor.SelectionType.Document)
        edit.removeSelectedText()
        line = ProseWriter(self._theme, self._formulas, self.document(), continues=False)
        line.write_rule()
        for note in notes:
            writer = ProseWriter(self._theme, self._formulas, self.document(), continues=True)
            writer.write_note(note)
        edit.endEditBlock()
        self.contents_changed(has_links=True, complete=True)
