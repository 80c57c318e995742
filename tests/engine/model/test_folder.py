"""Broken, foreign and dangerous model folders: each gets a sentence that names the trouble."""

from __future__ import annotations

import json
import shutil
import struct
from typing import TYPE_CHECKING

import pytest

from engine.api.errors import ModelNotUsable
from engine.model.folder import check_folder

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture
def folder(lfm2_folder: Path, tmp_path: Path) -> Path:
    return shutil.copytree(lfm2_folder, tmp_path / "model")


def rewrite(path: Path, change: Callable[[dict], object]) -> None:
    content = json.loads(path.read_text())
    change(content)
    path.write_text(json.dumps(content))


def refusal(folder: Path) -> str:
    with pytest.raises(ModelNotUsable) as caught:
        check_folder(folder)
    return caught.value.sentence


def test_a_whole_folder_passes(folder: Path) -> None:
    checked = check_folder(folder)
    assert checked.model_type == "lfm2_vl"
    assert checked.weight_bytes == (folder / "model.safetensors").stat().st_size


def test_no_such_folder(tmp_path: Path) -> None:
    assert "There is no model folder" in refusal(tmp_path / "nowhere")


@pytest.mark.parametrize(
    "name", ["config.json", "tokenizer.json", "preprocessor_config.json", "model.safetensors"]
)
def test_a_missing_file_is_named(folder: Path, name: str) -> None:
    (folder / name).unlink()
    assert f"{name} is missing" in refusal(folder)


@pytest.mark.parametrize("name", ["config.json", "preprocessor_config.json"])
@pytest.mark.parametrize("content", ["{", "[]", ""])
def test_a_damaged_json_file_is_named(folder: Path, name: str, content: str) -> None:
    (folder / name).write_text(content)
    assert f"{name} is damaged" in refusal(folder)


def test_a_shard_of_the_index_is_missing(folder: Path) -> None:
    (folder / "model.safetensors").rename(folder / "model-00001-of-00002.safetensors")
    weight_map = {"a": "model-00001-of-00002.safetensors", "b": "model-00002-of-00002.safetensors"}
    (folder / "model.safetensors.index.json").write_text(json.dumps({"weight_map": weight_map}))
    assert "model-00002-of-00002.safetensors is missing" in refusal(folder)


def test_an_index_that_points_outside_is_refused(folder: Path) -> None:
    index = {"weight_map": {"a": "../../secret.safetensors"}}
    (folder / "model.safetensors.index.json").write_text(json.dumps(index))
    assert "points outside" in refusal(folder)


def test_a_download_that_stopped_half_way_says_how_much_is_missing(folder: Path) -> None:
    weights = folder / "model.safetensors"
    data = weights.read_bytes()
    weights.write_bytes(data[:-1000])
    assert "incomplete, 1,000 bytes are missing" in refusal(folder)
    weights.write_bytes(data + b"tail")
    assert "is damaged" in refusal(folder)
    weights.write_bytes(b"\xff" * 64)
    assert "is damaged" in refusal(folder)
    weights.write_bytes(b"")
    assert "is damaged" in refusal(folder)


@pytest.mark.parametrize("name", ["pytorch_model.bin", "model.pt", "weights.ckpt"])
def test_pickled_weights_are_refused(folder: Path, name: str) -> None:
    (folder / "model.safetensors").rename(folder / name)
    sentence = refusal(folder)
    assert name in sentence
    assert "hidden code" in sentence


def test_code_of_the_models_own_is_refused(folder: Path) -> None:
    rewrite(folder / "config.json", lambda c: c.update(auto_map={"AutoModel": "evil.Model"}))
    assert "program code of its own" in refusal(folder)


@pytest.mark.parametrize("name", ["tokenizer_config.json", "preprocessor_config.json"])
def test_code_named_anywhere_is_refused(folder: Path, name: str) -> None:
    rewrite(folder / name, lambda c: c.update(auto_map={"AutoTokenizer": ["evil.T", None]}))
    sentence = refusal(folder)
    assert "program code of its own" in sentence
    assert name in sentence


@pytest.mark.parametrize("header", [b"[]", b"[" * 5000, b'{"a": {"data_offsets": [0]}}'])
def test_a_header_that_is_none_is_damage(folder: Path, header: bytes) -> None:
    (folder / "model.safetensors").write_bytes(struct.pack("<Q", len(header)) + header)
    assert "model.safetensors is damaged" in refusal(folder)


def test_deep_nesting_is_damage(folder: Path) -> None:
    (folder / "config.json").write_text("[" * 200_000)
    assert "config.json is damaged" in refusal(folder)


def test_a_file_that_cannot_be_read_is_said(folder: Path) -> None:
    (folder / "model.safetensors").unlink()
    (folder / "model.safetensors").mkdir()
    assert "missing" in refusal(folder)


def test_the_older_file_for_templates_is_used(folder: Path, load) -> None:
    template = (folder / "chat_template.jinja").read_text()
    (folder / "chat_template.jinja").unlink()
    (folder / "chat_template.json").write_text(json.dumps({"chat_template": template}))
    model = load(folder)
    assert "user\nHi" in model.apply_template([{"role": "user", "content": "Hi"}], answer=True)


def test_how_many_numbers_there_are(folder: Path, tiny_model) -> None:
    head = tiny_model._model.lm_head.weight.numel()
    assert check_folder(folder).values in {
        tiny_model.info.parameters,
        tiny_model.info.parameters + head,
    }


def test_a_model_without_chat_template_is_refused(folder: Path) -> None:
    (folder / "chat_template.jinja").unlink()
    assert "no chat template" in refusal(folder)


def test_an_oversized_chat_template_is_refused(folder: Path) -> None:
    (folder / "chat_template.jinja").write_text("x" * (2**20 + 1))
    assert "too large" in refusal(folder)
