"""Models between the library and the page: fetched from a hub on this machine, paused, refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Never

import pytest
from hub_server import Fault, Hub, Repository, running
from tiny_checkpoints import build_qwen3_vl

from app.model_library import ModelLibrary
from engine.api.errors import BadRequest
from engine.catalogue.entries import Catalogue, catalogue
from engine.catalogue.importing import inspect
from engine.catalogue.library import Library
from engine.machine import Machine

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from app.background import Background
    from app.model_rows import ModelRow

GB = 1024**3
MACHINE = Machine("Linux", "AMD Ryzen 5", 6, 12, 16 * GB, 8 * GB, 212 * GB, ())
ENTRY = "qwen3-vl-2b"


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_qwen3_vl(tmp_path_factory.mktemp("hub") / "tiny")


@pytest.fixture
def known() -> Catalogue:
    """The list, with one model whose newest version is taken."""
    known = catalogue()
    entry = next(e for e in known.models if e.id == ENTRY)
    sources = tuple(s.model_copy(update={"revision": None}) for s in entry.downloads)
    return known.model_copy(update={"models": (entry.model_copy(update={"downloads": sources}),)})


@pytest.fixture
def hub(checkpoint: Path, known: Catalogue, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    names = [source.repository for source in known.models[0].downloads]
    repository = Repository.of(checkpoint)
    for hub in running(Hub(dict.fromkeys(names, repository))):
        monkeypatch.setenv("HF_ENDPOINT", hub.endpoint)
        yield hub


@pytest.fixture
def models(background: Background, known: Catalogue, tmp_path: Path) -> Iterator[ModelLibrary]:
    models = ModelLibrary(background, library=Library(tmp_path / "models"), known=known)
    models.set_machine(MACHINE)
    yield models
    models.close()


def row(models: ModelLibrary) -> ModelRow:
    return (*models.here(), *models.listed())[0]


def test_a_model_is_fetched_and_is_then_here(qtbot, hub: Hub, models: ModelLibrary) -> None:
    assert row(models).state == "listed"
    with qtbot.waitSignal(models.arrived, timeout=60_000) as arrived:
        models.download(ENTRY)
        assert row(models).state == "waiting"
    assert arrived.args[0].entry == ENTRY
    assert not models.listed()
    assert hub.ranges("model.safetensors")
    qtbot.waitUntil(lambda: models.looked_at(arrived.args[0].id) is not None, timeout=20_000)
    assert row(models).state == "ready"
    assert row(models).fit.headline.startswith("Needs ")
    assert "context 256k" not in row(models).facts  # the tiny one's own, not the list's


def test_what_is_paused_is_kept_and_taken_up_again(qtbot, hub: Hub, models: ModelLibrary) -> None:
    hub.faults["model.safetensors"] = Fault("stall", after=5_000)
    models.download(ENTRY)
    qtbot.waitUntil(hub.stalled.is_set, timeout=60_000)
    qtbot.waitUntil(lambda: row(models).state == "downloading", timeout=20_000)
    models.pause(ENTRY)
    hub.go_on.set()
    assert row(models).state == "paused"
    assert row(models).work is not None
    assert row(models).work.text.startswith("Paused, ")
    with qtbot.waitSignal(models.arrived, timeout=60_000):
        models.download(ENTRY)


def test_a_pause_outlives_the_program(
    qtbot, hub: Hub, models: ModelLibrary, background: Background, known: Catalogue
) -> None:
    hub.faults["model.safetensors"] = Fault("stall", after=5_000)
    models.download(ENTRY)
    qtbot.waitUntil(hub.stalled.is_set, timeout=60_000)
    models.close()
    hub.go_on.set()
    again = ModelLibrary(background, library=Library(models.library.folder), known=known)
    again.set_machine(MACHINE)
    assert row(again).state == "paused"
    again.discard(ENTRY)
    assert row(again).state == "listed"
    assert not again.library.unfinished()


def test_a_file_that_arrives_damaged_is_told(qtbot, hub: Hub, models: ModelLibrary) -> None:
    hub.faults["model.safetensors"] = Fault("corrupt", times=9)
    with qtbot.waitSignal(models.failed, timeout=60_000) as failed:
        models.download(ENTRY)
    assert "does not match its checksum" in failed.args[0]
    assert row(models).state == "corrupt"


def test_a_repository_that_is_gone_is_told(qtbot, hub: Hub, models: ModelLibrary) -> None:
    hub.repositories.clear()
    with qtbot.waitSignal(models.failed, timeout=60_000):
        models.download(ENTRY)
    assert row(models).state == "failed"


def test_a_folder_is_taken_in_verified_and_removed(
    qtbot, models: ModelLibrary, checkpoint: Path
) -> None:
    with qtbot.waitSignal(models.inspected, timeout=20_000) as inspected:
        models.inspect(checkpoint)
    with qtbot.waitSignal(models.arrived, timeout=20_000) as arrived:
        models.take_in(inspected.args[0], copy=True)
    model = arrived.args[0]
    weights = model.folder / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1] + b"\xff")
    models.verify(model.id)
    assert row(models).state == "verifying"
    qtbot.waitUntil(lambda: row(models).state == "corrupt", timeout=20_000)
    assert row(models).work is not None
    assert row(models).work.text == "model.safetensors does not match its checksum"
    models.remove(model.id)
    assert not models.here()
    assert not model.folder.exists()


def test_what_answers_cannot_be_told_from_a_folder_alone(
    models: ModelLibrary, checkpoint: Path
) -> None:
    model = models.library.take_in(inspect(checkpoint), copy=False)
    assert row(models).state == "ready"
    models.set_used(None, model.folder)
    assert row(models).state == "loading"
    assert row(models).badges[0].text == "loading"
    models.set_used(model.folder, None)
    assert [badge.text for badge in row(models).badges] == ["In use", "local folder"]
    assert row(models).licence == "licence not stated"


def test_the_others_are_judged_as_drafts(qtbot, models: ModelLibrary, checkpoint: Path) -> None:
    first = models.library.take_in(inspect(checkpoint), copy=True, name="One")
    other = models.library.take_in(inspect(checkpoint), copy=True, name="Two")
    with qtbot.waitSignal(models.judged, timeout=30_000) as judged:
        models.judge(first.id)
    model_id, verdicts = judged.args
    assert model_id == first.id
    assert [verdict.draft.id for verdict in verdicts] == [other.id]
    assert not verdicts[0].accepted
    assert verdicts[0].reason


def test_a_download_is_asked_for_and_may_be_refused(
    qtbot, hub: Hub, background: Background, known: Catalogue, tmp_path: Path
) -> None:
    def refuse(host: str, reason: str) -> Never:
        raise BadRequest(f"Offline: {host} was not asked.", reason)

    models = ModelLibrary(background, None, Library(tmp_path / "m"), known, refuse)
    models.set_machine(MACHINE)
    with qtbot.waitSignal(models.failed) as failed:
        models.download(ENTRY)
    assert failed.args[0] == "Offline: 127.0.0.1 was not asked."
    assert not hub.requests


def test_a_speed_is_told_once_it_was_measured(models: ModelLibrary, checkpoint: Path) -> None:
    model = models.library.take_in(inspect(checkpoint), copy=False)
    models.note_speed(model.folder, 64.2, with_draft=True)
    models.note_speed(model.folder.parent, 9.0, with_draft=True)
    kept = models.model(model.id)
    assert kept is not None
    assert kept.measured is not None
    assert kept.measured.tok_s == 64.2
    models.note_speed(model.folder, 65.0, with_draft=True)
    assert models.model(model.id) == kept
    models.note_speed(model.folder, 39.0, with_draft=False)
    assert models.model(model.id) != kept
