"""The page of models joined with a real library: questions asked, answers carried out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QDialog, QLabel
from tiny_checkpoints import build_qwen3_vl

from app.model_library import ModelLibrary
from app.model_loading import ModelLoading
from app.models_control import ModelsControl, machine_line
from app.ui.link_dialog import LinkDialog
from app.ui.model_dialogs import ImportDialog, LicenceDialog, RemoveDialog
from app.ui.models_page import ModelsPage
from engine.catalogue.fit import CONTEXTS
from engine.catalogue.importing import inspect
from engine.catalogue.library import Library
from engine.machine import Gpu, Machine

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Script

    from app.background import Background
    from engine.catalogue.records import KeptModel

GB = 1024**3
CARD = Gpu("GeForce RTX 4060 Laptop", 8 * GB, "580")
MACHINE = Machine("Linux", "Ryzen", 8, 16, 32 * GB, 20 * GB, 212 * GB, (CARD,))


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = build_qwen3_vl(tmp_path_factory.mktemp("hub") / "tiny")
    (folder / "LICENSE").write_text("Do as you like.", encoding="utf-8")
    return folder


@pytest.fixture
def models(background: Background, tmp_path: Path) -> ModelLibrary:
    return ModelLibrary(background, library=Library(tmp_path / "models"))


@pytest.fixture(autouse=True)
def kept(models: ModelLibrary, checkpoint: Path) -> KeptModel:
    return models.library.take_in(inspect(checkpoint), copy=True, name="Field notes")


@pytest.fixture
def loading(bridge) -> ModelLoading:
    return ModelLoading(bridge)


@pytest.fixture
def page(qtbot, theme, models: ModelLibrary, loading: ModelLoading) -> ModelsPage:
    page = ModelsPage(theme, CONTEXTS, 32_000)
    qtbot.addWidget(page)
    page.resize(1180, 860)
    page.show()
    ModelsControl(theme, page, models, loading).show_machine(MACHINE)
    return page


def dialog(page: ModelsPage, kind: type[QDialog]) -> QDialog:
    return next(d for d in page.findChildren(kind) if d.isVisible())


def press(qtbot, inside: QDialog, name: str) -> None:
    button = next(b for b in inside.findChildren(QAbstractButton) if b.text() == name)
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def texts(widget) -> str:
    return "\n".join(label.text() for label in widget.findChildren(QLabel) if label.isVisible())


def test_the_machine_is_told_in_one_line() -> None:
    assert machine_line(MACHINE).facts == (
        ("Graphics", "GeForce RTX 4060 Laptop, 8 GB"),
        ("Memory", "32 GB"),
        ("Free disk", "212 GB"),
    )
    silent = Machine("Linux", "Ryzen", None, None, None, None, None, ())
    assert machine_line(silent).facts == (
        ("Processor", "Ryzen"),
        ("Memory", "–"),
        ("Free disk", "–"),
    )


def test_a_licence_is_accepted_once_before_the_model_is_used(
    qtbot, page: ModelsPage, kept: KeptModel, models: ModelLibrary, loading: ModelLoading
) -> None:
    page.wanted.emit(kept.id, "use")
    assert loading.info is None
    press(qtbot, dialog(page, LicenceDialog), "Accept and use")
    qtbot.waitUntil(lambda: loading.info is not None)
    model = models.model(kept.id)
    assert model is not None
    assert model.licence.accepted is not None
    assert Library(models.library.folder).models[0].licence.accepted is not None
    page.wanted.emit(kept.id, "use")
    assert not [d for d in page.findChildren(LicenceDialog) if d.isVisible()]


def test_not_now_loads_nothing(
    qtbot, page: ModelsPage, kept: KeptModel, models: ModelLibrary, script: Script
) -> None:
    page.wanted.emit(kept.id, "use")
    press(qtbot, dialog(page, LicenceDialog), "Not now")
    model = models.model(kept.id)
    assert model is not None
    assert model.licence.accepted is None
    assert not script.requests


def test_a_model_is_removed_after_a_question(
    qtbot, page: ModelsPage, kept: KeptModel, models: ModelLibrary
) -> None:
    page.selected.emit(kept.id)
    page.wanted.emit(kept.id, "remove")
    asked = dialog(page, RemoveDialog)
    assert "Its files are deleted. That frees " in texts(asked)
    press(qtbot, asked, "Keep it")
    assert models.here()
    page.wanted.emit(kept.id, "remove")
    press(qtbot, dialog(page, RemoveDialog), "Remove")
    assert not models.here()
    assert not kept.folder.exists()
    assert page.opened == ""


def test_a_folder_is_imported_as_a_copy_or_where_it_is(
    qtbot, page: ModelsPage, models: ModelLibrary, checkpoint: Path
) -> None:
    with qtbot.waitSignal(models.inspected, timeout=20_000):
        models.inspect(checkpoint)
    asked = dialog(page, ImportDialog)
    assert "model.safetensors" in texts(asked)
    with qtbot.waitSignal(models.arrived, timeout=20_000) as arrived:
        press(qtbot, asked, "Use it there")
    assert arrived.args[0].folder == checkpoint.resolve()
    assert page.card(arrived.args[0].id) is not None


def test_a_folder_that_cannot_be_used_says_why(
    qtbot, page: ModelsPage, models: ModelLibrary, tmp_path: Path
) -> None:
    with qtbot.waitSignal(models.inspected, timeout=20_000) as inspected:
        models.inspect(tmp_path)
    asked = dialog(page, ImportDialog)
    assert inspected.args[0].refusal in texts(asked)
    assert "Copy it" not in [b.text() for b in asked.findChildren(QAbstractButton)]


def test_a_longer_context_moves_every_bar(page: ModelsPage) -> None:
    card = page.card("qwen3.5-4b")
    assert card is not None
    before = card.row.fit
    page.context_chosen.emit(200_000)
    assert card.row.fit.headline != before.headline


def test_details_of_a_model_here_and_of_one_of_the_list(
    qtbot, page: ModelsPage, kept: KeptModel
) -> None:
    page.selected.emit(kept.id)
    qtbot.waitUntil(lambda: "SHA-256 matches" in texts(page.details))
    assert "No draft" in texts(page.details)
    page.selected.emit("qwen3.5-4b")
    qtbot.waitUntil(lambda: "8.7 GB" in texts(page.details))
    assert "Where this is known from" in texts(page.details)


def test_an_address_is_shown_before_it_is_opened(page: ModelsPage) -> None:
    page.link_wanted.emit("https://huggingface.co/Qwen/Qwen3.5-4B")
    assert dialog(page, LinkDialog).isVisible()
