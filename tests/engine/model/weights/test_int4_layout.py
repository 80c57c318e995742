"""Unpacking gives back what was packed, in every order that torch packs in."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
import torch

from engine.model.weights.int4_layout import last_block, pack, unpack, whole_block

ROUND_TRIP = """
import torch
from engine.model.weights.int4pack import Int4Pack
weight = torch.randn(176, 64, generator=torch.Generator().manual_seed(0))
layer = Int4Pack(unpack_from=8).pack(weight, lambda _: None)
inputs = torch.randn(20, 64, generator=torch.Generator().manual_seed(1)).bfloat16().float()
unpacked, kernel = layer(inputs), torch.cat([layer(inputs[:7]), layer(inputs[7:14])])
print(torch.backends.cpu.get_cpu_capability(),
      float((unpacked - inputs @ layer.dequantised().T).abs().max()),
      float((unpacked[:14] - kernel).norm() / kernel.norm()),
      float((layer.dequantised() - weight).norm() / weight.norm()))
"""


@pytest.mark.parametrize("rows", [64, 128, 192])
def test_whole_blocks_come_back(rows: int) -> None:
    codes = torch.randint(0, 16, (rows, 96), generator=torch.Generator().manual_seed(rows))
    found = unpack(pack(codes.int()), whole_block(), torch.float32)
    assert torch.equal(found.T, codes - 8.0)


@pytest.mark.parametrize("rows", [16, 32, 48])
def test_a_rest_of_rows_comes_back(rows: int) -> None:
    codes = torch.randint(0, 16, (rows, 32), generator=torch.Generator().manual_seed(rows))
    found = unpack(pack(codes.int()), last_block(rows), torch.float32)
    assert torch.equal(found.T, codes - 8.0)


@pytest.mark.parametrize("instructions", ["default", "avx2"])
def test_other_processors_orders_are_found_out(instructions: str) -> None:
    """torch can be told to do as it would on a processor with less."""
    environment = {**os.environ, "ATEN_CPU_CAPABILITY": instructions}
    done = subprocess.run(
        [sys.executable, "-c", ROUND_TRIP],
        env=environment, capture_output=True, text=True, timeout=240, check=True,
    )  # fmt: skip
    capability, exact, kernel, rounding = done.stdout.split()
    assert capability.lower() == instructions
    assert float(exact) < 1e-5
    assert float(kernel) < 0.01
    assert 0.05 < float(rounding) < 0.09
