"""Where Tanka's files are: the one authority on folders, for engine and window alike.

Each system's own convention, or one folder for everything where the environment variable
`TANKA_HOME` names one: portable installations and tests use it. Nothing is created before it is
asked for, and what is created is readable by its owner only.
"""

from __future__ import annotations

import os
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

import platformdirs

from engine.api.errors import EngineError

if TYPE_CHECKING:
    from collections.abc import Callable

HOME_VARIABLE = "TANKA_HOME"
_APPLICATION = "tanka"


class FolderNotUsable(EngineError):
    """A folder that Tanka keeps its files in cannot be created."""


def config_dir() -> Path:
    """Settings."""
    return _folder("config", platformdirs.user_config_path)


def data_dir() -> Path:
    """What must not be lost: conversations, attachments, models; and what it says of itself."""
    return _folder("data", platformdirs.user_data_path)


def cache_dir() -> Path:
    """What can be made again."""
    return _folder("cache", platformdirs.user_cache_path)


def resume_dir() -> Path:
    """What was computed for conversations, with their text, so that they go on after a restart.

    Not made by this function.
    """
    return cache_dir() / "resume"


def log_dir() -> Path:
    """Logs."""
    return _folder("logs", platformdirs.user_log_path)


def starter_model_dir() -> Path:
    """The embedded starter model. A checkout without the packed model has no such folder."""
    return Path(str(files("resources"))) / "starter"


def _folder(name: str, by_convention: Callable[..., Path]) -> Path:
    home = os.environ.get(HOME_VARIABLE)
    try:
        if home:
            folder = Path(home).expanduser().absolute() / name
        else:
            folder = by_convention(_APPLICATION, appauthor=False)
        _create_private(folder)
    except (OSError, RuntimeError) as fault:  # the latter where a `~` stands for no user
        raise FolderNotUsable(
            f"Tanka cannot make the folder for its {name}. Make its place writable, or name "
            f"another one in the environment variable {HOME_VARIABLE}.",
            repr(fault),
        ) from fault
    return folder


def _create_private(folder: Path) -> None:
    """Like `mkdir(parents=True)`, which would leave the parents it creates open to others."""
    absent = [path for path in (folder, *folder.parents) if not path.exists()]
    for path in reversed(absent):
        path.mkdir(mode=0o700, exist_ok=True)
    if not absent and not folder.is_dir():
        raise NotADirectoryError(str(folder))
