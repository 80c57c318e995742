"""Pictures of the screen: cropped to the pixel, taken over from the portal, refused in words."""

from __future__ import annotations

import sys

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QGuiApplication, QImage, QPixmap
from PySide6.QtWidgets import QWidget

from app.capture import CaptureFault, Shot, grab_screens, no_portal, refused, take_file

pytestmark = pytest.mark.usefixtures("qapp")
RED, BLUE = QColor("red"), QColor("blue")


def shot_of(width: int, height: int, ratio: float) -> Shot:
    """A screen that is red on the left and blue on the right; sizes in the screen's own units."""
    image = QImage(round(width * ratio), round(height * ratio), QImage.Format.Format_RGB32)
    image.fill(RED)
    for x in range(image.width() // 2, image.width()):
        for y in range(image.height()):
            image.setPixelColor(x, y, BLUE)
    pixels = QPixmap.fromImage(image)
    pixels.setDevicePixelRatio(ratio)
    return Shot(QGuiApplication.primaryScreen(), pixels)


@pytest.mark.parametrize("ratio", [1.0, 1.25, 1.5, 2.0])
def test_a_crop_is_of_the_screens_own_pixels(ratio) -> None:
    shot = shot_of(80, 40, ratio)
    image = shot.crop(QRect(20, 8, 40, 20))
    assert (image.width(), image.height()) == (round(40 * ratio), round(20 * ratio))
    assert image.devicePixelRatio() == 1.0
    middle = image.width() // 2
    assert image.pixelColor(middle - 1, 3) == RED
    assert image.pixelColor(middle, 3) == BLUE
    assert (shot.whole().width(), shot.whole().height()) == (round(80 * ratio), round(40 * ratio))


def test_a_crop_ends_with_the_screen() -> None:
    image = shot_of(80, 40, 2.0).crop(QRect(70, 30, 50, 50))
    assert (image.width(), image.height()) == (20, 20)


def test_every_screen_is_taken(qtbot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    window.setStyleSheet("background: #123456")
    window.setGeometry(100, 50, 60, 40)
    window.show()
    qtbot.waitExposed(window)
    shots = grab_screens()
    assert [shot.screen for shot in shots] == QGuiApplication.screens()

    def drawn() -> bool:
        image = grab_screens()[0].crop(QRect(100, 50, 60, 40))
        return image.pixelColor(30, 20) == QColor("#123456")

    qtbot.waitUntil(drawn)


def test_the_portals_file_is_taken_and_removed(tmp_path) -> None:
    path = tmp_path / "Screenshot.png"
    image = QImage(30, 20, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.green)
    image.save(str(path))
    assert take_file(path).size() == image.size()
    assert not path.exists()


def test_a_portals_file_that_is_none(tmp_path) -> None:
    (tmp_path / "a.png").write_bytes(b"words")
    for name in ("a.png", "gone.png"):
        with pytest.raises(CaptureFault, match="could not be read"):
            take_file(tmp_path / name)
    assert (tmp_path / "a.png").read_bytes() == b"words"


def test_refusals_say_what_can_be_done(monkeypatch) -> None:
    assert str(refused()) == "The system did not allow a screen capture."
    assert "desktop portal" in str(no_portal())
    monkeypatch.setattr(sys, "platform", "darwin")
    assert "Privacy & Security" in str(refused())
    assert refused().address.startswith("x-apple.systempreferences:")
