"""From how many rows on weights are unpacked: computed, remembered, and measured anew elsewhere."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
import torch

from engine.model.weights.int4pack import NEVER
from engine.model.weights.unpack_from import (
    FILE,
    Machine,
    Unpacking,
    crossing,
    remembered,
    unpack_from,
)

if TYPE_CHECKING:
    from pathlib import Path

HERE = Machine("A processor", "AVX2", 3, "2.13.0")


@pytest.mark.parametrize(
    ("kernel", "unpacked", "rows"),
    [
        # 1 and 0.5 a row; unpacking costs 40 once: 40 / 0.5.
        ((32.0, 256.0), (40 + 16.0, 40 + 128.0), 80),
        ((32.0, 256.0), (400 + 16.0, 400 + 128.0), 800),
        ((32.0, 256.0), (5 + 32.0, 5 + 256.0), NEVER),
        ((32.0, 256.0), (50.0, 500.0), NEVER),
        # Unpacking is faster already for one row: the kernel still gets single rows.
        ((320.0, 2560.0), (16.0, 128.0), 2),
    ],
)
def test_the_crossing_of_two_lines(kernel, unpacked, rows: int) -> None:
    assert crossing(kernel, unpacked) == rows


def test_it_is_measured_once(tmp_path: Path) -> None:
    found = unpack_from(tmp_path, HERE)
    assert found.rows >= 2
    assert unpack_from(tmp_path, HERE) == found
    report = json.loads((tmp_path / FILE).read_text())
    other = {**report, "unpack_from_rows": 123_456, "unpacked_dtype": "bfloat16"}
    (tmp_path / FILE).write_text(json.dumps(other))
    assert unpack_from(tmp_path, HERE) == Unpacking(123_456, torch.bfloat16)


def test_what_holds_elsewhere_is_not_believed(tmp_path: Path) -> None:
    assert remembered(tmp_path, HERE) is None
    unpack_from(tmp_path, HERE)
    assert remembered(tmp_path, HERE) is not None
    assert remembered(tmp_path, replace(HERE, threads=1)) is None
    assert remembered(tmp_path, replace(HERE, instructions="AVX512")) is None


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"machine": 1, "unpack_from_rows": 5}', "\0"])
def test_a_file_that_cannot_be_used_is_ignored(tmp_path: Path, content: str) -> None:
    (tmp_path / FILE).write_text(content)
    assert remembered(tmp_path, HERE) is None
