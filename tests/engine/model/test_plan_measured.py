"""The planner's total is within a tenth of what a real conversation takes at its peak."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from large_checkpoints import enlarge
from measured_conversation import converse_apart
from tiny_checkpoints import FAMILIES
from transformers import AutoTokenizer

from engine.model.device import place
from engine.model.draft import look_beside
from engine.model.families.table import adapter_for
from engine.model.fitting import plan_context
from engine.model.folder import check_folder
from engine.model.weights.read import prepare_weights
from engine.paths import starter_model_dir

if TYPE_CHECKING:
    from pathlib import Path

    from engine.api.requests import KvName, WeightsName
    from engine.model.plan import ContextPlan

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads what the kernel counts")


def planned(folder: Path, weights: WeightsName, kv: KvName, tokens: int) -> ContextPlan:
    """As loading plans it, for exactly so many tokens."""
    checked = check_folder(folder)
    family = adapter_for(checked)
    placement = place(weights, checked.values, 2**40, saved_as=checked.saved_as)
    prepared = prepare_weights(checked, family, replace(placement, weights=weights))
    draft = look_beside(folder, AutoTokenizer.from_pretrained(folder)).draft
    return plan_context(checked, family, placement, prepared, 2**50, tokens, kv, draft)


def test_the_starter_takes_what_was_planned() -> None:
    measured = converse_apart(starter_model_dir(), "full", "full", 2_400)
    total = planned(starter_model_dir(), "full", "full", measured.tokens).total_bytes
    # So small a model is mostly what no plan knows: a tenth, and a few megabytes of the runtime.
    assert total == pytest.approx(measured.peak_bytes, rel=0.1, abs=6 * 2**20)


@pytest.mark.slow
@pytest.mark.timeout(1_800)
@pytest.mark.parametrize(
    ("weights", "kv"),
    [("full", "full"), ("full", "int8"), ("int4pack", "full"), ("bnb_nf4", "full")],
)
@pytest.mark.parametrize("family", FAMILIES)
def test_every_family_takes_what_was_planned(
    family: str, weights: WeightsName, kv: KvName, tmp_path: Path
) -> None:
    folder = enlarge(FAMILIES[family](tmp_path / "model"))
    measured = converse_apart(folder, weights, kv, 6_000)
    total = planned(folder, weights, kv, measured.tokens).total_bytes
    assert total == pytest.approx(measured.peak_bytes, rel=0.1)
