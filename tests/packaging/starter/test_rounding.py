"""Rounding while training is what the 4-bit library does to the weights."""

import bitsandbytes.functional as bnb
import torch
from rounding import rounded, rounding


def test_rounded_as_the_library_rounds() -> None:
    torch.manual_seed(1)
    weight = torch.randn(48, 128)
    packed, state = bnb.quantize_4bit(weight, quant_type="nf4", blocksize=64)
    torch.testing.assert_close(rounded(weight), bnb.dequantize_4bit(packed, state))
    torch.testing.assert_close(rounded(rounded(weight)), rounded(weight))
    assert not rounded(torch.zeros(4, 64)).any()


def test_weights_are_whole_again_afterwards() -> None:
    weight = torch.nn.Parameter(torch.randn(4, 64))
    before = weight.detach().clone()
    with rounding([weight]):
        assert not torch.equal(weight, before)
        weight.sum().backward()
    assert torch.equal(weight, before)
    assert weight.grad is not None
