"""Faults that nobody caught: logged, kept, shown to the person with a report, never swallowed."""

from __future__ import annotations

import logging
import sys
import threading
from typing import TYPE_CHECKING

from PySide6.QtCore import (
    QMessageLogContext,
    QObject,
    Qt,
    QtMsgType,
    Signal,
    qFormatLogMessage,
    qInstallMessageHandler,
)

from app.fault_report import report_of
from engine import EngineError

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable, Mapping
    from types import TracebackType

log = logging.getLogger(__name__)


class FaultCatcher(QObject):
    """Takes in every uncaught fault of the process; `caught` tells of it in the GUI thread."""

    caught = Signal(str, str)
    _raised = Signal(object)

    def __init__(
        self, parent: QObject | None = None, keep: Callable[[str], None] = lambda _report: None
    ) -> None:
        """`keep` is given each report, in the thread of the fault, before anything else."""
        super().__init__(parent)
        self._keep = keep
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
        self._keep(report_of(fault))
        self._raised.emit(fault)

    def _tell(self, fault: BaseException) -> None:
        sentence = (
            fault.sentence
            if isinstance(fault, EngineError)
            else "Something in Tanka failed, and what you did last may not have worked. Your "
            "conversations are still here. You can go on, or copy a report for the developers."
        )
        self.caught.emit(sentence, report_of(fault))


def hear_fatal(note: Callable[[str], None]) -> Callable[[], None]:
    """Give `note` what Qt says before it aborts; all it says still goes to standard error.

    Returns what undoes it, to be called before the interpreter ends.
    """

    def hear(kind: QtMsgType, context: QMessageLogContext, text: str) -> None:
        if kind == QtMsgType.QtFatalMsg:
            note(text)
        sys.stderr.write(f"{qFormatLogMessage(kind, context, text)}\n")

    def undo() -> None:
        qInstallMessageHandler(None)

    qInstallMessageHandler(hear)
    return undo
