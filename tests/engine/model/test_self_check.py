"""The first contact: checkpoints that really fail, each in its own way, and what follows."""

from __future__ import annotations

import dataclasses
import json
import shutil
import time
from typing import TYPE_CHECKING

import pytest
import torch
from carrying_out import carry_out
from large_checkpoints import enlarge
from safetensors.torch import load_file, save_file
from tiny_checkpoints import FAMILIES

from engine import (
    BadRequest,
    CountTokens,
    Failed,
    Finished,
    Generate,
    Limits,
    LoadModel,
    ModelProgress,
    ModelReady,
    PrefillProgress,
    ToolSpec,
    assistant,
    user,
)
from engine.cache.kv_cache import Checkpoint, KVCache
from engine.cli import main
from engine.model.call_check import a_grammar_opens_a_call
from engine.model.checks import pieces_equal_the_whole, what_was_kept_equals_the_whole
from engine.model.loaded_model import LoadedModel
from engine.model.self_check import CHECKS, Check, Findings, apply, try_out
from engine.paths import cache_dir, starter_model_dir
from engine.worker import EngineWorker

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from engine import Event
    from engine.api.requests import KvName

TOOL = ToolSpec("look", "Looks.", '{"type": "object", "properties": {}}')


def wanted() -> None:
    """Nobody gives up."""


def off(findings: Findings) -> dict[str, str]:
    return {switched.ability: switched.reason for switched in findings.switched_off}


@pytest.fixture
def folder(lfm2_folder: Path, tmp_path: Path) -> Path:
    """The tiny LFM2-VL with the starter's template, of which nothing fails, to be spoilt."""
    copy = shutil.copytree(lfm2_folder, tmp_path / "model")
    shutil.copyfile(starter_model_dir() / "chat_template.jinja", copy / "chat_template.jinja")
    return copy


def change_json(file: Path, change: Callable[[dict], None]) -> None:
    content = json.loads(file.read_text(encoding="utf-8"))
    change(content)
    file.write_text(json.dumps(content), encoding="utf-8")


def forget_the_short_way(content: dict) -> None:
    """Other rotations as soon as a text is longer than forty tokens: those before are wrong."""
    content["text_config"]["rope_parameters"] = {
        "rope_type": "longrope",
        "rope_theta": 10_000.0,
        "short_factor": [1.0] * 8,
        "long_factor": [4.0] * 8,
        "original_max_position_embeddings": 40,
    }


def test_nothing_is_switched_off_where_nothing_fails(folder: Path, load) -> None:
    assert try_out(load(folder), wanted) == Findings()


def test_a_template_without_pictures(folder: Path, load) -> None:
    template = folder / "chat_template.jinja"
    text = template.read_text(encoding="utf-8")
    assert "<image>" in text
    template.write_text(text.replace("<image>", ""), encoding="utf-8")
    found = off(try_out(load(folder), wanted))
    assert list(found) == ["pictures"]
    assert "template does not show pictures" in found["pictures"]


def test_a_template_without_functions(lfm2_folder: Path, load) -> None:
    found = off(try_out(load(lfm2_folder), wanted))
    assert list(found) == ["functions"]
    assert "knows no functions" in found["functions"]


def test_a_template_that_shows_calls_without_their_arguments(folder: Path, load) -> None:
    template = folder / "chat_template.jinja"
    text = template.read_text(encoding="utf-8")
    spoilt = text.replace("(function.arguments | tojson)", "'{}'")
    assert spoilt != text
    template.write_text(spoilt, encoding="utf-8")
    found = off(try_out(load(folder), wanted))
    assert found == {"functions": "This model's chat template does not show a call."}


def test_places_that_are_not_as_many_as_features(folder: Path, load) -> None:
    change_json(folder / "preprocessor_config.json", lambda c: c.update(downsample_factor=2))
    found = off(try_out(load(folder), wanted))
    assert list(found) == ["pictures"]
    assert "24 features for 6 places" in found["pictures"]


def test_pictures_that_are_no_numbers(folder: Path, load) -> None:
    weights = load_file(folder / "model.safetensors")
    weights["model.multi_modal_projector.linear_1.weight"].fill_(torch.nan)
    save_file(weights, folder / "model.safetensors", {"format": "pt"})
    found = off(try_out(load(folder), wanted))
    assert list(found) == ["pictures"]
    assert "no numbers" in found["pictures"]


def test_a_model_that_cannot_be_read_in_pieces(folder: Path, load) -> None:
    change_json(folder / "config.json", forget_the_short_way)
    found = off(try_out(load(folder), wanted))
    assert list(found) == ["chunks", "reuse"]
    assert "in pieces" in found["reuse"]


class Forgetful(KVCache):
    """Cut back, it forgets what its convolutions knew."""

    def restore(self, checkpoint: Checkpoint) -> None:
        super().restore(Checkpoint(checkpoint.length, ()))


class WithForgetfulCaches(LoadedModel):
    def new_cache(self) -> KVCache:
        return Forgetful(self._layer_kinds)


