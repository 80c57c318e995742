"""The page about Tanka: opened from the menu, filled once, left by Esc; diagnostics to share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLineEdit

from app.about_control import AboutControl
from app.diagnostics import diagnostics
from app.settings import WindowSettings
from app.ui.main_window import CONVERSATION, MainWindow
from engine import ModelInfo
from engine.machine import Gpu, Machine
from engine.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

MACHINE = Machine("Linux", "A processor", 4, 8, 16 * 1024**3, 8 * 1024**3, 10**11, ())


def model(folder: Path) -> ModelInfo:
    return ModelInfo(
        "Qwen3-VL 4B", folder, "qwen3_vl", "bnb_nf4", "cuda", "A card", "bfloat16", "sdpa",
        200_000, 4_000_000_000, 2_900_000_000, 4.0, notes=(f"Found in {folder}.",),
    )  # fmt: skip


@pytest.fixture
def about(qtbot: QtBot, theme, background) -> AboutControl:
    window = MainWindow(theme)
    qtbot.addWidget(window)
    window.set_page(QLineEdit(), ())
    control = AboutControl(theme, window, background, lambda: "all is well")
    with qtbot.waitActive(window):
        window.show()
    return control


def test_it_lists_what_is_installed_and_opens_a_licence(qtbot: QtBot, about: AboutControl) -> None:
    window = about.page.window()
    assert isinstance(window, MainWindow)
    window.registry["about"].trigger()
    assert window.page == "about"
    qtbot.waitUntil(lambda: bool(about.page.folds), timeout=30_000)
    fold = next(f for f in about.page.folds if f.line.accessibleName().startswith("psutil"))
    assert fold.text is None
    fold.line.click()
    assert fold.text is not None
    assert "psutil" in fold.text.toPlainText()
    assert "psutil" in fold.text.accessibleName()
    fold.line.click()
    assert not fold.text.isVisibleTo(fold)


def test_esc_goes_back(qtbot: QtBot, about: AboutControl) -> None:
    window = about.page.window()
    assert isinstance(window, MainWindow)
    stop = window.registry["stop"]
    stop.setEnabled(True)
    about.open()
    with qtbot.assertNotEmitted(stop.triggered):
        qtbot.keyClick(about.page.copy, Qt.Key.Key_Escape)
    assert window.page == CONVERSATION


def test_diagnostics_go_to_the_clipboard_and_the_button_says_so(
    qtbot: QtBot, about: AboutControl
) -> None:
    about.page.copy.click()
    assert QGuiApplication.clipboard().text() == "all is well"
    assert about.page.copy.text() == "Copied"
    qtbot.waitUntil(lambda: about.page.copy.text() == "Copy diagnostics", timeout=4000)


@pytest.mark.usefixtures("qapp")
def test_diagnostics_hold_no_path_and_nothing_that_was_written(tmp_path: Path) -> None:
    secret = tmp_path / "my-secret-folder"
    window = WindowSettings(
        theme="dark", last_conversation="c0ffee", recent_commands=("conversation:c0ffee",)
    )
    settings = Settings(model_folder=secret, weights="int4pack")
    told = diagnostics(MACHINE, model(secret), (settings, window))
    assert "my-secret-folder" not in told
    assert "c0ffee" not in told
    assert str(tmp_path) not in told
    for words in (
        "Processor: A processor, 8 cores",
        "Memory: 16.0 GB, 8.0 GB free",
        "Model: Qwen3-VL 4B, qwen3_vl, bnb_nf4, 2.7 GB",
        "  model_folder: set",
        "  weights: int4pack",
        "  theme: dark",
        "  recent_commands: set",
    ):
        assert words in told


@pytest.mark.usefixtures("qapp")
def test_diagnostics_say_what_is_not_known() -> None:
    odd = Machine("?", "?", None, None, None, None, None, (Gpu("A card", None, "550"),))
    told = diagnostics(odd, None, ())
    assert "Memory: –, – free" in told
    assert "Card: A card, –, driver 550" in told
    assert "Model: none is loaded" in told
    assert "Machine: not looked at yet" in diagnostics(None, None, ())
