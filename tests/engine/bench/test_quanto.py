"""quanto's layers run where nothing can be compiled."""

from __future__ import annotations

import os
import subprocess
import sys

RUN = """
import torch
from engine.bench.quanto import quanto_linear
weight = torch.randn(64, 256, generator=torch.Generator().manual_seed(0))
layer, error = quanto_linear(weight), 0.0
for rows in (1, 4, 64):
    inputs = torch.randn(rows, 256).bfloat16()
    expected = inputs.float() @ weight.T
    error = max(error, float((layer(inputs).float() - expected).norm() / expected.norm()))
print(type(layer[0].weight).__name__, error)
"""


def test_no_compiler_is_needed() -> None:
    done = subprocess.run(
        [sys.executable, "-c", RUN],
        env={**os.environ, "PATH": ""}, capture_output=True, text=True, timeout=240, check=True,
    )  # fmt: skip
    kind, error = done.stdout.split()
    assert "Weight" in kind
    assert 0.03 < float(error) < 0.2
