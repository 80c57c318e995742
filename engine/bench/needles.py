"""Facts hidden in long texts, asked of the starter: up to its declared length, and beyond."""

from __future__ import annotations

import json
import random
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from engine.api.requests import LoadModel
from engine.bench.report import Row
from engine.client import EngineClient
from engine.dialogue import load
from engine.evals.items import Split
from engine.evals.needle import draw_needle
from engine.evals.tasks import TOP_LEVEL
from engine.evaluation.asking import Answered, ask_item
from engine.paths import starter_model_dir

if TYPE_CHECKING:
    from collections.abc import Sequence

# Items are drawn by a guess of their length; this keeps them, and their answers, within it.
_WITHIN = 0.93


def needle_rows(shares: Sequence[float], items: int) -> list[Row]:
    """Answers right at these shares of the starter's declared length, as shares of one."""
    client = EngineClient()
    with tempfile.TemporaryDirectory() as place:
        folder, declared = _starter_that_holds(max(shares), Path(place) / "starter")
        try:
            load(client, LoadModel(folder, "full"))
            return [_row(client, share, declared, items) for share in shares]
        finally:
            client.close()


def _row(client: EngineClient, share: float, declared: int, items: int) -> Row:
    tokens = int(share * declared)
    rng = random.Random(f"needle rows/{tokens}")  # noqa: S311 - reproducible draws, not secrets
    right = asked = 0
    for number in range(items):
        item = draw_needle(rng, Split.HELD_OUT, TOP_LEVEL, int(tokens * _WITHIN))
        for found in ask_item(client, "needle", number, item):
            asked += 1
            right += isinstance(found, Answered) and found.outcome.right
    name = f"needle_{tokens}" + ("_beyond_declared" if share > 1 else "")
    return Row("context", name, right / max(1, asked), "share right", None, "higher")


def _starter_that_holds(share: float, folder: Path) -> tuple[Path, int]:
    """A copy of the starter that accepts so many times its declared length, and that length."""
    shutil.copytree(starter_model_dir(), folder)
    file = folder / "config.json"
    config = json.loads(file.read_text(encoding="utf-8"))
    declared = int(config["text_config"]["max_position_embeddings"])
    config["text_config"]["max_position_embeddings"] = int(max(1.0, share) * declared)
    file.write_text(json.dumps(config), encoding="utf-8")
    return folder, declared