def test_a_cache_that_cannot_be_brought_back(folder: Path, load) -> None:
    plain = load(folder)
    model = WithForgetfulCaches(
        plain._model, plain._hf_tokenizer, plain._family, plain.info, plain.stop_tokens
    )
    assert pieces_equal_the_whole(model) == ""
    found = off(try_out(model, wanted))
    assert list(found) == ["reuse"]
    assert what_was_kept_equals_the_whole(plain) == ""


class Breaking(KVCache):
    """Cut back, its keys are no numbers."""

    def restore(self, checkpoint: Checkpoint) -> None:
        super().restore(checkpoint)
        for layer in self._attention:
            layer._key_storage.view().fill_(torch.nan)


class WithBreakingCaches(LoadedModel):
    def new_cache(self) -> KVCache:
        return Breaking(self._layer_kinds)


def test_a_cache_that_comes_back_as_no_numbers(folder: Path, load) -> None:
    plain = load(folder)
    model = WithBreakingCaches(
        plain._model, plain._hf_tokenizer, plain._family, plain.info, plain.stop_tokens
    )
    assert list(off(try_out(model, wanted))) == ["reuse"]


def test_ten_seconds_are_enough(tiny_model: LoadedModel) -> None:
    now = [0.0]

    def takes(seconds: float, reason: str = "") -> Callable[[LoadedModel], str]:
        def run(_: LoadedModel) -> str:
            now[0] += seconds
            return reason

        return run

    table = (
        Check("quick", "pictures", takes(1.0)),
        Check("long", "functions", takes(4.0, "It fails.")),
        Check("again", "functions", takes(100.0)),
        Check("another", "chunks", takes(2.0)),
        Check("late", "reuse", takes(4.0)),
    )
    findings = try_out(tiny_model, wanted, table, lambda: now[0])
    assert off(findings) == {"functions": "It fails."}
    assert findings.unchecked == ("late",)
    assert now[0] == 7.0


def test_a_check_that_breaks_switches_off_and_one_without_memory_does_not(
    tiny_model: LoadedModel, caplog
) -> None:
    def breaks(_: LoadedModel) -> str:
        raise ValueError("a part broke")

    def no_memory(_: LoadedModel) -> str:
        raise MemoryError

    table = (Check("one", "pictures", breaks), Check("two", "functions", no_memory))
    findings = try_out(tiny_model, wanted, table)
    assert list(off(findings)) == ["pictures"]
    assert "a part broke" in findings.switched_off[0].reason
    assert findings.unchecked == ("two",)
    assert caplog.records


def test_giving_up_comes_between_checks(tiny_model: LoadedModel) -> None:
    class GivenUpError(Exception):
        """Nobody waits any more."""

    asked = []

    def give_up() -> None:
        asked.append(1)
        if len(asked) == 3:
            raise GivenUpError

    with pytest.raises(GivenUpError):
        try_out(tiny_model, give_up)


def load_with(worker: EngineWorker, folder: Path, kv: KvName = "full") -> tuple[ModelReady, bool]:
    """The model as it is described, and whether it was tried out now."""
    events: list[Event] = carry_out(worker, LoadModel(folder, "full", kv=kv))
    ready = events[-1]
    assert isinstance(ready, ModelReady), ready
    steps = [event.step for event in events if isinstance(event, ModelProgress)]
    return ready, "Trying the model out" in steps


def test_a_model_is_tried_out_once_and_again_when_it_has_changed(folder: Path, caplog) -> None:
    worker = EngineWorker()
    assert load_with(worker, folder)[1]
    ready, tried = load_with(worker, folder)
    assert not tried
    assert ready.model.switched_off == ()
    assert load_with(worker, folder, "int8")[1]
    template = folder / "chat_template.jinja"
    text = template.read_text(encoding="utf-8")
    template.write_text(text.replace("<image>", ""), encoding="utf-8")
    changed, tried = load_with(worker, folder)
    assert tried
    again, tried = load_with(worker, folder)
    assert not tried
    assert again.model.switched_off == changed.model.switched_off != ()
    for damage in ("{", "[]", '{"off": [{"ability": "flying", "reason": ""}], "unchecked": []}'):
        for record in (cache_dir() / "self-checks").iterdir():
            record.write_text(damage, encoding="utf-8")
        repaired, tried = load_with(worker, folder)
        assert tried
        assert repaired.model.switched_off == changed.model.switched_off
    worker.close()
    assert caplog.records


def test_a_home_that_cannot_be_written_stands_in_nobodys_way(
    folder: Path, tmp_path: Path, monkeypatch, caplog
) -> None:
    (tmp_path / "file").write_text("no folder", encoding="utf-8")
    monkeypatch.setenv("TANKA_HOME", str(tmp_path / "file"))
    worker = EngineWorker()
    assert load_with(worker, folder)[1]
    worker.close()
    assert caplog.records


