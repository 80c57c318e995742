"""An answer stopped anywhere goes on as if it had never stopped."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from engine.api.messages import assistant, user
from engine.api.requests import Limits

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.model.loaded_model import LoadedModel

SAID = "日本語😀é a"


@pytest.fixture
def spelling(tiny_model: LoadedModel) -> Iterator[list[int]]:
    """Makes the model say `SAID`, byte by byte, whatever it computes; its caches stay real."""
    ids = tiny_model.tokenizer.encode(SAID, add_special_tokens=False).ids
    first = tiny_model.tokenizer.encode("assistant\n").ids
    plain = tiny_model.forward

    def forward(tokens, positions, cache, image_features=None):  # noqa: ANN202
        logits = plain(tokens, positions, cache, image_features)
        said = cache.length - start[0]
        if 0 <= said < len(ids):
            logits[ids[said]] = logits.max() + 10
        return logits

    start = [0]
    tiny_model.forward = forward  # type: ignore[method-assign]
    prompt = "<|im_start|>user\nSpell<|im_end|>\n<|im_start|>assistant\n"
    start[0] = len(tiny_model.tokenize(prompt))
    assert first
    yield ids
    del tiny_model.forward


def test_a_cut_inside_any_character_heals(conversations, spelling: list[int]) -> None:
    question = (user("Spell"),)
    for cut in range(1, len(spelling)):
        fresh = type(conversations)(conversations.model)
        begun = fresh.ask(question, max_tokens=cut)
        assert "\ufffd" not in begun.text
        assert SAID.startswith(begun.text)
        rest = fresh.ask((*question, assistant(begun.text)), max_tokens=len(spelling) - cut)
        assert begun.text + rest.text == SAID, cut


def test_an_answer_cut_by_a_stop_string_is_read_as_it_was_shown(conversations) -> None:
    question = (user("Say something"),)
    plain = conversations.ask(question, max_tokens=20)
    stop = plain.text[2:4]
    fresh = type(conversations)(conversations.model)
    cut = fresh.ask(question, limits=Limits(20, (stop,)))
    assert cut.text == plain.text[: plain.text.find(stop)]
    following = (*question, assistant(cut.text), user("And then?"))
    reused, with_reuse, recomputed = fresh.reused_and_recomputed(following)
    assert (with_reuse - recomputed).abs().max() < 1e-4
    assert reused >= cut.usage.prompt_tokens - 1
