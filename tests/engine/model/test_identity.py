"""The key of a model changes whenever it would compute anything differently."""

from __future__ import annotations

import os
import shutil
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
import torch
from safetensors.torch import save_file

from engine.api.events import ModelInfo
from engine.model.identity import model_key

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

WHEN = 1_700_000_000_000_000_000


@pytest.fixture
def folder(tmp_path) -> Path:
    folder = tmp_path / "model"
    folder.mkdir()
    weights = {"a": torch.zeros(4, 100), "b": torch.ones(300), "none": torch.zeros(0)}
    save_file(weights, folder / "model.safetensors")
    for name in ("config.json", "tokenizer.json", "chat_template.jinja"):
        (folder / name).write_text(name)
    os.utime(folder / "model.safetensors", ns=(WHEN, WHEN))
    return folder


def info(folder: Path) -> ModelInfo:
    return ModelInfo(
        name="a model", folder=folder, family="LFM2-VL", weights="full", device="cpu",
        device_name="a processor", dtype="float32", attention="sdpa", max_context=2048,
        parameters=700, weight_bytes=2800, load_s=1.0,
    )  # fmt: skip


def key(folder: Path) -> str:
    return model_key(info(folder), "images")


def overwrite(path: Path, place: int) -> None:
    """One byte is another, size and time are as before."""
    content = bytearray(path.read_bytes())
    content[place] ^= 1
    path.write_bytes(content)
    os.utime(path, ns=(WHEN, WHEN))


def test_the_same_model_has_the_same_key_wherever_it_lies(folder: Path, tmp_path) -> None:
    copy = shutil.copytree(folder, tmp_path / "elsewhere")
    (copy / "README.md").write_text("About it.")
    assert key(copy) == key(folder)
    renamed = replace(info(copy), name="x", load_s=9.0, notes=("y",))
    assert model_key(renamed, "images") == key(folder)


def change_config(folder: Path) -> None:
    (folder / "config.json").write_text("other")


def change_template(folder: Path) -> None:
    (folder / "chat_template.jinja").write_text("other")


def add_vocabulary(folder: Path) -> None:
    (folder / "added_tokens.json").write_text("{}")


def touch_weights(folder: Path) -> None:
    os.utime(folder / "model.safetensors", ns=(WHEN, WHEN + 1))


def rename_weights(folder: Path) -> None:
    (folder / "model.safetensors").rename(folder / "other.safetensors")


@pytest.mark.parametrize(
    "change", [change_config, change_template, add_vocabulary, touch_weights, rename_weights]
)
def test_another_file_is_another_model(folder: Path, change: Callable[[Path], None]) -> None:
    before = key(folder)
    change(folder)
    assert key(folder) != before


def test_other_weights_of_the_same_shape_size_and_time_are_another_model(folder: Path) -> None:
    weights = folder / "model.safetensors"
    before = key(folder)
    data = weights.stat().st_size - 4 * 700
    for place in (data, data + 800, data + 1600, data + 1600 + 600):
        overwrite(weights, place)
        assert key(folder) != before
        overwrite(weights, place)
    assert key(folder) == before


@pytest.mark.parametrize(
    "other",
    [{"weights": "bnb_nf4"}, {"dtype": "bfloat16"}, {"device": "cuda"}, {"attention": "eager"}],
)
def test_other_arithmetic_is_another_model(folder: Path, other: dict[str, str]) -> None:
    assert model_key(replace(info(folder), **other), "images") != key(folder)


def test_other_image_settings_and_libraries_are_another_model(folder, monkeypatch) -> None:
    assert model_key(info(folder), "larger images") != key(folder)
    before = key(folder)
    monkeypatch.setattr(torch, "__version__", "2.99.0+cpu")
    assert key(folder) != before
    monkeypatch.setattr(torch, "__version__", "2.99.7+cu130")
    assert "2.99" in key(folder)


def test_a_folder_that_cannot_be_read_is_said(tmp_path) -> None:
    with pytest.raises(OSError, match="gone"):
        key(tmp_path / "gone")
