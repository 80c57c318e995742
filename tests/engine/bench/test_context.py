"""The suite `context` at small sizes: every part runs, and measures what it says."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import torch

from engine.bench.agreement import agreement
from engine.bench.context import exponent, reading_rows, run, run_long, tokens_name
from engine.bench.models import build_starter_arch
from engine.bench.needles import needle_rows
from engine.bench.peak import PeakMemory
from engine.bench.reading import expected_s, read_here
from engine.bench.run import LONG_SUITES, SUITES
from engine.evals.tasks import draw_items
from engine.model.loader import load_model
from engine.paths import starter_model_dir

if TYPE_CHECKING:
    from pathlib import Path

MB = 2**20


@pytest.fixture(scope="module")
def two_layers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("bench") / "two-layers"
    return build_starter_arch(folder, 8_192, layers=("conv", "full_attention"))


def test_growth_is_found() -> None:
    assert exponent([(n, 3 * n**1.7) for n in (4, 8, 16, 32)]) == pytest.approx(1.7)
    assert [tokens_name(n) for n in (4_096, 65_536, 200_000)] == ["4k", "64k", "200k"]


def test_the_long_suite_runs_only_where_it_is_named() -> None:
    assert SUITES["context"] is run
    assert {"context_long": run_long} == LONG_SUITES
    assert "context_long" not in SUITES


def test_the_peak_is_seen_though_it_has_passed() -> None:
    peak = PeakMemory()
    largest = torch.ones(64 * MB, dtype=torch.uint8)
    del largest
    assert 60 * MB < peak.stop() < 90 * MB


def test_reading_is_measured_in_a_process_of_its_own(two_layers: Path) -> None:
    rows = {row.name: row for row in reading_rows(two_layers, (1_024, 2_048), "_two_layers")}
    assert set(rows) == {
        "read_s_1k_two_layers",
        "read_s_2k_two_layers",
        "read_growth_exponent_two_layers",
        "full_attention_share_2k_two_layers",
        "peak_mb_2k_two_layers",
        "memory_growth_exponent_two_layers",
        "kv_bytes_ratio_two_layers",
    }
    assert all(row.suite == "context_long" for row in rows.values())
    assert 0 < rows["full_attention_share_2k_two_layers"].value < 1
    assert rows["kv_bytes_ratio_two_layers"].holds
    assert rows["memory_growth_exponent_two_layers"].bar == 1.05


def test_8_bit_keys_and_values_are_read_too(two_layers: Path) -> None:
    full, small = (read_here(two_layers, 1_024, kv) for kv in ("full", "int8"))
    assert 0.2 < small.cache_bytes / full.cache_bytes < 0.3
    assert 0 < small.attention_s < small.seconds


def test_how_long_it_will_take_is_told_before(two_layers: Path) -> None:
    assert expected_s(two_layers, 100_000, 512) > 20 * expected_s(two_layers, 1_024, 512)


def test_answers_in_8_bits_agree_with_those_in_full() -> None:
    full, small = (
        load_model(starter_model_dir(), "starter", "full", lambda *_: None, kv=kv)
        for kv in ("full", "int8")
    )
    tasks = ("document/facts", "dialogue/arithmetic", "tools/call")
    items = [item for task in tasks for item in draw_items(task, 2, 1)]
    agreeing, everything = agreement(full, small, items, 24)
    assert everything > 40
    assert agreeing / everything >= 0.95


def test_needles_are_asked_beyond_the_declared_length_too() -> None:
    within, beyond = needle_rows((0.1, 1.1), 1)
    assert within.name == "needle_256"
    assert beyond.name == "needle_2816_beyond_declared"
    assert (within.bar, beyond.bar) == (None, None)
