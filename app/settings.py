"""The window's own settings; those that it shares with the engine are `engine.settings`."""

# Without `from __future__ import annotations`: the declarations are read when this is imported.

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from engine.paths import config_dir
from engine.settings_file import Loaded, load_file, save_file


class WindowSettings(BaseModel):
    """A value: to change a setting, make a new one with `model_copy(update=…)`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    theme: Literal["system", "light", "dark"] = "system"
    text_size: int = Field(100, ge=85, le=200, description="Per cent of the usual size.")
    high_contrast: bool = Field(False, description="Also where the system does not ask for it.")
    reduced_motion: bool = Field(False, description="Also where the system does not ask for it.")
    send_key: Literal["enter", "ctrl_enter"] = "enter"
    idle_minutes: int = Field(
        0, ge=0, le=24 * 60, description="Give the model's memory back after so long; 0 is never."
    )
    default_preset: str = Field("", description="The preset that new conversations begin with.")
    shortcuts: dict[str, str] = Field(
        default_factory=dict, description="Keys by action, where they are not the usual ones."
    )
    geometry: str = Field("", description="Where the window was, as Qt writes it, in hex digits.")
    sidebar_collapsed: bool = False
    last_conversation: str = Field("", description="The one that was open when Tanka closed.")
    answered_once: bool = Field(False, description="The first steps are not shown again.")
    recent_commands: tuple[str, ...] = Field((), description="Chosen in the palette, last first.")
    strip_shown: bool = Field(True, description="The row of figures at the foot of the window.")
    tray_icon: bool = False
    capture_anywhere: bool = Field(False, description="Capture by keys while other programs run.")
    capture_keys: str = Field("Ctrl+Alt+S", description="These keys, as Qt writes them.")


def window_settings_path() -> Path:
    """Where these settings are kept."""
    return config_dir() / "window.json"


def load_window_settings(path: Path) -> Loaded[WindowSettings]:
    """The settings kept at `path`, or the defaults; a file that cannot be used is set aside."""
    return load_file(path, WindowSettings)


def save_window_settings(path: Path, settings: WindowSettings) -> None:
    """Keep `settings` at `path`, or raise `engine.atomic.FileNotWritten`."""
    save_file(path, settings)
