"""Tells the person how the store fares: what cannot be saved, what was damaged, what came back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QUrl
from PySide6.QtGui import QDesktopServices

from app.ui.notice_bar import Notice
from engine import EngineError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from app.library import Library, StoreThread
    from app.store import Opened, Recovered
    from app.ui.notice_bar import NoticeBar

_WAITS = "What you write meanwhile waits in memory and is saved as soon as that is possible."
_NOT_KEPT = "Until then, nothing of what you write is saved."
_AGAIN = "Try again"


class StoreControl(QObject):
    """Opens the library, and shows in the bar what the person must know of it."""

    def __init__(
        self,
        bar: NoticeBar,
        library: Library,
        thread: StoreThread,
        folder: Callable[[], Path],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._bar, self._library, self._thread, self._folder = bar, library, thread, folder
        self._troubled = False
        thread.trouble.connect(self._show_trouble)
        thread.settled.connect(self._settle)
        library.opened.connect(self._show_opened)
        library.not_opened.connect(self._show_not_opened)

    def open(self) -> None:
        """Open the library; where that fails, the bar says so and offers to try again."""
        self._library.open(self._folder)

    def _show_trouble(self, error: EngineError) -> None:
        if self._troubled and self._bar.sentence:
            return  # it is tried again every few seconds, and said once
        self._troubled = True
        self._say(f"{error.sentence} {_WAITS}", error.details, (_AGAIN, self._thread.try_again))

    def _settle(self) -> None:
        if self._troubled:
            self._troubled = False
            self._bar.hide()

    def _show_opened(self, opened: Opened) -> None:
        self._settle()
        damaged = opened.damaged
        if damaged is None:
            return
        self._say(
            "The file that holds your conversations is damaged. It was set aside unchanged as "
            f"{damaged.name}, and a new one was begun. What can still be read in it can be brought "
            "back.",
            str(damaged),
            ("Bring back what can be read", self._recover),
            ("Show the file", lambda: _show_folder(damaged.parent)),
        )

    def _show_not_opened(self, fault: Exception) -> None:
        self._troubled = True
        sentence, details = _told(fault)
        self._say(f"{sentence} {_NOT_KEPT}", details, (_AGAIN, self.open))

    def _recover(self) -> None:
        self._bar.hide()
        self._library.recover(self._show_recovered, self._show_not_recovered)

    def _show_recovered(self, recovered: Recovered) -> None:
        whole = "Everything in it could be read." if recovered.whole else "Parts were unreadable."
        self._say(
            f"Brought back: {recovered.conversations:,} conversations with {recovered.turns:,} "
            f"questions. {whole} The damaged file is still there."
        )

    def _show_not_recovered(self, fault: Exception) -> None:
        sentence, details = _told(fault)
        self._say(sentence, details, (_AGAIN, self._recover))

    def _say(self, sentence: str, details: str = "", *ways: tuple[str, Callable[[], None]]) -> None:
        self._bar.show_notice(Notice(sentence, details, ways))


def _told(fault: Exception) -> tuple[str, str]:
    if isinstance(fault, EngineError):
        return fault.sentence, fault.details
    return "The conversations on this computer cannot be opened.", repr(fault)


def _show_folder(folder: Path) -> None:
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))
