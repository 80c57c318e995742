"""Memory that is let go is given back, also where what stays lies in between."""

from __future__ import annotations

import platform
import subprocess
import sys
from pathlib import Path

import pytest

CHILD = """
import re
from pathlib import Path
import torch
from engine.model.device import settle_memory

def held():
    status = Path("/proc/self/status").read_text()
    return int(re.search(r"RssAnon:\\s+(\\d+)", status)[1]) << 10

settle_memory()
large = torch.ones(6 * 2**20)
del large  # from here on the C library would keep all that is smaller
before = held()
blocks = [torch.ones(2**19) for _ in range(100)]
kept = blocks[::10]
del blocks
print(held() - before)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="glibc alone keeps such blocks")
def test_only_what_is_held_takes_memory() -> None:
    done = subprocess.run(
        [sys.executable, "-c", CHILD],
        capture_output=True, timeout=240, check=True, cwd=Path(__file__).parents[3],
    )  # fmt: skip
    assert 15 * 2**20 < int(done.stdout) < 40 * 2**20
