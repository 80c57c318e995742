"""What every training run has: a clock, a way to end early, checkpoints and a log."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

import torch

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from config import Settings


class Stretch:
    """Training by the wall clock, in a folder of its own."""

    def __init__(self, settings: Settings, folder: Path, name: str, log: str) -> None:
        self.settings, self.folder = settings, folder
        self.step, self.elapsed, self.tokens = 0, 0.0, 0
        self._checkpoint, self._log_file = folder / f"{name}.pt", folder / f"{log}.jsonl"
        self._stopped = False

    @property
    def progress(self) -> float:
        """The share of the planned time that is over."""
        return self.elapsed / (60 * self.settings.minutes)

    def stop(self) -> None:
        """Ask the run to end after this step, with a checkpoint."""
        self._stopped = True

    def _write_checkpoint(self, state: Mapping[str, object]) -> None:
        """Write a checkpoint beside the last one, then take its place."""
        new = self._checkpoint.with_suffix(".new")
        torch.save(state, new)
        os.replace(new, self._checkpoint)  # noqa: PTH105 (says what it does)

    def _read_checkpoint(self) -> dict[str, Any]:
        return torch.load(self._checkpoint, map_location=self.settings.device)

    def _write_row(self, row: Mapping[str, object]) -> None:
        with self._log_file.open("a") as out:
            out.write(json.dumps(row) + "\n")
