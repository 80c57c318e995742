"""Faults that nobody caught: logged, shown to the person with a report, never swallowed."""

from __future__ import annotations

import logging
import platform
import sys
import threading
import traceback
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal, qVersion

from app.about import NAME, app_version
from engine import EngineError

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Mapping
    from types import TracebackType

log = logging.getLogger(__name__)


def report_of(fault: BaseException) -> str:
    """What a developer needs of `fault`. Nothing of a conversation is in it."""
    lines = traceback.format_exception(type(fault), fault, fault.__traceback__)
    return "\n".join(
        (
            f"{NAME} {app_version()}, Python {platform.python_version()}, Qt {qVersion()}",
            f"{platform.system()} {platform.release()}, {platform.machine()}",
            "",
            "".join(lines).rstrip(),
        )
    )


class FaultCatcher(QObject):
    """Takes in every uncaught fault of the process; `caught` tells of it in the GUI thread."""

    caught = Signal(str, str)
    _raised = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._previous = (sys.excepthook, threading.excepthook)
        # Faults come from any thread, and a dialog may be shown in this one only.
        self._raised.connect(self._tell, Qt.ConnectionType.QueuedConnection)

    def install(self) -> None:
        """Catch from now on."""
        sys.excepthook = self._on_fault
        threading.excepthook = self._on_thread_fault

    def uninstall(self) -> None:
        """Leave the process as it was."""
        sys.excepthook, threading.excepthook = self._previous

    def on_loop_fault(self, loop: asyncio.AbstractEventLoop, context: Mapping[str, object]) -> None:
        """The event loop's own handler, for tasks that nobody awaits."""
        fault = context.get("exception")
        if isinstance(fault, Exception):
            self._take(fault)
        else:
            loop.default_exception_handler(dict(context))

    def _on_fault(
        self, kind: type[BaseException], fault: BaseException, trace: TracebackType | None
    ) -> None:
        if isinstance(fault, KeyboardInterrupt):
            self._previous[0](kind, fault, trace)
            return
        self._take(fault)

    def _on_thread_fault(self, arguments: threading.ExceptHookArgs) -> None:
        if arguments.exc_value is not None:
            self._take(arguments.exc_value)

    def _take(self, fault: BaseException) -> None:
        log.critical("an uncaught fault", exc_info=fault)
        self._raised.emit(fault)

    def _tell(self, fault: BaseException) -> None:
        sentence = (
            fault.sentence
            if isinstance(fault, EngineError)
            else "Something in Tanka failed, and what you did last may not have worked. Your "
            "conversations are still here. You can go on, or copy a report for the developers."
        )
        self.caught.emit(sentence, report_of(fault))
