"""Each test's home knows from how many rows on weights are unpacked: measuring it takes a while."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

import pytest
import torch

from engine.model.device import place
from engine.model.weights.stored import StoreKey, WeightStore
from engine.model.weights.unpack_from import FILE, Machine
from engine.paths import cache_dir

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

UNPACK_FROM = 32


@pytest.fixture(autouse=True)
def _measured_before(_own_home: None) -> None:
    machine = Machine.here(place("int4pack", 1, 1).device_name)
    report = {
        "machine": asdict(machine),
        "unpack_from_rows": UNPACK_FROM,
        "unpacked_dtype": "float32",
    }
    (cache_dir() / FILE).write_text(json.dumps(report), encoding="utf-8")


@pytest.fixture
def store_folder() -> Path:
    return cache_dir() / "weights"


@pytest.fixture
def store(tmp_path: Path) -> Callable[[int], WeightStore]:
    return lambda most_bytes: WeightStore(tmp_path / "store", most_bytes)


@pytest.fixture
def key() -> Callable[[str], StoreKey]:
    return StoreKey


@pytest.fixture
def random_matrix() -> Callable[[int, int], torch.Tensor]:
    def make(rows: int, columns: int) -> torch.Tensor:
        return torch.randn(rows, columns, generator=torch.Generator().manual_seed(rows))

    return make
