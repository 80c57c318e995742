"""A draft model beside a checkpoint is used where it fits, and said where it does not."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tiny_checkpoints import build_lfm2_vl, build_text_model

from engine.model.families.table import adapter_for
from engine.model.folder import check_folder
from engine.model.plan import Target, plan
from engine.model.shape import model_shape
from engine.model.vocabularies import compare
from engine.paths import starter_model_dir

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from engine.model.loaded_model import LoadedModel

    Load = Callable[..., LoadedModel]


@pytest.fixture
def pair(tmp_path: Path) -> Path:
    """A tiny model with a draft model that reads the same tokens."""
    folder = build_lfm2_vl(tmp_path / "model")
    build_text_model(folder / "draft", "llama", seed=3)
    for name in ("tokenizer.json", "tokenizer_config.json"):
        shutil.copyfile(folder / name, folder / "draft" / name)
    return folder


def change_json(path: Path, change: Callable[[dict], object]) -> None:
    content = json.loads(path.read_text(encoding="utf-8"))
    change(content)
    path.write_text(json.dumps(content), encoding="utf-8")


def test_the_starters_draft_is_loaded_in_full_precision(load: Load) -> None:
    model = load(starter_model_dir(), None)
    assert model.draft is not None
    assert model.draft.info.weights == "full"
    assert model.info.draft_bytes == model.draft.info.weight_bytes == 762_112
    assert "A draft model proposes words: 0.2 million parameters, 0.7 MB." in model.info.notes


def test_a_draft_needs_no_chat_template(pair: Path, load: Load) -> None:
    (pair / "draft" / "chat_template.jinja").unlink()
    assert load(pair).draft is not None


def lose_half(draft: Path) -> None:
    weights = draft / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[: weights.stat().st_size // 2])


def rename_a_token(draft: Path) -> None:
    def rename(content: dict) -> None:
        vocabulary = content["model"]["vocab"]
        vocabulary["Ж"] = vocabulary.pop("A")

    change_json(draft / "tokenizer.json", rename)


def name_another_kind(draft: Path) -> None:
    change_json(draft / "config.json", lambda content: content.update(model_type="gpt_neox"))


def save_quantised(draft: Path) -> None:
    settings = {"quant_method": "bitsandbytes", "load_in_4bit": True}
    change_json(draft / "config.json", lambda content: content.update(quantization_config=settings))


def take_a_weight(draft: Path) -> None:
    change_json(draft / "config.json", lambda content: content.update(num_hidden_layers=9))


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lose_half, "incomplete"),
        (rename_a_token, "262 entries of its vocabulary 1 differ"),
        (name_another_kind, "no plain language model"),
        (save_quantised, "4-bit"),
        (take_a_weight, "missing"),
        (lambda draft: (draft / "tokenizer.json").write_text("{"), "not used"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_draft_is_said_and_the_model_works(
    pair: Path, load: Load, spoil: Callable[[Path], object], said: str
) -> None:
    spoil(pair / "draft")
    model = load(pair)
    assert model.draft is None
    assert model.info.draft_bytes == 0
    (note,) = [note for note in model.info.notes if note.startswith("The draft model is not used:")]
    assert said in note


def test_another_vocabulary_is_refused(tmp_path: Path, load: Load) -> None:
    folder = build_lfm2_vl(tmp_path / "model")
    build_text_model(folder / "draft", "llama")
    notes = " ".join(load(folder).info.notes)
    assert "its vocabulary has 259 entries, the model's 262." in notes


@given(st.permutations("abcdef"), st.permutations("abcdef"))
def test_vocabularies_are_compared_entry_by_entry(mine: list[str], other: list[str]) -> None:
    first = {text: number for number, text in enumerate(mine)}
    second = {text: number for number, text in enumerate(other)}
    pairs = enumerate(zip(mine, other, strict=True))
    differing = [number for number, (a, b) in pairs if a != b]
    found = compare(first, second)
    assert (found is not None) == bool(differing)
    if found is not None:
        assert f" {len(differing)} differ" in found.sentence
        assert found.sentence.endswith(f"number {differing[0]}.")


def test_the_plan_counts_a_draft_model(pair: Path) -> None:
    folder, draft = (check_folder(pair), check_folder(pair / "draft"))
    shape = model_shape(folder, adapter_for(folder))
    target = Target("cpu", 4, "full", 256)
    alone = plan(shape, target, 2**40, 1_000)
    beside = model_shape(draft, adapter_for(draft))
    both = plan(replace(shape, draft=beside), target, 2**40, 1_000)
    weights = beside.other_values * 4
    # Four layers, keys and values of two heads of 16 numbers, in steps of storage.
    kept = 4 * 2 * 2 * 16 * 4 * 1_000
    assert both.total_bytes - alone.total_bytes >= weights + kept
    assert both.total_bytes - alone.total_bytes <= 1.5 * (weights + kept) + 2**20
