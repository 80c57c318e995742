"""Which blocks of an answer stand together in one view."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from app.ui.code_block import CodeBlock
from app.ui.markdown_writer import PARAGRAPH_GAP, gap_above
from app.ui.prose_view import LONG, ProseView
from app.ui.table_block import TableBlock

if TYPE_CHECKING:
    from app.ui.block_reader import Reading
    from app.ui.markdown_blocks import Block

Segment = ProseView | CodeBlock | TableBlock
_SEGMENTS: dict[str, type[Segment]] = {"code": CodeBlock, "table": TableBlock}
_DRAWN = ("prose", "item", "code", "table")


@dataclass(slots=True)
class Run:
    """Neighbouring blocks that belong in one segment; `goes_on` says in the last one there is."""

    kind: type[Segment]
    goes_on: bool = False
    final: list[Block] = field(default_factory=list)
    still_open: list[Block] = field(default_factory=list)

    @property
    def look(self) -> str:
        """What the last block looks like."""
        return (*self.final, *self.still_open)[-1].look

    def gap_below(self, above: str) -> int:
        """The gap between this and a block that looks like `above`."""
        first = (*self.final, *self.still_open)[0]
        return gap_above(first, above) if self.kind is ProseView else PARAGRAPH_GAP


def runs(reading: Reading, size: int) -> list[Run]:
    """What is to be drawn, by segments. A table or a block of code is one of its own.

    `size` is that of the prose above, which goes on until it is `LONG`.
    """
    found: list[Run] = []
    if size < LONG:
        found.append(Run(ProseView, goes_on=True))
    blocks = [(block, True) for block in reading.final]
    blocks += [(block, False) for block in reading.still_open]
    for block, final in blocks:
        if block.kind not in _DRAWN:
            continue
        kind = _SEGMENTS.get(block.kind, ProseView)
        if not found or kind is not ProseView or found[-1].kind is not kind or size >= LONG:
            found.append(Run(kind))
            size = 0
        size += block.size
        (found[-1].final if final else found[-1].still_open).append(block)
    return [run for run in found if run.final or run.still_open]
