"""A capture from the key to the picture: the window gives way, an area is drawn, it comes back."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from app.capture import CaptureFault, grab_screens
from app.ui.attachment_strip import AttachmentStrip
from app.ui.screen_capture import ScreenCapture

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytestqt.qtbot import QtBot

    from app.ui.capture_overlay import CaptureOverlay

CHILD = Path(__file__).parents[2] / "support" / "capturing.py"
COLOUR = QColor("#3366cc")


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    made = QWidget()
    qtbot.addWidget(made)
    made.resize(300, 200)
    made.show()
    return made


@pytest.fixture
def neighbour(qtbot: QtBot) -> Iterator[QWidget]:
    """Another program's window, of one colour."""
    made = QWidget()
    qtbot.addWidget(made)
    made.setStyleSheet(f"background: {COLOUR.name()}")
    made.setGeometry(200, 100, 120, 80)
    made.show()
    qtbot.waitExposed(made)
    qtbot.waitUntil(lambda: grab_screens()[0].crop(made.geometry()).pixelColor(60, 40) == COLOUR)
    yield made
    made.close()


@pytest.fixture
def capture(theme, window: QWidget) -> ScreenCapture:
    return ScreenCapture(theme, window, gone_ms=1)


def begin(qtbot: QtBot, capture: ScreenCapture) -> CaptureOverlay:
    capture.start()
    qtbot.waitUntil(lambda: bool(capture.overlays))
    return capture.overlays[0]


def drag(overlay: CaptureOverlay, start: QPoint, end: QPoint) -> None:
    QTest.mousePress(overlay, Qt.MouseButton.LeftButton, pos=start)
    QTest.mouseMove(overlay, (start + end) / 2)
    QTest.mouseMove(overlay, end)
    QTest.mouseRelease(overlay, Qt.MouseButton.LeftButton, pos=end)


@pytest.mark.usefixtures("neighbour")
def test_an_area_is_drawn_and_the_window_comes_back(
    qtbot: QtBot, capture: ScreenCapture, window: QWidget
) -> None:
    overlay = begin(qtbot, capture)
    assert window.isHidden()
    assert overlay.geometry() == overlay.screen().geometry()
    with qtbot.waitSignal(capture.captured) as captured:
        drag(overlay, QPoint(319, 179), QPoint(200, 100))  # from the lower right, as well
    image = captured.args[0]
    assert (image.width(), image.height()) == (120, 80)
    assert {image.pixelColor(x, y).name() for x in (0, 119) for y in (0, 79)} == {COLOUR.name()}
    assert window.isVisible()
    assert capture.overlays == ()


def test_enter_takes_the_whole_screen(qtbot: QtBot, capture: ScreenCapture) -> None:
    overlay = begin(qtbot, capture)
    with qtbot.waitSignal(capture.captured) as captured:
        QTest.keyClick(overlay, Qt.Key.Key_Return)
    screen = overlay.screen()
    assert captured.args[0].size() == screen.geometry().size() * screen.devicePixelRatio()


@pytest.mark.parametrize("how", ["escape", "right button", "closed"])
def test_it_can_be_given_up(
    qtbot: QtBot, capture: ScreenCapture, window: QWidget, how: str
) -> None:
    overlay = begin(qtbot, capture)
    with qtbot.assertNotEmitted(capture.captured), qtbot.waitSignal(capture.ended):
        if how == "escape":
            QTest.keyClick(overlay, Qt.Key.Key_Escape)
        elif how == "closed":
            overlay.close()
        else:
            QTest.mouseClick(overlay, Qt.MouseButton.RightButton)
    assert window.isVisible()
    begin(qtbot, capture)  # and begun again
    QTest.keyClick(capture.overlays[0], Qt.Key.Key_Escape)


def test_a_click_is_no_area(qtbot: QtBot, capture: ScreenCapture) -> None:
    overlay = begin(qtbot, capture)
    with qtbot.assertNotEmitted(capture.ended):
        drag(overlay, QPoint(50, 50), QPoint(52, 300))
    assert overlay.area.isEmpty()
    capture.start()  # one at a time
    QTest.keyClick(overlay, Qt.Key.Key_Escape)


@pytest.mark.usefixtures("neighbour")
def test_the_area_is_as_it_was_and_the_rest_is_dimmed(qtbot: QtBot, capture: ScreenCapture) -> None:
    overlay = begin(qtbot, capture)
    dimmed = overlay.grab().toImage()
    assert dimmed.pixelColor(260, 140).lightness() < COLOUR.lightness() - 20
    QTest.mousePress(overlay, Qt.MouseButton.LeftButton, pos=QPoint(210, 110))
    QTest.mouseMove(overlay, QPoint(300, 170))
    assert overlay.area == QRect(QPoint(210, 110), QPoint(300, 170))
    drawn = overlay.grab().toImage()
    assert drawn.pixelColor(260, 140) == COLOUR
    assert drawn.pixelColor(315, 175) == dimmed.pixelColor(315, 175)
    QTest.keyClick(overlay, Qt.Key.Key_Escape)


