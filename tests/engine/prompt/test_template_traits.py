"""What trying a chat template tells about it, and what is done with that."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from engine.api.messages import assistant, tool, user
from engine.prompt.render import render
from engine.prompt.template_traits import TemplateTraits
from engine.prompt.template_values import message_values
from engine.prompt.transcripts import Transcripts

if TYPE_CHECKING:
    from pathlib import Path

USUAL = TemplateTraits()


@pytest.mark.parametrize(
    ("family", "traits"),
    [
        ("LFM2-VL", USUAL),
        ("Qwen2.5-VL", USUAL),
        ("Qwen3.5", TemplateTraits(answers_stay=False)),
        ("SmolVLM", TemplateTraits(content_in_parts=True, answer_lead=" ")),
        ("Gemma 3", USUAL),
        ("Gemma 4", USUAL),
    ],
)
def test_traits_of_each_familys_template(model_of, family: str, traits: TemplateTraits) -> None:
    assert model_of(family).traits_when(None) == traits


def test_a_template_that_refuses_everything_is_taken_as_usual(
    lfm2_folder: Path, tmp_path: Path, load
) -> None:
    folder = shutil.copytree(lfm2_folder, tmp_path / "model")
    (folder / "chat_template.jinja").write_text("{{ raise_exception('No.') }}")
    model = load(folder)
    assert model.traits_when(None) == USUAL
    assert model.info.thinking == "none"


def test_texts_come_in_parts_where_only_parts_are_shown(model_of) -> None:
    prompt = render((user("Hello there"),), model_of("SmolVLM"), Transcripts())
    assert "User: Hello there<end_of_utterance>" in prompt.text
    for message in (user("Hi"), assistant("Hi"), tool("Hi")):
        (value,) = message_values(message, (), TemplateTraits(content_in_parts=True))
        assert value["content"] == [{"type": "text", "text": "Hi"}]


def test_an_answer_that_begins_with_the_templates_own_space_keeps_its_tokens(model_of) -> None:
    model = model_of("SmolVLM")
    begun = render((user("Hi"),), model, Transcripts())
    later = render((user("Hi"), assistant(" Hello"), user("So?")), model, Transcripts())
    assert later.text.startswith(f"{begun.text} Hello<end_of_utterance>")


def test_where_answers_do_not_stay_there_is_a_mark_before_them(model_of) -> None:
    model = model_of("Qwen3.5")
    prompt = render((user("Hi"),), model, Transcripts())
    frame = model.tokenize("<|im_start|>assistant\n<think>\n")
    assert len(prompt.tokens) - len(frame) in prompt.marks


def test_a_template_that_rewrites_answers_is_named_as_the_reason(conversations_on) -> None:
    conversations = conversations_on("Qwen3.5")
    first = (user("What is seven?"),)
    done = conversations.ask(first)
    second = (*first, assistant(done.text), user("And eight?"))
    note = conversations.ask(second).usage.reuse_note
    assert "chat template shows earlier answers differently" in note
    plain = conversations_on("Qwen3-VL")
    done = plain.ask(first)
    assert plain.ask((*first, assistant(done.text), user("So?"))).usage.reuse_note == ""
