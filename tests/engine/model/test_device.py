"""What a process is told before the first model runs in it."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

READS_ALL_LENGTHS = """
import json, sys
import psutil, torch
from engine.model.device import bound_kernel_memory

if sys.argv[1] == "bound":
    bound_kernel_memory()
weight, held = torch.randn(64, 1, 3), []
with torch.no_grad():
    for tokens in range(10, 510):
        torch.nn.functional.conv1d(torch.randn(1, 64, tokens), weight, groups=64)
        if tokens in (40, 509):
            held.append(psutil.Process().memory_info().rss)
print(json.dumps(held[1] - held[0]))
"""


def held_after_all_lengths(how: str) -> int:
    environment = {k: v for k, v in os.environ.items() if not k.startswith("ONEDNN")}
    done = subprocess.run(
        [sys.executable, "-c", READS_ALL_LENGTHS, how],
        env=environment, capture_output=True, text=True, timeout=120, check=True,
    )  # fmt: skip
    return int(json.loads(done.stdout))


@pytest.mark.skipif(sys.platform != "linux", reason="seen with Linux's builds of torch")
def test_texts_of_many_lengths_leave_few_kernels_behind() -> None:
    free, bound = (held_after_all_lengths(how) for how in ("free", "bound"))
    assert bound < max(25 * 2**20, free // 2)
