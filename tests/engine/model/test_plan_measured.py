"""The planner's total is within a tenth of what a real conversation takes at its peak."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from large_checkpoints import enlarge
from measured_conversation import converse_apart
from tiny_checkpoints import FAMILIES

from engine.decode.prefill import chunk_size
from engine.model.families.table import adapter_for
from engine.model.folder import check_folder
from engine.model.plan import Target, plan
from engine.model.shape import model_shape
from engine.paths import starter_model_dir

if TYPE_CHECKING:
    from pathlib import Path

    from engine.model.plan import ContextPlan

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads what the kernel counts")


def planned(folder: Path, kv: str, tokens: int) -> ContextPlan:
    checked = check_folder(folder)
    shape = model_shape(checked, adapter_for(checked))
    if (folder / "draft").is_dir():
        draft = check_folder(folder / "draft", converses=False)
        shape = replace(shape, draft=model_shape(draft, adapter_for(draft)))
    return plan(shape, Target("cpu", 4, "full", chunk_size("cpu")), 2**50, tokens, kv)


def test_the_starter_takes_what_was_planned() -> None:
    measured = converse_apart(starter_model_dir(), "full", "full", 2_400)
    total = planned(starter_model_dir(), "full", measured.tokens).total_bytes
    # So small a model is mostly what no plan knows: a tenth, and a few megabytes of the runtime.
    assert total == pytest.approx(measured.peak_bytes, rel=0.1, abs=6 * 2**20)


@pytest.mark.slow
@pytest.mark.timeout(1_800)
@pytest.mark.parametrize("kv", ["full", "int8"])
@pytest.mark.parametrize("family", FAMILIES)
def test_every_family_takes_what_was_planned(family: str, kv: str, tmp_path: Path) -> None:
    folder = enlarge(FAMILIES[family](tmp_path / "model"))
    measured = converse_apart(folder, "full", kv, 6_000)
    total = planned(folder, kv, measured.tokens).total_bytes
    assert total == pytest.approx(measured.peak_bytes, rel=0.1)
