"""The settings in force, kept on disk as they change. What cannot be kept is logged, not lost."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from app.settings import (
    WindowSettings,
    load_window_settings,
    save_window_settings,
    window_settings_path,
)
from engine import EngineError
from engine.settings import Settings, load_settings, save_settings, settings_path

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from engine import Limits, SamplingParams

log = logging.getLogger(__name__)


class SettingsStore:
    """Both files of settings. Every change applies at once."""

    def __init__(self) -> None:
        self._window_path, self._engine_path = window_settings_path(), settings_path()
        window, engine = load_window_settings(self._window_path), load_settings(self._engine_path)
        self.window, self.engine = window.settings, engine.settings
        for problem in (window.problem, engine.problem):
            if problem is not None:
                log.warning("%s\n%s", problem.sentence, problem.details)

    def answer_settings(self) -> tuple[SamplingParams, Limits]:
        """How the next answer is made."""
        return self.engine.sampling_params(), self.engine.limits()

    def change(self, **values: object) -> None:
        """Change the window's settings named, and keep them."""
        changed = WindowSettings.model_validate(self.window.model_dump() | values)
        if changed == self.window:
            return
        self.window = changed
        self._keep(lambda: save_window_settings(self._window_path, changed))

    def change_engine(self, **values: object) -> None:
        """Change the engine's settings named, and keep them."""
        changed = Settings.model_validate(self.engine.model_dump() | values)
        if changed == self.engine:
            return
        self.engine = changed
        self._keep(lambda: save_settings(self._engine_path, changed))

    def reset(self) -> None:
        """All settings as they were at first."""
        self.window, self.engine = WindowSettings(), Settings()

    def change_model(self, folder: Path | None) -> None:
        """Load the model in `folder` from now on; `None` is the starter model."""
        if folder == self.engine.model_folder:
            return
        self.engine = changed = self.engine.model_copy(update={"model_folder": folder})
        self._keep(lambda: save_settings(self._engine_path, changed))

    def change_offline(self, offline: bool) -> None:
        """Begin offline from now on, or not."""
        self.engine = changed = self.engine.model_copy(update={"offline": offline})
        self._keep(lambda: save_settings(self._engine_path, changed))

    @staticmethod
    def _keep(save: Callable[[], None]) -> None:
        try:
            save()
        except EngineError as fault:
            log.warning("%s\n%s", fault.sentence, fault.details)
