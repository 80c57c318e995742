"""A capture from beginning to end: the window gives way, something is chosen, it comes back."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QCursor

from app.capture import (
    CaptureFault,
    grab_screens,
    needs_portal,
    no_portal,
    refused,
    take_file,
)
from app.portal import PortalScreenshot
from app.ui.capture_overlay import CaptureOverlay

if TYPE_CHECKING:
    from PySide6.QtGui import QImage
    from PySide6.QtWidgets import QWidget

    from app.ui.theme import Theme

log = logging.getLogger(__name__)

# Until then compositors have taken a hidden window off the screen, its fading included.
_GONE_MS = 300


class ScreenCapture(QObject):
    """Takes one capture at a time. `captured` carries the picture, `failed` a `CaptureFault`.

    Where the person changes their mind, `ended` alone is said, as it is after the others.
    """

    captured = Signal(object)
    failed = Signal(object)
    ended = Signal()

    def __init__(self, theme: Theme, window: QWidget, gone_ms: int = _GONE_MS) -> None:
        super().__init__(window)
        self._theme = theme
        self._window = window
        self._overlays: list[CaptureOverlay] = []
        self._portal: PortalScreenshot | None = None
        self._running = False
        self._timer = QTimer(self, interval=gone_ms, singleShot=True)
        self._timer.timeout.connect(self._look)

    @property
    def overlays(self) -> tuple[CaptureOverlay, ...]:
        """One for each screen, while an area is being chosen."""
        return tuple(self._overlays)

    def start(self) -> None:
        """Hide the window, then look at the screens."""
        if self._running:
            return
        self._running = True
        self._window.hide()
        self._timer.start()

    def _look(self) -> None:
        try:
            self._begin()
        except CaptureFault as fault:
            self._fail(fault)
        except BaseException:  # whatever it was, the window must not stay away
            self._end()
            raise

    def _begin(self) -> None:
        if needs_portal():
            self._ask_portal()
            return
        for shot in grab_screens():
            overlay = CaptureOverlay(self._theme, shot)
            overlay.chosen.connect(self._take)
            overlay.cancelled.connect(self._end)
            overlay.show()
            self._overlays.append(overlay)
        # Keys go to the screen where the pointer is.
        under = [o for o in self._overlays if o.geometry().contains(QCursor.pos())]
        first = (*under, *self._overlays)[0]
        first.raise_()
        first.activateWindow()
        first.setFocus()

    def _ask_portal(self) -> None:
        self._portal = portal = PortalScreenshot(self)
        portal.taken.connect(self._take_file)
        portal.cancelled.connect(self._end)
        portal.refused.connect(lambda why: self._fail(refused(why)))
        portal.missing.connect(lambda why: self._fail(no_portal(why)))
        portal.ask()

    def _take_file(self, path: str) -> None:
        try:
            image = take_file(Path(path))
        except CaptureFault as fault:
            self._fail(fault)
        else:
            self._take(image)

    def _take(self, image: QImage) -> None:
        self._close()
        self.captured.emit(image)
        self.ended.emit()

    def _fail(self, fault: CaptureFault) -> None:
        log.warning("no screen capture: %s", fault.details)
        self._close()
        self.failed.emit(fault)
        self.ended.emit()

    def _end(self) -> None:
        self._close()
        self.ended.emit()

    def _close(self) -> None:
        """The overlays go, the window comes back as it was."""
        for overlay in self._overlays:
            overlay.hide()
            overlay.deleteLater()
        self._overlays.clear()
        if self._portal is not None:
            self._portal.deleteLater()
            self._portal = None
        self._running = False
        self._window.show()
        self._window.raise_()
        self._window.activateWindow()
