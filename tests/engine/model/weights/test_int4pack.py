"""The packed layer: its kernel, its unpacked product and its definition say the same."""

from __future__ import annotations

import pytest
import torch

from engine.model.weights.int4_groups import GROUP, rounded
from engine.model.weights.int4pack import Int4Pack


def quiet(_: int) -> None:
    pass


def relative(found: torch.Tensor, expected: torch.Tensor) -> float:
    return float((found - expected).norm() / expected.norm())


@pytest.mark.parametrize("size", [(64, 64), (80, 32), (16, 128), (320, 96)])
def test_the_matrix_is_exactly_what_codes_and_scales_stand_for(random_matrix, size) -> None:
    weight = random_matrix(*size)
    codes, scales = rounded(weight)
    by_group = (codes.view(size[0], -1, GROUP) - 8.0) * scales[..., 0].T[:, :, None].float()
    expected = (by_group + scales[..., 1].T[:, :, None].float()).view(size)
    assert torch.equal(Int4Pack(2).pack(weight, quiet).dequantised(), expected)


def test_packing_by_pieces_changes_nothing(random_matrix) -> None:
    """2,048 columns and more than 1,024 rows are several pieces."""
    weight = random_matrix(1104, 2048)
    taken: list[int] = []
    layer = Int4Pack(2).pack(weight, taken.append)
    assert len(taken) > 1
    assert sum(taken) == weight.nbytes
    codes, scales = rounded(weight)
    assert torch.equal(layer.scales, scales)
    packed = torch.ops.aten._convert_weight_to_int4pack_for_cpu(codes, 1)
    assert torch.equal(layer.packed, packed)


@pytest.mark.parametrize("rows", [1, 4, 64])
@pytest.mark.parametrize("unpack_from", [2, 1000])
def test_products_agree_with_the_matrix(random_matrix, rows: int, unpack_from: int) -> None:
    layer = Int4Pack(unpack_from).pack(random_matrix(176, 160), quiet)
    inputs = random_matrix(rows, 160)
    found, expected = layer(inputs), inputs @ layer.dequantised().T
    assert found.dtype == torch.float32
    # The kernel works in bfloat16, three digits; the unpacked product in float32.
    assert relative(found, expected) < (1e-6 if rows >= unpack_from else 6e-3)


@pytest.mark.parametrize("rows", [4, 64])
def test_unpacked_to_bfloat16_it_says_what_the_kernel_says(random_matrix, rows: int) -> None:
    layer = Int4Pack(2, torch.bfloat16).pack(random_matrix(176, 160), quiet)
    inputs = random_matrix(rows, 160)
    assert relative(layer(inputs), inputs @ layer.dequantised().T) < 6e-3


def test_any_leading_shape_type_and_bias(random_matrix) -> None:
    layer = Int4Pack(5).pack(random_matrix(32, 64), quiet)
    layer.bias = torch.nn.Parameter(torch.arange(32.0), requires_grad=False)
    inputs = random_matrix(6, 64).view(2, 3, 64)
    found = layer(inputs)
    assert found.shape == (2, 3, 32)
    assert relative(found, inputs @ layer.dequantised().T + torch.arange(32.0)) < 1e-6
    half = layer(inputs.bfloat16()[:1])
    assert (half.dtype, half.shape) == (torch.bfloat16, (1, 3, 32))
    assert layer(inputs[:0]).shape == (0, 3, 32)


def test_sizes_that_the_kernel_cannot_take_are_refused() -> None:
    backend = Int4Pack(2)
    assert backend.takes(32, 16)
    assert not backend.takes(48, 16)
    assert not backend.takes(32, 24)


def test_a_layer_is_the_same_after_restoring(random_matrix) -> None:
    backend = Int4Pack(2)
    layer = backend.pack(random_matrix(48, 64), quiet)
    again = backend.restore(64, 48, layer.state_dict())
    inputs = random_matrix(3, 64)
    assert torch.equal(again(inputs), layer(inputs))
    with pytest.raises(ValueError, match="packed weights"):
        backend.restore(64, 32, layer.state_dict())
    with pytest.raises(KeyError):
        backend.restore(64, 48, {"packed": layer.packed})