def test_what_is_switched_off_is_refused_with_the_reason(lfm2_folder: Path, picture) -> None:
    worker = EngineWorker()
    load_with(worker, lfm2_folder)
    assert worker._model is not None
    model = worker._model
    for request in (Generate, CountTokens):
        (failed,) = carry_out(worker, request((user("Hi"),), tools=(TOOL,)))
        assert isinstance(failed, Failed)
        assert isinstance(failed.error, BadRequest)
        assert "knows no functions" in failed.error.sentence
    (first, *_) = carry_out(worker, CountTokens((user(picture(1), "What?"),)))
    assert not isinstance(first, Failed)
    info = dataclasses.replace(model.info.switched_off[0], ability="pictures", reason="Because.")
    model.info = dataclasses.replace(model.info, switched_off=(info,))
    for request in (Generate, CountTokens):
        (failed,) = carry_out(worker, request((user(picture(1), "What?"),)))
        assert isinstance(failed, Failed)
        assert isinstance(failed.error, BadRequest)
        assert "Because." in failed.error.sentence
    worker.close()


def test_without_pieces_and_reuse_everything_is_read_in_one_go(folder: Path) -> None:
    change_json(folder / "config.json", forget_the_short_way)
    worker = EngineWorker()
    load_with(worker, folder)
    asked = (user("One thing after another. " * 30),)
    events = carry_out(worker, Generate(asked, limits=Limits(3)))
    end = events[-1]
    assert isinstance(end, Finished)
    assert len([event for event in events if isinstance(event, PrefillProgress)]) == 2
    follow_up = (*asked, assistant(end.text), user("And?"))
    *_, second = carry_out(worker, Generate(follow_up, limits=Limits(3)))
    assert isinstance(second, Finished)
    assert second.usage.reused_tokens == 0
    assert "in pieces" in second.usage.reuse_note
    worker.close()


def test_the_doctor_tells_what_is_switched_off(folder: Path, lfm2_folder: Path, capsys) -> None:
    assert main(["doctor", "--model", str(lfm2_folder), "--json"]) == 0
    (told,) = json.loads(capsys.readouterr().out)["switched_off"]
    assert told.startswith("functions: ")
    assert main(["doctor", "--model", str(lfm2_folder)]) == 0
    assert "knows no functions" in " ".join(capsys.readouterr().out.split())
    assert main(["doctor", "--model", str(folder), "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert facts["switched_off"] == []
    assert facts["not_tried"] == []


def test_the_starter_passes_every_check(load) -> None:
    assert try_out(load(starter_model_dir(), None), wanted) == Findings()


# Families whose chat templates know functions.
WITH_FUNCTIONS = {"Qwen2.5-VL", "Qwen3-VL", "Qwen3.5", "Gemma 4", "Gemma 4 both ways"}


@pytest.mark.parametrize("family", FAMILIES)
def test_every_family_passes_what_its_template_can(family: str, model_of) -> None:
    model, began = model_of(family), time.perf_counter()
    found = try_out(model, wanted)
    assert time.perf_counter() - began < 10
    assert found.unchecked == ()
    no_functions = {"functions": "This model's chat template knows no functions."}
    assert off(found) == ({} if family in WITH_FUNCTIONS else no_functions)


def test_rounding_of_8_bit_keys_is_no_fault(tmp_path: Path, load) -> None:
    """A model large enough that the last digit of a score decides about many 8-bit numbers."""
    assert off(try_out(load(enlarge(FAMILIES["Qwen3-VL"](tmp_path)), kv="int8"), wanted)) == {}


def test_a_template_that_knows_functions_and_no_results(folder: Path, load) -> None:
    template = folder / "chat_template.jinja"
    text = template.read_text(encoding="utf-8")
    refusing = "{% for m in messages %}{% if m.role == 'tool' %}{{ raise_exception('no') }}"
    template.write_text(refusing + "{% endif %}{% endfor %}" + text, encoding="utf-8")
    found = off(try_out(load(folder), wanted))
    assert list(found) == ["functions"]
    assert "cannot show a call of a function and its result" in found["functions"]


@pytest.mark.parametrize("family", sorted(WITH_FUNCTIONS))
def test_calls_that_are_written_otherwise_than_read(family: str, model_of, monkeypatch) -> None:
    model = model_of(family)
    other = "gemma4" if model.dialect != "gemma4" else "hermes"
    monkeypatch.setattr(model, "dialect", other)
    assert "cannot be read as" in a_grammar_opens_a_call(model)


def test_a_mark_that_is_silent_is_found(model_of, monkeypatch) -> None:
    model = model_of("Gemma 4")  # its marks are special tokens
    assert a_grammar_opens_a_call(model) == ""
    monkeypatch.setattr(model, "call_marks", frozenset())
    assert "is not seen" in a_grammar_opens_a_call(model)


def test_what_was_not_tried_is_told(folder: Path, load) -> None:
    model = load(folder)
    apply(Findings(unchecked=("kept",)), model)
    (late,) = model.info.not_tried
    assert late.startswith("Whether what was read can be used again")


def test_every_check_says_what_it_asks() -> None:
    assert all(check.whether.startswith("Whether") for check in CHECKS)


def test_names_of_checks_are_their_own() -> None:
    assert len({check.name for check in CHECKS}) == len(CHECKS)
