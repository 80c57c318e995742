"""Loading: what runs, how it is described, and what cannot be loaded."""

from __future__ import annotations

import json
import shutil
import sys
from typing import TYPE_CHECKING

import bitsandbytes
import pytest
import torch
from safetensors.torch import load_file, save_file

from engine.api.errors import ModelNotUsable
from engine.api.messages import user
from engine.bench.checkpoints.gemma import build_gemma4
from engine.model.device import multiplies_bf16, place
from engine.model.template import render_within_limits

if TYPE_CHECKING:
    from pathlib import Path


def test_full_precision_on_a_processor_is_fp32(tiny_model) -> None:
    assert tiny_model.info.dtype == "float32"
    assert tiny_model.info.attention == "sdpa"
    assert tiny_model.info.parameters == sum(p.numel() for p in tiny_model._model.parameters())
    assert not any(p.requires_grad for p in tiny_model._model.parameters())


def test_nf4_quantises_the_language_layers_and_keeps_vision_and_head(lfm2_folder, load) -> None:
    model = load(lfm2_folder, "bnb_nf4")
    modules = dict(model._model.named_modules())
    quantised = {n for n, m in modules.items() if isinstance(m, bitsandbytes.nn.Linear4bit)}
    assert "model.language_model.layers.1.self_attn.q_proj" in quantised
    assert "model.language_model.layers.0.conv.in_proj" in quantised
    assert not any("vision_tower" in n or "projector" in n or "lm_head" in n for n in quantised)
    weight = modules["model.language_model.layers.1.self_attn.q_proj"].weight
    assert weight.quant_state.quant_type == "nf4"
    assert weight.quant_state.nested  # double quantisation
    assert model.info.weights == "bnb_nf4"


def test_nf4_answers_about_a_picture_and_reuses(lfm2_folder, load, conversations, picture) -> None:
    quantised = type(conversations)(load(lfm2_folder, "bnb_nf4"))
    messages = (user(picture(1), "What is this?"),)
    quantised.ask(messages)
    reused, with_reuse, fresh = quantised.reused_and_recomputed(messages)
    assert reused > 12
    # On a processor its products may be rounded to bf16, which makes steps of tiny differences.
    assert (with_reuse - fresh).abs().max() < 2e-2


@pytest.mark.parametrize("weights", ["full", "int4pack"])
def test_a_model_that_hears_too_is_loaded_and_reads(
    tmp_path: Path, load, conversations, weights: str
) -> None:
    model = load(build_gemma4(tmp_path / "hears", hears=True), weights)
    assert model.info.attention == "sdpa"
    answered = type(conversations)(model).ask((user("What is this?"),))
    assert answered is not None


def test_weights_that_are_not_in_the_file_are_named(
    lfm2_folder: Path, tmp_path: Path, load
) -> None:
    folder = shutil.copytree(lfm2_folder, tmp_path / "model")
    tensors = load_file(folder / "model.safetensors")
    del tensors["model.language_model.layers.1.feed_forward.w1.weight"]
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(ModelNotUsable) as caught:
        load(folder)
    assert "layers.1.feed_forward.w1" in caught.value.sentence


def test_weights_of_another_shape_are_named(lfm2_folder: Path, tmp_path: Path, load) -> None:
    folder = shutil.copytree(lfm2_folder, tmp_path / "model")
    tensors = load_file(folder / "model.safetensors")
    tensors["model.language_model.layers.1.feed_forward.w1.weight"] = torch.zeros(3, 3)
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(ModelNotUsable) as caught:
        load(folder)
    assert "feed_forward.w1" in caught.value.sentence + caught.value.details


def test_a_kind_of_model_we_cannot_run_is_named(lfm2_folder: Path, tmp_path: Path, load) -> None:
    folder = shutil.copytree(lfm2_folder, tmp_path / "model")
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**config, "model_type": "hologram"}))
    with pytest.raises(ModelNotUsable, match="hologram"):
        load(folder)


