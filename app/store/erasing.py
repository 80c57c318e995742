"""Removes a whole store for good: its database, those set aside, and all attachments."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from app.store.errors import NotWritable
from app.store.recovery import set_aside_files
from app.store.store import ATTACHMENTS_NAME, DATABASE_NAME

if TYPE_CHECKING:
    from pathlib import Path

_SUFFIXES = ("", "-wal", "-shm", "-journal")


def erase_store(folder: Path) -> None:
    """Remove everything that `open_store` and recovery keep in `folder`.

    Nobody may have it open. Raises `NotWritable` where something cannot be removed; what could be
    removed is gone then.
    """
    path = folder / DATABASE_NAME
    failures = []
    for database in (path, *set_aside_files(path)):
        for suffix in _SUFFIXES:
            try:
                database.with_name(database.name + suffix).unlink(missing_ok=True)
            except OSError as fault:
                failures.append(repr(fault))
    attachments = folder / ATTACHMENTS_NAME
    try:
        shutil.rmtree(attachments)
    except FileNotFoundError:
        pass
    except OSError as fault:
        failures.append(repr(fault))
    if failures:
        raise NotWritable(
            f"Not everything in {folder} could be removed. Close other programs that use it, then "
            "try again.",
            "\n".join(failures),
        )
