"""Models without an adapter of their own: known ones reuse, unknown ones read everything again."""

from __future__ import annotations

import json
from itertools import islice
from typing import TYPE_CHECKING

import pytest
from tiny_checkpoints import FAMILIES, build_text_model

from engine.api.errors import BadRequest, ModelNotUsable
from engine.api.messages import assistant, user
from engine.api.requests import SamplingParams
from engine.decode.decode import decode
from engine.decode.sampler import Sampler
from engine.model.families.text_only import PLAIN
from engine.model.self_check import apply, try_out
from engine.prompt.render import render
from engine.prompt.transcripts import Transcripts

if TYPE_CHECKING:
    from pathlib import Path

LONG = "The tide table for the northern harbour lists four heights a day. "
WINDOWED: dict[str, dict[str, object]] = {
    "gemma3_text": {
        "head_dim": 16,
        "sliding_window": 16,
        "layer_types": ["sliding_attention", "full_attention"] * 2,
        "tie_word_embeddings": False,
    },
    "lfm2": {
        "layer_types": ["conv", "full_attention"] * 2,
        "block_auto_adjust_ff_dim": False,
    },
    "mistral": {"sliding_window": 16},
    "smollm3": {"no_rope_layers": [1, 1, 1, 0]},
}


@pytest.mark.parametrize("model_type", sorted(PLAIN))
def test_plain_text_models_reuse_what_they_read(
    conversations, load, tmp_path: Path, model_type: str
) -> None:
    folder = build_text_model(tmp_path / model_type, model_type, **WINDOWED.get(model_type, {}))
    chats = type(conversations)(load(folder))
    assert chats.model.info.notes[1:] == ()
    first = (user(LONG * 2),)
    done = chats.ask(first)
    second = (*first, assistant(done.text), user("And then?"))
    reused, with_reuse, fresh = chats.reused_and_recomputed(second)
    assert (with_reuse - fresh).abs().max() < 1e-4
    assert reused in chats.can_be_kept(first, done, second)
    assert chats.ask(second).usage.reuse_note == ""


@pytest.fixture(params=["stablelm", "recurrent_gemma", "qwen2_moe"])
def unknown(request: pytest.FixtureRequest, conversations, load, tmp_path: Path) -> object:
    """Chats with a model of a type that Tanka has no adapter for."""
    settings = {
        "stablelm": {},
        "recurrent_gemma": {"head_dim": 16, "lru_width": 64, "attention_window_size": 16},
        "qwen2_moe": {"num_experts": 4, "moe_intermediate_size": 32},
    }[request.param]
    folder = build_text_model(tmp_path / "unknown", request.param, **settings)
    chats = type(conversations)(load(folder))
    apply(try_out(chats.model, lambda: None), chats.model)
    return chats


def test_an_unknown_model_answers_and_says_that_it_reads_everything_again(unknown) -> None:
    assert any("reads the whole conversation" in note for note in unknown.model.info.notes)
    first = (user(LONG),)
    done = unknown.ask(first)
    assert done.usage.reuse_note == ""
    second = (*first, assistant(done.text), user("And then?"))
    again = unknown.ask(second)
    assert again.usage.reused_tokens == 0
    assert "read again" in again.usage.reuse_note
    assert unknown.ask(second).text == again.text


def test_an_unknown_model_reads_in_chunks_where_it_can(unknown) -> None:
    # Recurrent Gemma forgets its state when a second piece of a prompt comes.
    recurrent = unknown.model.info.family == "recurrent_gemma"
    assert unknown.model.reads_in_chunks is not recurrent
    off = {switched.ability for switched in unknown.model.info.switched_off}
    assert ("chunks" in off) is recurrent
    _, chunked, fresh = unknown.reused_and_recomputed((user(LONG),), 7)
    assert ((chunked - fresh).abs().max() < 1e-4) is not recurrent


def test_an_unknown_model_answers_a_long_prompt_as_it_would_in_one_go(unknown) -> None:
    messages = (user(LONG * 8),)  # longer than a chunk
    model = unknown.model
    prompt = render(messages, model, Transcripts())
    cache = model.new_cache()
    logits = model.forward(prompt.tokens, prompt.positions, cache)
    sampler = Sampler(SamplingParams(temperature=0.0), prompt.tokens)
    steps = decode(model, logits, prompt.positions, cache, sampler)
    expected = model.tokenizer.decode(list(islice(steps, 8)))
    said = unknown.ask(messages, max_tokens=8, sampling=SamplingParams(temperature=0.0))
    assert said.usage.prompt_tokens > 256
    assert said.text
    assert expected.startswith(said.text)


def test_pictures_are_refused_where_nobody_knows_how_they_are_seen(unknown, picture) -> None:
    with pytest.raises(BadRequest, match="cannot see pictures"):
        unknown.ask((user(picture(1), "What is this?"),))


def test_a_picture_model_without_an_adapter_reads_text_and_says_so(
    conversations, load, tmp_path: Path
) -> None:
    folder = FAMILIES["SmolVLM"](tmp_path / "model")
    config = json.loads((folder / "config.json").read_text())
    config |= {"model_type": "idefics3", "architectures": ["Idefics3ForConditionalGeneration"]}
    config["vision_config"]["model_type"] = "idefics3_vision"
    (folder / "config.json").write_text(json.dumps(config))
    chats = type(conversations)(load(folder))
    assert any("text only" in note for note in chats.model.info.notes)
    first = (user("What is seven?"),)
    done = chats.ask(first)
    _, chunked, fresh = chats.reused_and_recomputed((*first, assistant(done.text), user("So?")), 7)
    assert (chunked - fresh).abs().max() < 1e-4


@pytest.mark.parametrize(
    ("model_type", "settings", "reason"),
    [
        ("mamba", {}, "keeps its memory in a way"),
        ("hologram", {}, "cannot run models of the kind “hologram”"),
        ("bart", {"is_encoder_decoder": True}, "turn one text into another"),
    ],
)
def test_what_cannot_be_driven_is_refused(
    load, tmp_path: Path, model_type: str, settings: dict[str, object], reason: str
) -> None:
    folder = build_text_model(tmp_path / "model", "mamba" if model_type == "mamba" else "llama")
    config = json.loads((folder / "config.json").read_text())
    config |= {"model_type": model_type, **settings}
    (folder / "config.json").write_text(json.dumps(config))
    with pytest.raises(ModelNotUsable, match=reason):
        load(folder)
