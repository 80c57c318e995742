"""Settings on disk, for any declared model of them: the engine's, and the window's own.

A file is read whole or not at all. One that cannot be used (damaged, an unknown key, a value out
of range) is set aside under a new name, never overwritten, and reported by value.
"""

from __future__ import annotations

import codecs
import os
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING, Generic, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import PydanticSerializationError

from engine.atomic import FileNotWritten, write_atomic

if TYPE_CHECKING:
    from pathlib import Path

Declared = TypeVar("Declared", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class SettingsProblem:
    """Why a file was not used. `kept_as` is where it is now; `None` where it could not be moved."""

    sentence: str
    details: str
    kept_as: Path | None


@dataclass(frozen=True, slots=True)
class Loaded(Generic[Declared]):
    """The settings in force: the file's, or the defaults where there is none or a problem."""

    settings: Declared
    problem: SettingsProblem | None = None


def load_file(path: Path, declared: type[Declared]) -> Loaded[Declared]:
    """Read `path` as `declared`, whose defaults must be complete. No file is no problem."""
    try:
        data = path.read_bytes().removeprefix(codecs.BOM_UTF8)
        return Loaded(declared.model_validate_json(data, strict=True, extra="forbid"))
    except FileNotFoundError:
        return Loaded(declared())
    except (OSError, ValidationError) as fault:
        return Loaded(declared(), _set_aside(path, str(fault)))


def save_file(path: Path, settings: BaseModel) -> None:
    """Write `settings` durably, or raise `FileNotWritten` and leave the old file as it was."""
    try:
        data = settings.model_dump_json(indent=2).encode()
    except PydanticSerializationError as fault:  # a folder whose name is not made of characters
        raise FileNotWritten(
            f"{path.name} could not be saved: it would hold a name with unknown characters. "
            "Rename that folder and choose it again.",
            repr(fault),
        ) from fault
    write_atomic(path, data + b"\n")


def _set_aside(path: Path, details: str) -> SettingsProblem:
    try:
        kept_as = _move_to_free_name(path)
    except OSError as fault:
        sentence = f"{path.name} cannot be used, so the default settings are in force."
        return SettingsProblem(sentence, f"{details}\n{fault!r}", None)
    sentence = (
        f"{path.name} cannot be used, so the default settings are in force. The file is kept as "
        f"{kept_as.name}."
    )
    return SettingsProblem(sentence, details, kept_as)


def _move_to_free_name(path: Path) -> Path:
    """The name is reserved first: a plain renaming would overwrite what another one kept there."""
    for number in count(1):
        target = path.with_name(f"{path.name}.damaged-{number}")
        try:
            os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        except FileExistsError:
            continue
        break
    try:
        return path.replace(target)
    except OSError:
        target.unlink()
        raise
