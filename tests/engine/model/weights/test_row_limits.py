"""Every way of keeping weights says beyond how many rows its layers become dearer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import torch

from engine.model.weights.full import Full
from engine.model.weights.int4pack import NEVER, Int4Pack

if TYPE_CHECKING:
    from engine.model.loaded_model import LoadedModel


def test_full_precision_has_no_limit(tiny_model: LoadedModel) -> None:
    assert Full(torch.device("cpu"), torch.float32).row_limits == ()
    assert tiny_model.row_limits == ()


def test_packed_weights_end_where_unpacking_begins() -> None:
    layer = Int4Pack(5).pack(torch.randn(16, 32), lambda _: None)
    (limit,) = Int4Pack(5).row_limits
    unpacked: list[int] = []
    layer._unpacked = lambda rows: unpacked.append(len(rows)) or rows.new_zeros(len(rows), 16)  # type: ignore[method-assign]
    for rows in (limit, limit + 1):
        layer(torch.ones(rows, 32))
    assert unpacked == [limit + 1]
    assert Int4Pack(NEVER).row_limits == ()


@pytest.mark.parametrize(("device", "limits"), [("cuda", (4,)), ("cpu", ())])
def test_the_fused_kernel_of_nf4_is_one_of_cards(device: str, limits: tuple[int, ...]) -> None:
    from engine.model.weights.bnb_nf4 import BnbNf4

    assert BnbNf4(torch.device(device), torch.bfloat16).row_limits == limits
