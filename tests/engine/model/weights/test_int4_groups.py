"""Rounding in groups: the codes mean what they should, and cost less than the plain range."""

from __future__ import annotations

import pytest
import torch

from engine.model.weights.int4_groups import GROUP, plain_range, rounded


def stands_for(codes: torch.Tensor, scales: torch.Tensor) -> torch.Tensor:
    """The matrix, one group after the other, as the kernel's documentation defines it."""
    result = torch.empty(codes.shape)
    for group in range(codes.shape[1] // GROUP):
        columns = slice(group * GROUP, (group + 1) * GROUP)
        scale, zero = scales[group].float().unbind(dim=1)
        result[:, columns] = (codes[:, columns] - 8) * scale[:, None] + zero[:, None]
    return result


def error(weight: torch.Tensor, kept: torch.Tensor) -> float:
    return float((weight - kept).norm() / weight.norm())


def test_codes_and_scales_have_the_forms_that_the_kernel_takes(random_matrix) -> None:
    codes, scales = rounded(random_matrix(48, 96))
    assert (codes.dtype, scales.dtype) == (torch.int32, torch.bfloat16)
    assert (codes.shape, scales.shape) == ((48, 96), (3, 48, 2))
    assert scales.is_contiguous()
    assert 0 <= int(codes.min()) < int(codes.max()) <= 15


@pytest.mark.parametrize("kind", ["normal", "heavy-tailed", "shifted"])
def test_the_search_loses_less_than_the_plain_range(random_matrix, kind: str) -> None:
    weight = random_matrix(64, 512)
    if kind == "heavy-tailed":
        weight = weight**3
    elif kind == "shifted":
        weight += 0.7
    found = error(weight, stands_for(*rounded(weight)))
    plain = error(weight, plain_range(weight))
    assert found < 0.95 * plain
    assert found < 0.1


def test_groups_without_spread_stay_what_they_are() -> None:
    weight = torch.zeros(16, 64)
    weight[:, GROUP:] = 0.375  # exact in bfloat16
    assert torch.equal(stands_for(*rounded(weight)), weight)


def test_a_group_does_not_see_its_neighbours(random_matrix) -> None:
    weight = random_matrix(16, 128)
    codes, scales = rounded(weight)
    weight[3, 32:64] *= 100
    other_codes, other_scales = rounded(weight)
    same = torch.ones(16, 128, dtype=torch.bool)
    same[3, 32:64] = False
    assert torch.equal(codes[same], other_codes[same])
    assert torch.equal(scales[[0, 2, 3]], other_scales[[0, 2, 3]])


def test_sixteen_bit_weights_are_rounded_as_their_exact_values(random_matrix) -> None:
    weight = random_matrix(16, 64).bfloat16()
    for a, b in zip(rounded(weight), rounded(weight.float()), strict=True):
        assert torch.equal(a, b)
