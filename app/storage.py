"""How much Tanka keeps on this computer, by kind, and where. Nothing is changed here."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.store.store import ATTACHMENTS_NAME, DATABASE_NAME
from engine.paths import cache_dir, data_dir, resume_dir

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Kept:
    """One kind of what is kept: its size in bytes, and the folder it is in."""

    name: str
    size: int
    folder: Path


def measure() -> tuple[Kept, ...]:
    """Everything that is kept, by kind. Raises `FolderNotUsable`."""
    data, cache, resume = data_dir(), cache_dir(), resume_dir()
    # A damaged database that was set aside holds conversations too.
    conversations = data.glob(f"{DATABASE_NAME.partition('.')[0]}*")
    prepared = [path for path in cache.iterdir() if path != resume]
    return (
        Kept("conversations", _size(conversations), data),
        Kept("attachments", _size([data / ATTACHMENTS_NAME]), data / ATTACHMENTS_NAME),
        Kept("models", _size([data / "models", *prepared]), data / "models"),
        Kept("resume", _size([resume]), resume),
    )


def _size(places: Iterable[Path]) -> int:
    return sum(_size_of(place) for place in places)


def _size_of(place: Path) -> int:
    """The bytes of all files in it; links are not followed, what vanishes meanwhile is nothing."""
    if not place.is_dir():
        return _length(place)
    files = (
        os.path.join(folder, name)  # noqa: PTH118 - many thousand files, and Path is slow
        for folder, _, names in os.walk(place)
        for name in names
    )
    return sum(_length(file) for file in files)


def _length(file: str | Path) -> int:
    try:
        return os.lstat(file).st_size
    except OSError:
        return 0
