"""A run of paragraphs, headings and lists; its last block may still be growing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QTextCursor

from app.ui.markdown_writer import ProseWriter
from app.ui.text_view import TextView

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from app.ui.markdown_blocks import Block
    from app.ui.theme import Theme


class ProseView(TextView):
    """One document for neighbouring blocks of prose, so that a selection runs through them."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._final_end = 0
        self._final_kind = ""

    @property
    def holds_final(self) -> bool:
        """Whether something here is written for good."""
        return bool(self._final_kind)

    @property
    def text_view(self) -> TextView:
        """Where the caret of a growing text belongs."""
        return self

    def takes(self, block: Block) -> bool:
        """Whether `block` belongs in here after what is final."""
        return block.kind in ("prose", "item")

    def draw(self, block: Block, *, final: bool) -> None:
        """Draw `block` in the place of the one still open."""
        edit = QTextCursor(self.document())
        edit.beginEditBlock()
        self._remove_open(edit)
        writer = ProseWriter(self._theme, self.document(), continues=self.holds_final)
        kind = writer.write(block, self._final_kind)
        edit.endEditBlock()
        if final:
            self._final_kind = kind
            self._final_end = self.document().characterCount() - 1

    def discard_open(self) -> None:
        """Take the open block away again: it turned out to be no prose."""
        self._remove_open(QTextCursor(self.document()))

    def _remove_open(self, edit: QTextCursor) -> None:
        edit.setPosition(self._final_end)
        edit.movePosition(QTextCursor.MoveOperation.End, QTextCursor.MoveMode.KeepAnchor)
        edit.removeSelectedText()