@pytest.mark.parametrize(
    "template",
    [
        "{{ messages[0].__class__.__mro__[1].__subclasses__() }}",
        "{{ cycler.__init__.__globals__.os.system('true') }}",
        "{{ raise_exception('refused') }}",
        "{% for %}",
    ],
)
def test_a_hostile_or_broken_template_runs_no_code(
    lfm2_folder: Path, tmp_path: Path, load, template: str
) -> None:
    folder = shutil.copytree(lfm2_folder, tmp_path / "model")
    (folder / "chat_template.jinja").write_text(template)
    model = load(folder)
    with pytest.raises(ModelNotUsable, match="chat template"):
        model.apply_template([{"role": "user", "content": "Hello"}], answer=True)


def test_a_template_that_never_ends_is_stopped(lfm2_folder: Path, tmp_path: Path, load) -> None:
    folder = shutil.copytree(lfm2_folder, tmp_path / "model")
    endless = "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}"
    (folder / "chat_template.jinja").write_text(endless)
    model = load(folder)
    with pytest.raises(ModelNotUsable, match="chat template") as caught:
        model.apply_template([{"role": "user", "content": "Hello"}], answer=True)
    assert "TemplateLimit" in caught.value.details


def test_rendering_within_limits_puts_a_tracer_back() -> None:
    seen: list[str] = []

    def tracer(_frame: object, event: str, _argument: object) -> None:
        seen.append(event)

    before = sys.gettrace()
    sys.settrace(tracer)
    try:
        assert render_within_limits(lambda: "text") == "text"
        assert sys.gettrace() is tracer
    finally:
        sys.settrace(before)


def test_how_a_folder_was_saved_decides(lfm2_folder: Path, tmp_path: Path, load) -> None:
    folder = shutil.copytree(lfm2_folder, tmp_path / "model")
    config = json.loads((folder / "config.json").read_text())
    saved_as = {"quant_method": "bitsandbytes", "load_in_4bit": True}
    (folder / "config.json").write_text(json.dumps({**config, "quantization_config": saved_as}))
    for weights in ("full", "int4pack"):
        with pytest.raises(ModelNotUsable, match="saved in 4-bit by bitsandbytes"):
            load(folder, weights)
    saved_as = {"quant_method": "gptq", "bits": 4}
    (folder / "config.json").write_text(json.dumps({**config, "quantization_config": saved_as}))
    with pytest.raises(ModelNotUsable, match="gptq"):
        load(folder, None)


@pytest.mark.parametrize(
    ("instructions", "wished", "values", "expected"),
    [
        ("AVX2", None, 10**6, "int4pack"),
        ("AVX512", None, 10**9, "int4pack"),
        ("DEFAULT", None, 10**6, "full"),
        ("DEFAULT", None, 10**9, "bnb_nf4"),
        ("AVX2", "full", 10**9, "full"),
        ("AVX2", "bnb_nf4", 10**6, "bnb_nf4"),
        ("DEFAULT", "int4pack", 10**6, "int4pack"),
    ],
)
def test_a_processor_gets_the_weights_that_suit_it(
    instructions: str, wished: str | None, values: int, expected: str
) -> None:
    if torch.cuda.is_available():
        pytest.skip("speaks of machines without a graphics card")
    placement = place(wished, values, 10**9, instructions)
    assert placement.weights == expected
    assert placement.device.type == "cpu"
    assert placement.dtype == torch.float32
    assert placement.why.startswith("No graphics card")
    half = place(wished, values, 10**9, instructions, saved_as="bfloat16")
    large = values > 10**8
    assert (half.dtype == torch.bfloat16) == (large and multiplies_bf16())
    is_slow = expected == "bnb_nf4" or (instructions, expected) == ("DEFAULT", "int4pack")
    assert ("slow" in placement.why) == is_slow
