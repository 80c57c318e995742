"""Captures in a process of its own, where a test needs other screens, a real server or a bus.

Prints what came of it as one line of JSON.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEventLoop, QPoint, Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from app.ui import screen_capture
from app.ui.screen_capture import ScreenCapture
from app.ui.theme import Theme

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QImage

    from app.ui.capture_overlay import CaptureOverlay


def wait_for(done: Callable[[], bool]) -> None:
    loop = QEventLoop()
    timer = QTimer(interval=10)
    timer.timeout.connect(lambda: done() and loop.quit())
    timer.start()
    QTimer.singleShot(20_000, loop.quit)
    loop.exec()
    assert done(), "waited in vain"


def window_of(colour: str, *place: int) -> QWidget:
    window = QWidget()
    window.setStyleSheet(f"background: {colour}")
    window.setGeometry(*place)
    window.show()
    return window


def drag(overlay: CaptureOverlay, start: QPoint, end: QPoint) -> None:
    QTest.mousePress(overlay, Qt.MouseButton.LeftButton, pos=start)
    QTest.mouseMove(overlay, end)
    QTest.mouseRelease(overlay, Qt.MouseButton.LeftButton, pos=end)


def taken(capture: ScreenCapture, act: Callable[[tuple[CaptureOverlay, ...]], None]) -> QImage:
    pictures: list[QImage] = []
    capture.captured.connect(pictures.append)
    capture.start()
    wait_for(lambda: bool(capture.overlays) and all(o.isVisible() for o in capture.overlays))
    act(capture.overlays)
    wait_for(lambda: bool(pictures))
    capture.captured.disconnect()
    return pictures[0]


def screens(theme: Theme) -> dict[str, object]:
    window = window_of("white", 10, 10, 100, 100)
    capture = ScreenCapture(theme, window, gone_ms=1)
    seen: list[list[int]] = []
    start, end = QPoint(10, 10), QPoint(109, 69)

    def on(index: int) -> Callable[[tuple[CaptureOverlay, ...]], None]:
        def act(overlays: tuple[CaptureOverlay, ...]) -> None:
            seen[:] = [[*overlay.geometry().getRect()] for overlay in overlays]
            drag(overlays[index], start, end)

        return act

    def told(picture: QImage, index: int) -> list[int]:
        ratio = QGuiApplication.screens()[index].devicePixelRatio()
        return [picture.width(), picture.height(), round(ratio)]

    return {
        "area": told(taken(capture, on(0)), 0),
        "dense area": told(taken(capture, on(1)), 1),
        "dense whole": told(
            taken(capture, lambda overlays: QTest.keyClick(overlays[1], Qt.Key.Key_Return)), 1
        ),
        "overlays": seen,
    }


def window(theme: Theme) -> dict[str, object]:
    """Tanka lies over another program's window, which is what shall be seen."""
    other = window_of("#3366cc", 200, 100, 120, 80)
    below = window_of("#cc6633", 400, 300, 100, 100)
    tanka = window_of("#ffffff", 390, 290, 200, 150)
    for shown in (other, below, tanka):
        wait_for(lambda shown=shown: QTest.qWaitForWindowExposed(shown))
    capture = ScreenCapture(theme, tanka)
    hidden: list[bool] = []

    def act(overlays: tuple[CaptureOverlay, ...]) -> None:
        hidden.append(tanka.isHidden())
        drag(overlays[0], QPoint(200, 100), QPoint(319, 179))

    area = taken(capture, act)
    wait_for(tanka.isVisible)
    whole = taken(capture, lambda overlays: QTest.keyClick(overlays[0], Qt.Key.Key_Return))
    corners = {area.pixelColor(x, y).name() for x in (0, 119) for y in (0, 79)}
    return {
        "platform": QGuiApplication.platformName(),
        "hidden": hidden[0],
        "area": [area.width(), area.height()],
        "corners": sorted(corners),
        "under Tanka": whole.pixelColor(450, 350).name(),
        "back": tanka.isVisible(),
    }


def portal(theme: Theme, how: str, picture: str) -> dict[str, object]:
    """The portal is asked here although this is no Wayland: that cannot be started in a test."""
    screen_capture.needs_portal = lambda: True
    service = None
    if how not in {"none", "no bus"}:
        program = Path(__file__).with_name("portal.py")
        service = subprocess.Popen(
            [sys.executable, str(program), how, picture], stdout=subprocess.PIPE, text=True
        )
        assert service.stdout is not None
        assert service.stdout.readline() == "ready\n"
    tanka = window_of("#ffffff", 10, 10, 100, 100)
    capture = ScreenCapture(theme, tanka, gone_ms=1)
    told: dict[str, object] = {}
    ended: list[bool] = []
    capture.captured.connect(lambda image: told.update(captured=[image.width(), image.height()]))
    capture.failed.connect(lambda fault: told.update(failed=fault.sentence))
    capture.ended.connect(lambda: ended.append(True))
    capture.start()
    hidden = tanka.isHidden()
    wait_for(lambda: bool(ended))
    if "captured" in told:
        told |= {"file left": Path(picture).exists(), "interactive": True}
    elif "failed" not in told:
        told["ended"] = True
    told["window"] = "hidden, then shown" if hidden and tanka.isVisible() else "wrong"
    if service is not None:
        service.terminate()
        service.wait()
    return told


if __name__ == "__main__":
    application = QApplication(sys.argv[:1])
    act = {"screens": screens, "window": window, "portal": portal}[sys.argv[1]]
    sys.stdout.write(json.dumps(act(Theme(application), *sys.argv[2:])))
