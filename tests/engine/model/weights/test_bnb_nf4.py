"""NF4 by pieces is NF4 as bitsandbytes makes it."""

from __future__ import annotations

import pytest
import torch
from bitsandbytes.functional import dequantize_4bit, quantize_4bit

from engine.model.weights.bnb_nf4 import BnbNf4


def quiet(_: int) -> None:
    pass


@pytest.fixture
def backend() -> BnbNf4:
    return BnbNf4(torch.device("cpu"), torch.float32)


@pytest.mark.parametrize("size", [(64, 64), (1152, 2048)])
def test_pieces_give_bitsandbytes_own_result(backend, random_matrix, size) -> None:
    """2,048 columns and more than 1,024 rows are several pieces."""
    weight = random_matrix(*size)
    layer = backend.pack(weight.bfloat16(), quiet)
    codes, state = quantize_4bit(
        weight.bfloat16().float(), blocksize=64, compress_statistics=True, quant_type="nf4"
    )
    assert torch.equal(layer.weight.data, codes)
    found = layer.weight.quant_state
    assert torch.equal(found.absmax, state.absmax)
    assert torch.equal(found.state2.absmax, state.state2.absmax)
    assert torch.equal(found.offset, state.offset)
    assert torch.equal(dequantize_4bit(codes, found), dequantize_4bit(codes, state))


def test_every_byte_is_told(backend, random_matrix) -> None:
    taken: list[int] = []
    weight = random_matrix(1152, 2048)
    backend.pack(weight, taken.append)
    assert len(taken) > 1
    assert sum(taken) == weight.nbytes


def test_a_layer_is_the_same_after_restoring(backend, random_matrix) -> None:
    layer = backend.pack(random_matrix(96, 128), quiet).eval()
    again = backend.restore(128, 96, layer.state_dict()).eval()
    over = backend.take_over(again, quiet).eval()
    inputs = random_matrix(3, 128)
    expected = layer(inputs)
    assert torch.equal(again(inputs), expected)
    assert torch.equal(over(inputs), expected)
    assert backend.take_over(torch.nn.Linear(2, 2), quiet) is None
    with pytest.raises(ValueError, match="packed weights"):
        backend.restore(96, 96, layer.state_dict())


def test_a_processor_takes_whole_blocks_and_a_card_takes_all(backend) -> None:
    assert backend.takes(64, 32)
    assert not backend.takes(96, 32)
    assert not backend.takes(64, 48)
    assert BnbNf4(torch.device("cuda"), torch.bfloat16).takes(96, 48)