def test_a_refusal_is_said_where_the_picture_would_stand(qtbot: QtBot, theme, background) -> None:
    strip = AttachmentStrip(theme, background)
    qtbot.addWidget(strip)
    fault = CaptureFault("The system did not allow a screen capture.", "", "x-settings:")
    strip.add_refused("Screen capture", fault.sentence, fault.address)
    (chip,) = strip.chips
    assert chip.reason == fault.sentence
    assert strip.parts == ()


def run_child(*words: str, **environment: str) -> dict[str, object]:
    """Run `tests/support/capturing.py` in a process of its own; what it tells."""
    done = subprocess.run(
        [*words],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), **environment},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    assert isinstance(told, dict)
    return told


def test_two_screens_of_different_density(tmp_path: Path) -> None:
    screens = [
        {"name": "left", "x": 0, "y": 0, "width": 800, "height": 600, "dpr": 1},
        {"name": "right", "x": 800, "y": 0, "width": 640, "height": 480, "dpr": 2},
    ]
    usual = {"logicalDpi": 96, "logicalBaseDpi": 96, "refreshRate": 60}
    file = tmp_path / "screens.json"
    file.write_text(json.dumps({"screens": [{**usual, **screen} for screen in screens]}))
    told = run_child(
        sys.executable, str(CHILD), "screens", QT_QPA_PLATFORM=f"offscreen:configfile={file}"
    )
    assert told == {
        "overlays": [[0, 0, 800, 600], [800, 0, 640, 480]],
        "area": [100, 60, 1],
        # This platform grabs dense screens coarsely; `tests/app/test_capture.py` has fine ones.
        "dense area": [100, 60, 2],
        "dense whole": [640, 480, 2],
    }


@pytest.mark.skipif(shutil.which("Xvfb") is None, reason="there is no X server to start here")
def test_a_real_window_on_a_real_server() -> None:
    """Hidden, grabbed and drawn over by X itself; the rest of this file is the logic of it."""
    reading, writing = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writing), "-screen", "0", "640x480x24", "-nolisten", "tcp"],
        pass_fds=[writing],
        stderr=subprocess.DEVNULL,
    )
    os.close(writing)
    try:
        with os.fdopen(reading) as told:
            display = f":{told.readline().strip()}"
        result = run_child(
            sys.executable, str(CHILD), "window", QT_QPA_PLATFORM="xcb", DISPLAY=display
        )
    finally:
        server.terminate()
        server.wait()
    assert result == {
        "platform": "xcb",
        "hidden": True,
        "area": [120, 80],
        "corners": ["#3366cc"],
        "under Tanka": "#cc6633",
        "back": True,
    }


@pytest.mark.skipif(shutil.which("dbus-run-session") is None, reason="there is no bus to start")
@pytest.mark.parametrize(
    ("portal", "expected"),
    [
        ("granted", {"captured": [30, 20], "file left": False, "interactive": True}),
        ("granted elsewhere", {"captured": [30, 20], "file left": False, "interactive": True}),
        ("cancelled", {"ended": True}),
        ("refused", {"failed": "The system did not allow a screen capture."}),
        ("error", {"failed": "The system did not allow a screen capture."}),
        ("dies", {"failed": "The system did not allow a screen capture."}),
        ("remote", {"failed": "The system did not allow a screen capture."}),
        ("none", {"failed": "This desktop offers no way to capture the screen. Install its "
                  "desktop portal, or take a screenshot with the desktop's own program and drop it "
                  "here."}),
    ],
)  # fmt: skip
def test_the_desktop_portal(tmp_path: Path, portal: str, expected: dict[str, object]) -> None:
    picture = tmp_path / "Screenshot from the desktop.png"
    image = QImage(30, 20, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.green)
    image.save(str(picture))
    told = run_child(
        "dbus-run-session", "--", sys.executable, str(CHILD), "portal", portal, str(picture),
        QT_QPA_PLATFORM="offscreen",
    )  # fmt: skip
    assert told.pop("window") == "hidden, then shown"
    assert told == expected


def test_without_any_bus() -> None:
    told = run_child(
        sys.executable, str(CHILD), "portal", "no bus", "",
        QT_QPA_PLATFORM="offscreen", DBUS_SESSION_BUS_ADDRESS="unix:path=/nowhere",
    )  # fmt: skip
    assert str(told["failed"]).startswith("This desktop offers no way to capture the screen.")
