"""What first contacts have found, kept on disk, so that each model is tried out once.

A record belongs to a model as it stands: its files, the form of its weights and of what it has
read, the device, and the versions of what runs it. Any change of these, or another set of checks,
and it is tried out again.
"""

from __future__ import annotations

import hashlib
import json
import logging
from dataclasses import asdict
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, get_args

from engine.api.errors import EngineError
from engine.api.events import AbilityName, Switched
from engine.atomic import write_atomic
from engine.model.self_check import Findings

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from engine.api.events import ModelInfo
    from engine.model.self_check import Check

log = logging.getLogger(__name__)

# Read whole; weights are too large for it, and known by name, size and time instead.
_TEXTS = frozenset({".json", ".jinja", ".txt", ".model"})
_LIBRARIES = ("tanka", "torch", "transformers")


class Records:
    """The record of one model, in the folder that `folder` gives, which may be made by it.

    Nothing here stands in the way of a model: what cannot be read or kept is tried out again.
    """

    def __init__(self, folder: Callable[[], Path], info: ModelInfo, table: Sequence[Check]) -> None:
        self._folder = folder
        self._info = info
        self._table = table

    def read(self) -> Findings | None:
        """The findings that are kept; nothing where there are none, or none that can be read."""
        try:
            kept = json.loads(self._path().read_text(encoding="utf-8"))
            switched = tuple(Switched(entry["ability"], entry["reason"]) for entry in kept["off"])
            unchecked = tuple(str(name) for name in kept["unchecked"])
        except FileNotFoundError:
            return None
        except (EngineError, OSError, ValueError, KeyError, TypeError) as fault:
            log.warning("a record cannot be read, the model is tried out again: %r", fault)
            return None
        known = all(entry.ability in get_args(AbilityName) for entry in switched)
        return Findings(switched, unchecked) if known else None

    def keep(self, findings: Findings) -> None:
        """Keep `findings` for the next time that this model is loaded."""
        content = {
            "off": [asdict(switched) for switched in findings.switched_off],
            "unchecked": findings.unchecked,
        }
        try:
            path = self._path()
            path.parent.mkdir(mode=0o700, exist_ok=True)
            write_atomic(path, json.dumps(content, indent=1).encode())
        except (EngineError, OSError):
            log.exception("what was found about a model cannot be kept")

    def _path(self) -> Path:
        state = hashlib.sha256()
        info = self._info
        runs = (info.family, info.weights, info.kv, info.device_name, info.dtype, info.attention)
        versions = [_version(name) for name in _LIBRARIES]
        checks = [check.name for check in self._table]
        state.update(f"{runs} {versions} {checks}\n".encode())
        for file in sorted(path for path in info.folder.iterdir() if path.is_file()):
            facts = file.stat()
            state.update(f"{file.name} {facts.st_size}\n".encode())
            whole = file.suffix in _TEXTS
            state.update(file.read_bytes() if whole else str(facts.st_mtime_ns).encode())
        return self._folder() / f"{state.hexdigest()}.json"


def _version(library: str) -> str:
    try:
        return version(library)
    except PackageNotFoundError:
        return ""
