"""Who may draft for whom, and why not: the reasons that the engine would give, beforehand."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from tiny_checkpoints import build_lfm2_vl, build_text_model

from engine.api.errors import BadRequest
from engine.catalogue.fit import Place
from engine.catalogue.importing import inspect
from engine.catalogue.library import Library
from engine.catalogue.pairing import judge, put_beside
from engine.paths import starter_model_dir

if TYPE_CHECKING:
    from pathlib import Path

    from engine.catalogue.pairing import Verdict
    from engine.catalogue.records import KeptModel

PLENTY = Place("cpu", 2**40, "int4pack")


@pytest.fixture
def library(tmp_path: Path) -> Library:
    return Library(tmp_path / "models")


def taken(library: Library, folder: Path, name: str) -> KeptModel:
    return library.take_in(inspect(folder), copy=True, name=name)


def only(verdicts: tuple[Verdict, ...]) -> Verdict:
    (verdict,) = verdicts
    return verdict


@pytest.fixture
def main(library: Library) -> KeptModel:
    return taken(library, starter_model_dir(), "starter")


@pytest.fixture
def draft(library: Library) -> KeptModel:
    folder = starter_model_dir() / "draft"
    found = inspect(folder)
    copied = library.folder.parent / "draft-with-template"
    copied.mkdir()
    for file in found.files:
        (copied / file.name).write_bytes((folder / file.name).read_bytes())
    template = (starter_model_dir() / "chat_template.jinja").read_text(encoding="utf-8")
    (copied / "chat_template.jinja").write_text(template, encoding="utf-8")
    return taken(library, copied, "draft")


def test_a_draft_that_fits_is_accepted(main: KeptModel, draft: KeptModel) -> None:
    verdict = only(judge(main, [main, draft], PLENTY, 1_000))
    assert verdict.accepted, verdict.reason
    assert verdict.adds_bytes > 0


def test_no_memory_for_the_pair(main: KeptModel, draft: KeptModel) -> None:
    small = Place("cpu", 2**20, "int4pack")
    verdict = only(judge(main, [draft], small, 1_000))
    assert not verdict.accepted
    assert verdict.reason.startswith("The pair needs ")
    assert verdict.reason.endswith(" of your 1 MB.")


def test_another_number_of_entries(main: KeptModel, library: Library, tmp_path: Path) -> None:
    other = taken(library, build_text_model(tmp_path / "other", "llama"), "other")
    verdict = only(judge(main, [other], PLENTY, 1_000))
    assert not verdict.accepted
    assert verdict.reason.startswith("Different vocabulary: 259 entries against 512.")


def test_entries_that_differ(main: KeptModel, draft: KeptModel) -> None:
    file = draft.folder / "tokenizer.json"
    content = json.loads(file.read_text(encoding="utf-8"))
    vocabulary = content["model"]["vocab"]
    texts = sorted(vocabulary, key=lambda text: vocabulary[text])[100:102]
    vocabulary[texts[0]], vocabulary[texts[1]] = vocabulary[texts[1]], vocabulary[texts[0]]
    first = min(vocabulary[text] for text in texts)
    file.unlink()
    file.write_text(json.dumps(content), encoding="utf-8")
    verdict = only(judge(main, [draft], PLENTY, 1_000))
    assert verdict.reason == (
        f"Vocabulary has the same length, but 2 entries differ, the first at {first:,}."
    )


def test_a_model_that_sees_pictures_cannot_draft(library: Library, tmp_path: Path) -> None:
    models = [
        taken(library, build_lfm2_vl(tmp_path / name, seed=number), name)
        for number, name in enumerate(("one", "two"))
    ]
    verdict = only(judge(models[0], models, PLENTY, 1_000))
    assert not verdict.accepted
    assert "pictures" in verdict.reason


def test_a_large_draft_is_cautioned(main: KeptModel, draft: KeptModel) -> None:
    verdict = only(judge(draft, [draft.model_copy(update={"id": "twin"})], PLENTY, 1_000))
    assert verdict.accepted
    assert verdict.caution == "It has 100% of the model's size, so the gain may be small."
    del main


def test_a_pair_is_put_together_and_apart(main: KeptModel, draft: KeptModel) -> None:
    put_beside(main, draft)
    assert (main.folder / "draft" / "model.safetensors").is_file()
    put_beside(main, None)
    assert not (main.folder / "draft").exists()
    assert (draft.folder / "model.safetensors").is_file()


def test_nothing_is_written_into_a_folder_of_others(library: Library, tmp_path: Path) -> None:
    folder = build_lfm2_vl(tmp_path / "theirs")
    model = library.take_in(inspect(folder), copy=False)
    with pytest.raises(BadRequest, match="Import a copy"):
        put_beside(model, model)
    assert not (folder / "draft").exists()
