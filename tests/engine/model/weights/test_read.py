"""Whole models with packed weights: right, kept on disk, given up cleanly."""

from __future__ import annotations

import gc
import json
import logging
import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
import torch

from engine.api.messages import user
from engine.model.lean import make_plain
from engine.model.loader import load_model
from engine.model.weights.int4pack import Int4Linear

if TYPE_CHECKING:
    from pathlib import Path

TOKENS = list(range(20, 60))
KEPT_BEFORE = "kept on disk from an earlier start"


def logits(model, tokens=TOKENS) -> torch.Tensor:
    return model.forward(tokens, model.positions(len(tokens), ()), model.new_cache())


def step_by_step(model) -> torch.Tensor:
    """The same logits, a token at a time: the kernel's path."""
    cache, positions = model.new_cache(), model.positions(len(TOKENS), ())
    for at, token in enumerate(TOKENS):
        last = model.forward([token], positions[:, at : at + 1], cache)
    return last


def relative(found: torch.Tensor, expected: torch.Tensor) -> float:
    return float((found - expected).norm() / expected.norm())


def reuses_store(model) -> bool:
    return any(KEPT_BEFORE in note for note in model.info.notes)


@pytest.fixture(params=["LFM2-VL", "Qwen3-VL"])
def folder(request, lfm2_folder: Path, qwen3_vl_model) -> Path:
    return lfm2_folder if request.param == "LFM2-VL" else qwen3_vl_model.info.folder


def test_a_packed_model_computes_what_its_weights_stand_for(folder: Path, load) -> None:
    packed, full = load(folder, "int4pack"), load(folder, "full")
    make_plain(full.network)
    layers = {n: m for n, m in packed.network.named_modules() if isinstance(m, Int4Linear)}
    assert len(layers) > 10
    for name, layer in layers.items():
        full.network.get_submodule(name).weight.copy_(layer.dequantised())
    assert relative(logits(packed), logits(full)) < 1e-4
    # A token at a time it works in bfloat16.
    assert relative(step_by_step(packed), logits(full)) < 0.1


def test_the_second_load_is_the_first(folder: Path, load, store_folder: Path) -> None:
    for weights in ("int4pack", "bnb_nf4"):
        first, second = load(folder, weights), load(folder, weights)
        assert not reuses_store(first)
        assert reuses_store(second)
        assert torch.equal(logits(first), logits(second))
        a, b = first.network.state_dict(), second.network.state_dict()
        assert a.keys() == b.keys()
        assert first.info.weight_bytes == second.info.weight_bytes
        assert first.info.parameters == second.info.parameters == load(folder).info.parameters
        assert first.info.weight_bytes < load(folder).info.weight_bytes
    assert len(list(store_folder.iterdir())) == 2


def test_a_tied_head_stays_tied(lfm2_folder: Path, load) -> None:
    for _ in range(2):
        network = load(lfm2_folder, "int4pack").network
        assert network.lm_head.weight is network.get_input_embeddings().weight


def test_no_layer_that_is_to_stay_is_packed(lfm2_folder: Path, tmp_path: Path, load) -> None:
    folder = shutil.copytree(lfm2_folder, tmp_path / "model")
    (folder / "tanka.json").write_text('{"keep": ["model.language_model.layers.*.w2"]}')
    folder_wide = "model.language_model.layers.1.feed_forward.w2"
    model = load(folder, "int4pack")
    make_plain(model.network)
    assert type(model.network.get_submodule(folder_wide)) is torch.nn.Linear
    assert type(model.network.get_submodule(folder_wide.replace("w2", "w1"))) is Int4Linear
    packed = [n for n, m in model.network.named_modules() if isinstance(m, Int4Linear)]
    assert not any("vision_tower" in n or "projector" in n or "lm_head" in n for n in packed)
    assert any("layers.*.w2" in note for note in model.info.notes)
    # Packed without that wish it is another model.
    (folder / "tanka.json").unlink()
    assert not reuses_store(load(folder, "int4pack"))


def test_a_damaged_file_is_made_anew(lfm2_folder: Path, load, store_folder: Path, caplog) -> None:
    expected = logits(load(lfm2_folder, "int4pack"))
    (path,) = store_folder.iterdir()
    data = bytearray(path.read_bytes())
    data[-1000] ^= 255
    path.write_bytes(data)
    with caplog.at_level(logging.WARNING):
        again = load(lfm2_folder, "int4pack")
    assert "checksum" in caplog.text
    assert not reuses_store(again)
    assert torch.equal(logits(again), expected)
    assert reuses_store(load(lfm2_folder, "int4pack"))


def test_a_picture_is_understood_and_reused(
    lfm2_folder: Path, load, conversations, picture
) -> None:
    packed = type(conversations)(load(lfm2_folder, "int4pack"))
    messages = (user(picture(1), "What is this?"),)
    packed.ask(messages)
    reused, with_reuse, fresh = packed.reused_and_recomputed(messages, chunk_size=64)
    assert reused > 12
    assert relative(with_reuse, fresh) < 0.1  # one row beside many: another arithmetic


class GivenUp(Exception):
    pass


def figures_told(folder: Path, weights: str) -> list[tuple[int, int]]:
    told: list[tuple[int, int]] = []
    load_model(folder, "m", weights, lambda _, loaded, total: told.append((loaded, total)))
    return told


