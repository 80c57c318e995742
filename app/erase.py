"""Removes everything that a person has put into Tanka, step by step, and begins anew.

What runs is stopped first, then the model lets go of what it has kept on the disk; only then are
files removed. Models stay: they hold nothing of a person, and may have taken hours to fetch.
"""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.presets import presets_path
from app.settings import window_settings_path
from engine import EngineError, UnloadModel, is_terminal
from engine.paths import log_dir, resume_dir
from engine.settings import settings_path

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from app.background import Background
    from app.chat_session import ChatSession
    from app.engine_bridge import EngineBridge
    from app.library import Library
    from engine import Event


class NotErased(EngineError):
    """Something could not be removed."""


class Eraser(QObject):
    """`erased` follows once all is gone, `failed` with an `EngineError` where something stays.

    `cleared` says that what is only in memory has to go now.
    """

    cleared = Signal()
    erased = Signal()
    failed = Signal(object)

    def __init__(
        self,
        bridge: EngineBridge,
        session: ChatSession,
        library: Library,
        background: Background,
        folder: Callable[[], Path],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._bridge, self._session, self._library = bridge, session, library
        self._background, self._folder = background, folder
        self._under_way = False

    def erase(self) -> None:
        """Begin; once it has begun it goes on to the end."""
        if self._under_way:
            return
        self._under_way = True
        self._session.state_changed.connect(self._go_on)
        self._session.stop_all()
        self._go_on()

    def _go_on(self) -> None:
        """Answers that end still tell of it; only after them is nothing written any more."""
        if self._under_way and not self._session.running:
            self._session.state_changed.disconnect(self._go_on)
            # The engine writes what it keeps for the next start while it is idle.
            self._bridge.submit(UnloadModel(), self._unloaded)

    def _unloaded(self, event: Event) -> None:
        if is_terminal(event):
            self._background.run(_erase_files, self._files_erased, self._fail)

    def _files_erased(self, left: str) -> None:
        if left:
            self._fail(NotErased("Not everything could be removed. Try again.", left))
            return
        self.cleared.emit()
        self._session.forget_all()
        self._library.listed.connect(self._finish)
        self._library.begin_anew(self._folder, self._fail)

    def _finish(self) -> None:
        self._library.listed.disconnect(self._finish)
        self._under_way = False
        self.erased.emit()

    def _fail(self, fault: Exception) -> None:
        self._under_way = False
        if not isinstance(fault, EngineError):
            fault = NotErased("Not everything could be removed. Try again.", repr(fault))
        self.failed.emit(fault)


def _erase_files() -> str:
    """Remove settings, presets, reports and what was kept for the next start; what stays, if any.

    Files that were set aside as damaged go with those in whose place they stood.
    """
    left = []
    for path in (settings_path(), window_settings_path(), presets_path()):
        for file in (path, *path.parent.glob(f"{path.name}.damaged-*")):
            try:
                file.unlink(missing_ok=True)
            except OSError as fault:
                left.append(repr(fault))
    for folder in (resume_dir(), log_dir()):
        try:
            shutil.rmtree(folder)
        except FileNotFoundError:
            pass
        except OSError as fault:
            left.append(repr(fault))
    return "\n".join(left)
