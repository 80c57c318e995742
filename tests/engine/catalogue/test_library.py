"""Models on this computer: taken in, fetched, checked, damaged, removed, and found again."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
from tiny_checkpoints import build_qwen3_vl

from engine.api.errors import BadRequest
from engine.catalogue.download import Download
from engine.catalogue.entries import catalogue
from engine.catalogue.events import Fetched
from engine.catalogue.importing import inspect
from engine.catalogue.job import Job
from engine.catalogue.library import Library
from engine.catalogue.records import Measured
from engine.catalogue.unfinished import Wish

if TYPE_CHECKING:
    from pathlib import Path

    from hub_server import Hub

NAME = "makers/tiny"
APACHE = "                                 Apache License\n                           Version 2.0"


@pytest.fixture
def folder(checkpoint: Path, tmp_path: Path) -> Path:
    """A checkpoint that a test may damage, with a licence."""
    folder = shutil.copytree(checkpoint, tmp_path / "theirs")
    (folder / "LICENSE").write_text(APACHE, encoding="utf-8")
    (folder / "pytorch_model.bin").write_bytes(b"pickled")
    return folder


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(tmp_path / "models")


def test_a_folder_is_inspected(folder: Path) -> None:
    found = inspect(folder)
    assert found.usable
    assert found.model_type == "qwen3_vl"
    assert found.form == "safetensors, whole"
    assert found.licence_id == "Apache-2.0"
    assert found.licence_file == "LICENSE"
    assert found.others == ("pytorch_model.bin",)
    assert "model.safetensors" in {file.name for file in found.files}


def test_what_is_missing_is_named(folder: Path) -> None:
    (folder / "tokenizer.json").unlink()
    found = inspect(folder)
    assert not found.usable
    assert "tokenizer.json is missing" in found.refusal


def test_pickled_weights_are_refused(folder: Path, library: Library) -> None:
    (folder / "model.safetensors").unlink()
    found = inspect(folder)
    assert "can run hidden code" in found.refusal
    with pytest.raises(BadRequest, match="hidden code"):
        library.take_in(found, copy=True)
    assert not library.models


def test_a_licence_that_nobody_states(folder: Path) -> None:
    (folder / "LICENSE").unlink()
    assert inspect(folder).licence_id is None
    (folder / "README.md").write_text("---\nlicense: apache-2.0\n---\n", encoding="utf-8")
    assert inspect(folder).licence_id == "Apache-2.0"


def test_a_folder_that_is_used_where_it_is(folder: Path, library: Library) -> None:
    before = {path.name: path.stat().st_mtime_ns for path in folder.iterdir()}
    model = library.take_in(inspect(folder), copy=False)
    assert model.folder == folder.resolve()
    assert library.removable_bytes(model) == 0
    assert library.remove(model) == 0
    assert {path.name: path.stat().st_mtime_ns for path in folder.iterdir()} == before
    assert not library.models


def test_a_copy_is_whole_and_its_own(folder: Path, library: Library) -> None:
    model = library.take_in(inspect(folder), copy=True, name="Field notes")
    assert model.id == "field-notes"
    assert not (model.folder / "pytorch_model.bin").exists()
    assert library.verify(model).damaged == ""
    assert library.remove(model) == model.size > 0
    assert not model.folder.exists()
    assert folder.exists()


def test_the_same_folder_is_taken_in_once(folder: Path, library: Library) -> None:
    library.take_in(inspect(folder), copy=False)
    with pytest.raises(BadRequest, match="in the list already"):
        library.take_in(inspect(folder), copy=False)


def test_a_copy_that_was_given_up_leaves_nothing(folder: Path, library: Library) -> None:
    def give_up(count: int) -> None:
        raise KeyboardInterrupt(count)

    with pytest.raises(KeyboardInterrupt):
        library.take_in(inspect(folder), copy=True, told=give_up)
    assert not any(path.is_dir() for path in library.folder.iterdir())


def test_damage_is_found_and_named(folder: Path, library: Library) -> None:
    model = library.take_in(inspect(folder), copy=True)
    weights = model.folder / "model.safetensors"
    content = bytearray(weights.read_bytes())
    content[-1] ^= 1
    weights.write_bytes(content)
    heard: list[str] = []
    checked = library.verify(model, lambda name, _: heard.append(name))
    assert checked.damaged == "model.safetensors"
    assert "model.safetensors" in heard
    again = Library(library.folder).find(model.id)
    assert again is not None
    assert again.damaged == "model.safetensors"


def test_what_is_known_survives_a_restart(folder: Path, library: Library) -> None:
    model = library.take_in(inspect(folder), copy=True, name="Theirs")
    model = library.accept_licence(model)
    library.remember(model, Measured(tok_s=64.0, with_draft=True))
    again = Library(library.folder).find("Theirs")
    assert again is not None
    assert again.licence.accepted is not None
    assert again.measured == Measured(tok_s=64.0, with_draft=True)


def test_a_damaged_list_is_set_aside(folder: Path, library: Library) -> None:
    library.take_in(inspect(folder), copy=True)
    (library.folder / "models.json").write_text("{", encoding="utf-8")
    again = Library(library.folder)
    assert again.problem is not None
    assert again.problem.kept_as is not None
    assert not again.models


def fetched(hub: Hub, library: Library, wish: Wish) -> tuple[Path, Fetched]:
    folder = library.prepare(wish)
    download = Download(Job(NAME, None, folder, hub.endpoint), "A test")
    download.start()
    end = list(download.events())[-1]
    assert isinstance(end, Fetched)
    return folder, end


def test_a_download_becomes_a_model(hub: Hub, library: Library) -> None:
    wish = Wish("Qwen3.5 4B", NAME, None, "full", "qwen3.5-4b")
    folder, end = fetched(hub, library, wish)
    assert [(found, kept) for found, kept, _ in library.unfinished()] == [(folder, wish)]
    model = library.finish(folder, end.manifest, catalogue())
    assert not library.unfinished()
    assert model.folder == library.folder / "qwen3.5-4b"
    assert model.commit == hub.repositories[NAME].commit
    assert model.licence.id == "Apache-2.0"
    entry = catalogue().find("qwen3.5-4b")
    assert entry is not None
    assert library.of_entry(entry) == model
    assert inspect(model.folder).usable
    assert library.verify(model).damaged == ""


def test_an_unfinished_download_can_be_discarded(hub: Hub, library: Library) -> None:
    folder, end = fetched(hub, library, Wish("Tiny", NAME, None, "full"))
    assert library.discard(folder) == end.manifest.size
    assert not library.unfinished()


def test_two_of_the_same_name_stand_side_by_side(tmp_path: Path, library: Library) -> None:
    names = []
    for number in range(2):
        folder = build_qwen3_vl(tmp_path / str(number) / "model")
        names.append(library.take_in(inspect(folder), copy=True).id)
    assert names == ["model", "model-2"]
