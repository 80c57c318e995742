"""Loading holds little more than what it ends with: measured in a process of its own."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from engine.bench.loading import PeakMemory, anonymous_bytes, load_in_child
from engine.bench.models import build_starter_of

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="only Linux tells anonymous memory from mapped pages"
)


def test_the_measure_sees_what_was_held_for_a_moment() -> None:
    with PeakMemory() as memory:
        before = anonymous_bytes()
        held = bytearray(64 * 2**20)
        held[::4096] = b"x" * len(held[::4096])
        while anonymous_bytes() < before + 60 * 2**20:
            pass
        memory._ended.wait(0.2)
        del held
    assert 60 * 2**20 < memory.added_bytes < 100 * 2**20


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Some 200 MB of 16-bit weights, and a small one of the same kind."""
    folder = tmp_path_factory.mktemp("models")
    build_starter_of(folder / "small", 128, 2)
    build_starter_of(folder / "model", 1024, 9)
    assert (folder / "model" / "model.safetensors").stat().st_size > 200e6
    return folder


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("weights", ["int4pack", "bnb_nf4", "full"])
def test_loading_needs_little_more_than_the_model(models, tmp_path, weights: str) -> None:
    first, second = load_in_child(models / "small", models / "model", weights, tmp_path)
    largest = 1024 * 2560 * 2
    allowed = 1.2 * first.weight_bytes + largest
    assert first.peak_bytes <= allowed
    assert second.peak_bytes <= allowed
    assert first.weight_bytes == second.weight_bytes
    if weights != "full":  # what was packed once is only read
        assert first.load_s >= 3 * second.load_s
