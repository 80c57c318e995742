"""Presets: system prompts under a name, kept in a file, in the order a person has given them."""

# Without `from __future__ import annotations`: the declarations are read when this is imported.

import logging
from collections.abc import Iterable
from pathlib import Path
from uuid import uuid4

from pydantic import BaseModel, ConfigDict, Field
from PySide6.QtCore import QObject, Signal

from engine import EngineError
from engine.paths import config_dir
from engine.settings_file import load_file, save_file

log = logging.getLogger(__name__)


class Preset(BaseModel):
    """A system prompt under a name. `id` stays when both change."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    text: str
    id: str = Field(default_factory=lambda: uuid4().hex)


class PresetFile(BaseModel):
    """All presets, as they are kept."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    presets: tuple[Preset, ...] = ()


def presets_path() -> Path:
    """Where they are kept."""
    return config_dir() / "presets.json"


class PresetStore(QObject):
    """The presets in force; every change is kept at once. `changed` follows each."""

    changed = Signal()

    def __init__(self, path: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._path = path
        loaded = load_file(path, PresetFile)
        if loaded.problem is not None:
            log.warning("%s\n%s", loaded.problem.sentence, loaded.problem.details)
        self._presets = loaded.settings.presets

    @property
    def all(self) -> tuple[Preset, ...]:
        """In the person's order."""
        return self._presets

    def get(self, preset_id: str) -> Preset | None:
        """The preset with this id, if there still is one."""
        return next((preset for preset in self._presets if preset.id == preset_id), None)

    def named_like(self, text: str) -> Preset | None:
        """The preset whose text this is, if there is one."""
        return next((preset for preset in self._presets if preset.text == text), None)

    def add(self, name: str, text: str) -> Preset:
        """Append a new preset."""
        preset = Preset(name=name, text=text)
        self._take((*self._presets, preset))
        return preset

    def replace_all(self, presets: Iterable[Preset]) -> None:
        """Take over a changed list: others, fewer, or in another order."""
        self._take(tuple(presets))

    def _take(self, presets: tuple[Preset, ...]) -> None:
        if presets == self._presets:
            return
        self._presets = presets
        try:
            save_file(self._path, PresetFile(presets=presets))
        except EngineError as fault:
            log.warning("%s\n%s", fault.sentence, fault.details)
        self.changed.emit()
