"""Where torch puts each row's codes in its packed 4-bit matrix: found by packing known rows.

The order differs between processors (AVX2, AVX-512, none) and is documented nowhere, and torch has
no operation to unpack. A matrix whose codes are its own row numbers shows the order.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import torch

# No processor's blocks are larger.
_MOST_ROWS = 64


class LayoutUnknown(ValueError):
    """Rows do not lie in a packed matrix as this module expects."""


@dataclass(frozen=True, slots=True)
class Block:
    """`rows` neighbouring rows lie together, column by column, two codes a byte.

    `low` and `high` are the rows whose codes the bytes of a column hold in their lower and upper
    halves.
    """

    rows: int
    low: slice
    high: slice


def pack(codes: torch.Tensor) -> torch.Tensor:
    """Codes 0..15, int32, (rows, columns), as torch packs them: uint8, (rows, columns / 2)."""
    packed: torch.Tensor = torch.ops.aten._convert_weight_to_int4pack_for_cpu(codes, 1)  # noqa: SLF001
    return packed


@cache
def whole_block() -> Block:
    """The block that matrices are made of, but for a rest of rows at the end."""
    return _block(_MOST_ROWS)


@cache
def last_block(rows: int) -> Block:
    """The block of the `rows` that are left at the end, fewer than a whole one."""
    return _block(rows)


def unpack(packed: torch.Tensor, block: Block, dtype: torch.dtype) -> torch.Tensor:
    """The codes of whole blocks, less 8, as `dtype`: shape (columns, rows).

    `packed` holds the bytes of the same rows, shape (rows, columns / 2). Columns come first, since
    a block holds its rows column by column: rows first would be several times slower.
    """
    rows, half = packed.shape
    blocks, columns = rows // block.rows, 2 * half
    held = packed.view(blocks, columns, block.rows // 2)
    codes = torch.empty(columns, blocks, block.rows, dtype=dtype)
    by_block = codes.transpose(0, 1)
    by_block[:, :, block.low] = (held & 15).view(torch.int8) - 8
    by_block[:, :, block.high] = (held >> 4).view(torch.int8) - 8
    return codes.view(columns, rows)


def _block(most_rows: int) -> Block:
    low, high, columns = _seen(most_rows)
    later = [at for at, column in enumerate(columns) if column == 1]
    if not later:
        raise LayoutUnknown(f"column 1 of {most_rows} rows is nowhere")
    half = later[0]
    return Block(2 * half, _slice(low[:half]), _slice(high[:half]))


def _seen(rows: int) -> tuple[list[int], list[int], list[int]]:
    """Of each byte of `rows` x 2 packed codes: the rows in its halves, and the column."""
    number = torch.arange(rows, dtype=torch.int32)[:, None].expand(rows, 2)
    sixteens = pack((number // 16).contiguous()).flatten().int()
    ones = pack((number % 16).contiguous()).flatten().int()
    column = pack(torch.arange(2, dtype=torch.int32).repeat(rows, 1)).flatten().int()
    low = (sixteens & 15) * 16 + (ones & 15)
    high = (sixteens >> 4) * 16 + (ones >> 4)
    if not torch.equal(column & 15, column >> 4):
        raise LayoutUnknown("a byte holds two columns")
    return low.tolist(), high.tolist(), (column & 15).tolist()


def _slice(rows: list[int]) -> slice:
    step = rows[1] - rows[0] if len(rows) > 1 else 1
    found = range(rows[0], rows[-1] + 1, step) if step > 0 else range(0)
    if list(found) != rows:
        raise LayoutUnknown(f"rows in no regular order: {rows}")
    return slice(rows[0], rows[-1] + 1, step)
