"""Conversations open warm after a restart: what the engine keeps on disk for that, and where.

Off by default: whoever loads a model says how much may be kept.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

from engine.api.errors import EngineError
from engine.cache.disk_store import DiskStore
from engine.cache.maker import Maker
from engine.cache.saver import Saver
from engine.cache.shelf import Shelf, clear_shelf
from engine.model.identity import model_key
from engine.paths import resume_dir
from engine.prompt.transcript_files import TranscriptFiles

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from engine.model.loaded_model import LoadedModel

log = logging.getLogger(__name__)

# What is not written by then is computed again some day.
_PATIENCE_S = 10.0


@dataclass(frozen=True, slots=True)
class Kept:
    """Where prefixes and transcripts of one model lie on disk; `None` where nothing is kept."""

    prefixes: DiskStore | None = None
    transcripts: TranscriptFiles | None = None


class Resume:
    """Opens what is kept for a model, and writes while the engine is idle."""

    def __init__(self) -> None:
        self._saver = Saver()

    def open(self, model: LoadedModel, most_bytes: int | None) -> Kept:
        """What is kept for `model`, at most `most_bytes`; 0 removes all, `None` leaves it alone.

        What can not be kept is logged; nothing is raised.
        """
        if most_bytes is None:
            return Kept()
        try:
            root = resume_dir()
            if most_bytes == 0:
                clear_shelf(root)
                return Kept()
            kinds = model.new_cache().kinds
            if not kinds:
                return Kept()
            maker = Maker(
                engine_version=_engine_version(),
                model_key=model_key(model.info, model.image_settings_key("standard")),
                kinds=kinds,
                device=model.info.device,
            )
            shelf = Shelf(root, most_bytes)
            return Kept(
                DiskStore(shelf, maker, self._saver), TranscriptFiles(shelf, maker, self._saver)
            )
        except (EngineError, OSError, ValueError) as fault:
            log.warning("conversations cannot be kept for the next start: %s", fault)
            return Kept()

    def paused(self) -> AbstractContextManager[None]:
        """While the engine works, nothing is written."""
        return self._saver.paused()

    def finish(self) -> None:
        """Write what is not written yet, for a while: the model is going to change."""
        self._saver.finish(_PATIENCE_S)

    def close(self) -> None:
        """Write what is not written yet, for a while, and end."""
        self._saver.close(_PATIENCE_S)


def _engine_version() -> str:
    try:
        return version("tanka")
    except PackageNotFoundError:
        return "unknown"