@pytest.mark.parametrize("weights", ["int4pack", "bnb_nf4", "full"])
def test_progress_is_bytes_and_never_goes_back(lfm2_folder: Path, weights: str) -> None:
    for _ in range(2):
        told = figures_told(lfm2_folder, weights)
        loaded = [figure for figure, _ in told]
        assert loaded == sorted(loaded)
        assert all(figure <= total for figure, total in told)
        assert len(set(loaded)) > 1
        assert told[-1][0] == told[-1][1] > 0


@pytest.mark.parametrize("weights", ["int4pack", "bnb_nf4"])
def test_progress_comes_in_many_steps(lfm2_folder: Path, weights: str) -> None:
    steps: list[str] = []
    load_model(lfm2_folder, "m", weights, lambda step, *_: steps.append(step))
    assert steps.count("Reading the weights") > 50
    assert steps.count("Keeping the 4-bit weights") > 50


def packed_layers_alive() -> int:
    gc.collect()
    return sum(type(thing) is Int4Linear for thing in gc.get_objects())


@pytest.mark.parametrize("at", ["Preparing the model", "Reading the weights", "Keeping the 4-bit"])
def test_giving_up_leaves_nothing(lfm2_folder: Path, load, store_folder: Path, at: str) -> None:
    left = [3]

    def progress(step: str, *_: int) -> None:
        left[0] -= step.startswith(at)
        if left[0] <= 0 or step == at == "Preparing the model":
            raise GivenUp

    before = packed_layers_alive()
    with pytest.raises(GivenUp):
        load_model(lfm2_folder, "m", "int4pack", progress)
    assert packed_layers_alive() == before
    assert not store_folder.exists() or list(store_folder.iterdir()) == []
    assert not reuses_store(load(lfm2_folder, "int4pack"))


def test_giving_up_while_reading_what_was_kept(lfm2_folder: Path, load) -> None:
    load(lfm2_folder, "int4pack")

    def progress(step: str, loaded: int, _: int) -> None:
        if step == "Reading the 4-bit weights" and loaded:
            raise GivenUp

    with pytest.raises(GivenUp):
        load_model(lfm2_folder, "m", "int4pack", progress)
    assert reuses_store(load(lfm2_folder, "int4pack"))


FULL_DISK = """
import resource, sys
from pathlib import Path
from engine.model.loader import load_model
from engine.paths import cache_dir
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
model = load_model(Path(sys.argv[1]), "m", "int4pack", lambda *_: None)
print(model.info.weights, list((cache_dir() / "weights").iterdir()), *model.info.notes)
print("bitsandbytes" in sys.modules)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limit")
def test_a_full_disk_does_not_keep_the_model_from_loading(lfm2_folder: Path) -> None:
    """The limit on a file's size stands for the disk's end."""
    done = subprocess.run(
        [sys.executable, "-c", FULL_DISK, str(lfm2_folder)],
        env=dict(os.environ), capture_output=True, text=True, timeout=240, check=True,
    )  # fmt: skip
    assert done.stdout.startswith("int4pack []")
    assert "could not be kept on disk, since the disk is full" in done.stdout
    # It may not even be looked at where it is not used.
    assert done.stdout.endswith("False\n")


def test_layers_that_suit_nothing_stay_whole(lfm2_folder: Path, tmp_path: Path, load) -> None:
    folder = shutil.copytree(lfm2_folder, tmp_path / "model")
    (folder / "tanka.json").write_text('{"keep": ["model"]}')
    model = load(folder, "int4pack")
    assert model.info.weights == "full"
    assert any("In full precision" in note for note in model.info.notes)


def test_a_folder_saved_in_4_bit_keeps_its_own_layers(
    lfm2_folder: Path, tmp_path: Path, load
) -> None:
    from bitsandbytes.nn import Linear4bit
    from transformers import AutoModelForImageTextToText, BitsAndBytesConfig

    config = BitsAndBytesConfig(
        load_in_4bit=True,
        bnb_4bit_quant_type="nf4",
        llm_int8_skip_modules=["model.vision_tower", "model.multi_modal_projector", "lm_head"],
    )
    saved = AutoModelForImageTextToText.from_pretrained(lfm2_folder, quantization_config=config)
    folder = shutil.copytree(lfm2_folder, tmp_path / "model")
    saved.save_pretrained(folder)
    assert "quantization_config" in json.loads((folder / "config.json").read_text())
    model = load(folder, None)
    assert model.info.weights == "bnb_nf4"
    assert model.info.parameters == load(lfm2_folder).info.parameters
    name = "model.language_model.layers.1.self_attn.q_proj"
    make_plain(model.network)
    layer, expected = model.network.get_submodule(name), saved.get_submodule(name)
    assert isinstance(layer, Linear4bit)
    assert torch.equal(layer.weight.data, expected.weight.data)
    assert layer.weight.data.data_ptr() != expected.weight.data.data_ptr()
    assert torch.isfinite(logits(model)).all()
    # Its own store: it needs none.
    assert not any("kept" in note for note in model.info.notes)


@pytest.mark.parametrize("weights", ["full", "int4pack"])
def test_what_was_read_does_not_hang_on_the_files(
    lfm2_folder: Path, tmp_path: Path, load, weights: str
) -> None:
    folder = shutil.copytree(lfm2_folder, tmp_path / "model")
    model = load(folder, weights)
    before = logits(model)
    with (folder / "model.safetensors").open("r+b") as file:
        file.seek(100_000)
        file.write(bytes(500_000))
    assert torch.equal(logits(model), before)
