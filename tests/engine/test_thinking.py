"""Thoughts: told apart, switched on and off, cut short and gone on with, and what reuse keeps."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
from carrying_out import carry_out
from tiny_checkpoints import build_qwen3_5, build_qwen3_vl
from toy_masks import Spelled

from engine.api.events import Finished, ModelReady, TextDelta, TokensCounted
from engine.api.messages import assistant, user
from engine.api.requests import CountTokens, Generate, Limits, LoadModel
from engine.bench.checkpoints.templates import QWEN3_5
from engine.decode.drafting import DraftSources
from engine.prompt.render import render
from engine.prompt.template_values import answer_text, message_values
from engine.prompt.transcripts import Transcripts
from engine.text.dialects import thought_marks
from engine.worker import EngineWorker

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from engine.api.messages import Message
    from engine.model.loaded_model import LoadedModel

LONG = "The tide table for the northern harbour lists four heights a day. " * 3
HEAD = "<|im_start|>assistant\n<think>\n"
# The model opens its thought itself; switched off, the prompt holds an empty one.
OWN_OPENING = QWEN3_5.replace(
    "'<|im_start|>assistant\\n<think>\\n' -}}\n", "'<|im_start|>assistant\\n' -}}\n"
).replace("'\\n</think>\\n\\n'", "'<think>\\n\\n</think>\\n\\n'")
ALWAYS = QWEN3_5.replace("enable_thinking is defined and not enable_thinking", "false")
FIRST = (user(LONG),)
# A recurrent state depends in its last digits on how the prompt was cut; a wrong one is far off.
ROUNDING = 1e-3


@pytest.fixture(scope="session")
def with_template(
    tmp_path_factory: pytest.TempPathFactory, load: Callable[..., LoadedModel]
) -> Callable[[str], LoadedModel]:
    """The tiny Qwen3-VL with another chat template."""
    plain = build_qwen3_vl(tmp_path_factory.mktemp("models") / "plain")

    def make(template: str) -> LoadedModel:
        folder: Path = shutil.copytree(plain, tmp_path_factory.mktemp("models") / "own")
        (folder / "chat_template.jinja").write_text(template)
        return load(folder)

    return make


@pytest.fixture(scope="session")
def own_opening(with_template: Callable[[str], LoadedModel]) -> LoadedModel:
    return with_template(OWN_OPENING)


@pytest.fixture(params=["hybrid, opened by the prompt", "full, opened by the model"])
def talk(request: pytest.FixtureRequest, new_conversations, model_of, own_opening) -> object:
    """Conversations on a model whose prompt opens the thought, and on one that opens it itself."""
    hybrid = request.param.startswith("hybrid")
    return new_conversations(model_of("Qwen3.5") if hybrid else own_opening)


def opening(conversations) -> str:
    """What the model itself says before it thinks."""
    return "<think>\n" if conversations.model.dialect == "hermes" else ""


def ask(conversations, messages: tuple[Message, ...], said: str, **options: object) -> Finished:
    """A turn in which exactly `said` is said, by a model that would say something else."""
    mask = Spelled(conversations.model.tokenize(said))
    return conversations.ask(messages, max_tokens=400, mask=mask, **options)


def parts(conversations) -> dict[str, str]:
    """What was told of the last turn, part by part."""
    told = {"mark": "", "thought": "", "answer": ""}
    for event in conversations.heard:
        if isinstance(event, TextDelta):
            told[event.part] += event.text
    return {part: text for part, text in told.items() if text}


def told(conversations) -> str:
    """All that was told of the last turn, in the order of its coming."""
    return "".join(event.text for event in conversations.heard if isinstance(event, TextDelta))


@pytest.mark.parametrize(
    ("family", "expected"),
    [
        ("LFM2-VL", ("none", False)),
        ("Qwen3-VL", ("none", False)),
        ("Qwen3.5", ("switch", True)),
        ("SmolVLM", ("none", False)),
        ("Gemma 4", ("none", False)),
        ("Starter", ("none", False)),
    ],
)
def test_what_is_said_of_each_family(model_of, family: str, expected: tuple[str, bool]) -> None:
    info = model_of(family).info
    assert (info.thinking, info.thinks_unasked) == expected


def test_what_templates_tell_of_thinking(with_template, own_opening: LoadedModel) -> None:
    assert (own_opening.info.thinking, own_opening.info.thinks_unasked) == ("switch", True)
    assert with_template(ALWAYS).info.thinking == "always"
    asked_for = QWEN3_5.replace(
        "enable_thinking is defined and not enable_thinking", "not (enable_thinking | default(0))"
    )
    model = with_template(asked_for)
    assert (model.info.thinking, model.info.thinks_unasked) == ("switch", False)
    assert model.manner(thinking=True) == "thinking"
    assert model.manner(thinking=False) == model.manner(None) == ""


@pytest.mark.parametrize("thinking", [None, True, False])
def test_the_prompt_says_whether_to_think(model_of, thinking: bool | None) -> None:
    prompt = render(FIRST, model_of("Qwen3.5"), Transcripts(), thinking=thinking)
    assert prompt.text.endswith(HEAD if thinking is not False else f"{HEAD}\n</think>\n\n")
    assert prompt.opens_thought is (thinking is not False)


def test_a_question_cannot_open_a_thought(model_of) -> None:
    prompt = render((user("Why?\n<think>\n"),), model_of("LFM2-VL"), Transcripts())
    assert not prompt.opens_thought


def test_thought_and_answer_are_told_apart(talk) -> None:
    said = f"{opening(talk)}Seven, perhaps.\n</think>\n\nSeven <b>."
    done = ask(talk, FIRST, said)
    assert done.text == said
    marks = f"{opening(talk)}\n</think>\n\n"
    assert parts(talk) == {"mark": marks, "thought": "Seven, perhaps.", "answer": "Seven <b>."}
    assert told(talk) == said


def test_without_thinking_all_is_answer(talk) -> None:
    done = ask(talk, FIRST, "Seven </think> eight.", thinking=False)
    assert parts(talk) == {"answer": "Seven </think> eight."} == {"answer": done.text}


def test_a_cut_inside_the_thought_goes_on_inside_it(talk, new_conversations) -> None:
    said = f"{opening(talk)}Seven, perhaps.\n</think>\n\nSeven."
    for cut in (1, 4, len(said) - 22, len(said) - 15, len(said) - 8):
        fresh = new_conversations(talk.model)
        begun = ask(fresh, FIRST, said[:cut])
        assert told(fresh) == begun.text == said[:cut]
        rest = ask(fresh, (*FIRST, assistant(begun.text)), said[cut:])
        assert told(fresh) == rest.text == said[cut:]
        assert parts(fresh)["answer"] == "Seven."
        # All of what was said is still there, but for its last token, which is fed now.
        assert rest.usage.reused_tokens == rest.usage.prompt_tokens - 1
        assert rest.usage.reuse_note == ""
        whole = (*FIRST, assistant(said))
        _, with_reuse, recomputed = fresh.reused_and_recomputed(whole)
        assert (with_reuse - recomputed).abs().max() < ROUNDING


def test_a_cancel_inside_the_thought_leaves_all_that_was_said(talk) -> None:
    said = f"{opening(talk)}Seven, perhaps, or eight.\n</think>\n\nSeven."
    begun = ask(talk, FIRST, said, cancel_after=24)
    assert begun.reason == "cancelled"
    assert 0 < len(begun.text) < len(said) - 20
    assert said.startswith(begun.text)
    assert parts(talk)["thought"]
    rest = ask(talk, (*FIRST, assistant(begun.text)), said[len(begun.text) :])
    assert begun.text + rest.text == said
    assert parts(talk)["answer"] == "Seven."
    assert rest.usage.reused_tokens == rest.usage.prompt_tokens - 1


def test_the_next_turn_reads_the_answer_without_its_thought(talk) -> None:
    done = ask(talk, FIRST, f"{opening(talk)}Perhaps.\n</think>\n\nSeven.")
    second = (*FIRST, assistant(done.text), user("And then?"))
    text = render(second, talk.model, Transcripts()).text
    assert "Perhaps" not in text
    assert "Seven." in text
    usage = talk.ask(second).usage
    assert usage.reused_tokens in talk.can_be_kept(FIRST, done, second)
    assert "chat template shows earlier answers differently" in usage.reuse_note
    _, with_reuse, recomputed = talk.reused_and_recomputed(second)
    assert (with_reuse - recomputed).abs().max() < ROUNDING


@pytest.mark.parametrize("then", [True, False])
def test_switching_costs_only_what_stands_before_the_answer(talk, then: bool) -> None:
    asked = talk.ask(FIRST, thinking=not then)
    usage = talk.ask(FIRST, thinking=then).usage
    shorter = len(render(FIRST, talk.model, Transcripts(), thinking=True).tokens)
    assert shorter - usage.reused_tokens <= len(talk.model.tokenize(HEAD)) + 1
    assert "chat template" not in usage.reuse_note
    _, with_reuse, recomputed = talk.reused_and_recomputed(FIRST, thinking=then)
    assert (with_reuse - recomputed).abs().max() < ROUNDING
    # And back: what was read first is known by itself.
    again = talk.ask(FIRST, thinking=not then)
    assert again.text == asked.text
    second = (*FIRST, assistant(again.text), user("And then?"))
    reused, with_reuse, recomputed = talk.reused_and_recomputed(second, thinking=then)
    assert (with_reuse - recomputed).abs().max() < ROUNDING
    assert reused >= shorter - len(talk.model.tokenize(HEAD)) - 1


def test_the_switch_is_named_where_it_costs_the_head(with_template, new_conversations) -> None:
    """As in Gemma 4, where a mark in the first system message switches thinking on."""
    template = "{%- if enable_thinking | default(false) %}<|im_start|>system\nThink.<|im_end|>\n"
    template += "{% endif -%}" + OWN_OPENING
    conversations = new_conversations(with_template(template))
    conversations.ask(FIRST)
    usage = conversations.ask(FIRST, thinking=True).usage
    assert usage.reused_tokens < 20
    assert "thinking was switched on or off" in usage.reuse_note


@pytest.mark.parametrize("thinking", [True, False])
def test_drafts_change_nothing(conversations_on, thinking: bool) -> None:
    plain, drafting = conversations_on("Qwen3.5"), conversations_on("Qwen3.5", DraftSources())
    said = []
    for conversations in (plain, drafting):
        done = conversations.ask(FIRST, max_tokens=120, thinking=thinking)
        said.append((done.text, parts(conversations)))
    assert said[0] == said[1]


def test_marks_that_are_tokens_stay_marks_in_an_answer_and_nowhere_else() -> None:
    marks = thought_marks("gemma4")
    specials = ("<|channel>", "<channel|>", "<turn|>")
    raw = "<|channel>thought\nA <turn|> and <|channel>.\n<channel|>B <channel|>"
    shown = "<|channel>thought\nA < turn|> and < |channel>.\n<channel|>B < channel|>"
    assert answer_text(raw, specials, marks) == shown
    (value,) = message_values(assistant(raw), specials, marks=marks)
    assert value["content"] == shown
    (value,) = message_values(user("<|channel>thought\nA<channel|>"), specials, marks=marks)
    assert value["content"] == "< |channel>thought\nA< channel|>"


def test_counts_are_those_of_the_answers(tmp_path: Path) -> None:
    worker = EngineWorker()
    (*_, ready) = carry_out(worker, LoadModel(build_qwen3_5(tmp_path / "model"), "full"))
    assert isinstance(ready, ModelReady)
    assert ready.model.thinking == "switch"
    counts = []
    for thinking in (True, False):
        (counted,) = carry_out(worker, CountTokens(FIRST, thinking=thinking))
        assert isinstance(counted, TokensCounted)
        request = Generate(FIRST, limits=Limits(max_tokens=4), thinking=thinking)
        (*_, done) = carry_out(worker, request)
        assert isinstance(done, Finished)
        assert counted.prompt_tokens == done.usage.prompt_tokens
        counts.append(counted.prompt_tokens)
    assert counts[1] - counts[0] == len("\n</think>\n\n")
    worker.close()
