"""What is on the screens, as pictures; and why it cannot be had, where the system refuses.

Where a program may look at the screen by itself it is asked here; on Wayland `app.portal` asks the
desktop.
"""

from __future__ import annotations

import ctypes
import logging
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QRectF
from PySide6.QtGui import QGuiApplication, QImage, QPixmap

from engine import EngineError

if TYPE_CHECKING:
    from pathlib import Path

    from PySide6.QtGui import QScreen

log = logging.getLogger(__name__)

_REFUSED = "The system did not allow a screen capture."
_REFUSED_MAC = (
    "The system did not allow a screen capture. Allow it for Tanka under Privacy & Security, "
    "Screen Recording, and start Tanka again."
)
_NO_PORTAL = (
    "This desktop offers no way to capture the screen. Install its desktop portal, or take a "
    "screenshot with the desktop's own program and drop it here."
)
_UNREADABLE = "The screen was captured, but the picture could not be read."
_MAC_SETTINGS = "x-apple.systempreferences:com.apple.preference.security?Privacy_ScreenCapture"
_CORE_GRAPHICS = "/System/Library/Frameworks/CoreGraphics.framework/CoreGraphics"


class CaptureFault(EngineError):
    """Why there is no capture; `address`, if any, opens the place where it can be allowed."""

    def __init__(self, sentence: str, details: str = "", address: str = "") -> None:
        super().__init__(sentence, details)
        self.address = address


def refused(details: str = "") -> CaptureFault:
    """The system said no."""
    if sys.platform == "darwin":
        return CaptureFault(_REFUSED_MAC, details, _MAC_SETTINGS)
    return CaptureFault(_REFUSED, details)


def no_portal(details: str = "") -> CaptureFault:
    """There is nobody to ask."""
    return CaptureFault(_NO_PORTAL, details)


def needs_portal() -> bool:
    """Whether this is a desktop where only the portal can take the screen."""
    return QGuiApplication.platformName().startswith("wayland")


@dataclass(frozen=True, slots=True)
class Shot:
    """One screen as it was. `pixels` has the screen's device pixel ratio."""

    screen: QScreen
    pixels: QPixmap

    def crop(self, area: QRect) -> QImage:
        """The part `area`, in the screen's own coordinates from its top left, pixel by pixel."""
        ratio = self.pixels.devicePixelRatio()
        wanted = QRectF(
            area.x() * ratio, area.y() * ratio, area.width() * ratio, area.height() * ratio
        ).toAlignedRect()
        image = self.pixels.toImage().copy(wanted & self.pixels.rect())
        image.setDevicePixelRatio(1.0)
        return image

    def whole(self) -> QImage:
        """All of the screen."""
        image = self.pixels.toImage()
        image.setDevicePixelRatio(1.0)
        return image


def grab_screens() -> list[Shot]:
    """Every screen of the desktop as it is now. Raises `CaptureFault`."""
    if not _allowed():
        raise refused("no permission to record the screen")
    shots = [_grab(screen) for screen in QGuiApplication.screens()]
    if not shots:
        raise refused("there is no screen")
    return shots


def _grab(screen: QScreen) -> Shot:
    pixels = screen.grabWindow(0)
    width = screen.geometry().width()
    if pixels.isNull() or width < 1:
        raise refused(f"{QGuiApplication.platformName()} gave no picture of {screen.name()}")
    # What platforms say of their grabs differs; what counts is how many pixels there are.
    pixels.setDevicePixelRatio(pixels.width() / width)
    return Shot(screen, pixels)


def take_file(path: Path) -> QImage:
    """The picture that the portal has left at `path`, which is then removed.

    What is no picture is left alone. Raises `CaptureFault`.
    """
    try:
        data = path.read_bytes()
    except OSError as fault:
        raise CaptureFault(_UNREADABLE, repr(fault)) from fault
    image = QImage.fromData(data)
    if image.isNull():
        raise CaptureFault(_UNREADABLE, f"{len(data)} bytes")
    try:
        path.unlink()
    except OSError as fault:
        log.warning("the portal's file stays: %s", fault)
    return image


def _allowed() -> bool:
    """macOS gives programs without its permission a picture of the wallpaper, and says nothing.

    Asked here, the system itself shows the person where to allow it.
    """
    if sys.platform != "darwin":
        return True
    graphics = ctypes.CDLL(_CORE_GRAPHICS)
    questions = (graphics.CGPreflightScreenCaptureAccess, graphics.CGRequestScreenCaptureAccess)
    for question in questions:
        question.restype = ctypes.c_bool
    return any(question() for question in questions)
