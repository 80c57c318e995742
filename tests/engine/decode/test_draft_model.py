"""A draft model proposes what it would say itself, whatever it has read, kept or lost before."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import torch
from tiny_checkpoints import FAMILIES

from engine.cache.prefix_store import PrefixStore
from engine.decode.catching_up import AT_ONCE, ON_THE_WAY, CatchingUp
from engine.decode.draft_model import DraftModel
from engine.decode.drafting import Drafting, DraftingMemory, DraftSources

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from engine.decode.draft_model import ModelDrafter
    from engine.decode.language_model import LanguageModel
    from engine.model.loaded_model import LoadedModel

PROMPTS = ("The tide table for the northern harbour. ", "Quite another beginning, longer by far. ")


@pytest.fixture(params=FAMILIES)
def model(request: pytest.FixtureRequest, model_of: Callable[[str], LoadedModel]) -> LoadedModel:
    return model_of(request.param)


def source_of(model: LoadedModel, **options: int) -> DraftModel:
    return DraftModel(model, PrefixStore(model.new_cache, 2**28), **options)


def greedy(model: LoadedModel, tokens: list[int], count: int) -> list[int]:
    found: list[int] = []
    for _ in range(count):
        whole = [*tokens, *found]
        logits = model.forward(whole, model.positions(len(whole), ()), model.new_cache())
        found.append(int(logits.argmax()))
    return found


def read_all(drafter: ModelDrafter, tokens: Sequence[int]) -> None:
    while drafter.behind(tokens) > 0:
        assert 0 < drafter.read_on(tokens) <= AT_ONCE


def test_what_it_proposes_is_what_it_would_say(model: LoadedModel) -> None:
    source = source_of(model)
    histories = [model.tokenize(prompt) for prompt in PROMPTS]
    for _ in range(2):
        for tokens in histories:
            with source.drafter(tokens) as drafter:
                read_all(drafter, tokens)
                for right in (3, 0, 1):
                    proposed = drafter.propose(tokens, 3)
                    assert list(proposed) == greedy(model, tokens, 3)
                    tokens += [*proposed[:right], 65]


def test_a_conversation_that_goes_on_is_not_read_again(model: LoadedModel) -> None:
    source = source_of(model)
    first, other = (model.tokenize(prompt) for prompt in PROMPTS)
    for tokens in (first, other):
        with source.drafter(tokens) as drafter:
            read_all(drafter, tokens)
            drafter.propose(tokens, 2)
    longer = [*first, 70, 71, 72]
    with source.drafter(longer) as drafter:
        # All but the last token that was there, whose state nothing can be taken from.
        assert drafter.behind(longer) <= 4
        assert list(drafter.propose(longer, 2)) == greedy(model, longer, 2)


def test_it_is_silent_at_the_end_of_its_context(tiny_model: LoadedModel) -> None:
    source = source_of(tiny_model, max_context=42)
    tokens = tiny_model.tokenize(PROMPTS[0])[:40]
    with source.drafter(tokens) as drafter:
        read_all(drafter, tokens)
        assert len(drafter.propose(tokens, 8)) == 2
        assert not drafter.propose([*tokens, 65, 66], 8)
        assert drafter.behind([*tokens, *[65] * 500]) == 0


def test_it_drafts_only_what_both_models_know(tiny_model: LoadedModel) -> None:
    source = source_of(tiny_model, vocabulary=10)
    tokens = tiny_model.tokenize(PROMPTS[0])
    with source.drafter(tokens) as drafter:
        read_all(drafter, tokens)
        assert all(token < 10 for token in drafter.propose(tokens, 4))


class Failing:
    """A model that runs out of memory after so many forwards."""

    def __init__(self, model: LanguageModel, forwards: int) -> None:
        self._model, self._left = model, forwards

    def forward(self, *args: object) -> torch.Tensor:
        self._left -= 1
        if self._left < 0:
            raise MemoryError
        return self._model.forward(*args)  # type: ignore[arg-type]

    verify = forward


@pytest.mark.parametrize("forwards", range(4))
def test_a_draft_model_that_fails_is_given_up_and_said_so(
    tiny_model: LoadedModel, forwards: int
) -> None:
    prefixes = PrefixStore(tiny_model.new_cache, 2**28)
    sources = DraftSources(DraftModel(Failing(tiny_model, forwards), prefixes))
    tokens = list(range(30))
    with sources.turn(tokens, tiny_model.new_cache()) as drafting:
        drafting.note_plain(1.0)
        for _ in range(4):
            drafting.propose(tokens)
        assert "MemoryError" in drafting.drafts.note
        assert drafting.propose(tokens) is None
    assert not prefixes.nbytes
    with sources.turn(tokens, tiny_model.new_cache()) as drafting:
        drafting.note_plain(1.0)
        assert drafting.propose(tokens) is None
        assert not drafting.drafts.note


@pytest.mark.parametrize("wrong", [0, 1])
def test_nothing_is_read_again_of_a_long_draft_that_was_right_but_for_its_end(
    tiny_model: LoadedModel, wrong: int
) -> None:
    tokens = tiny_model.tokenize(PROMPTS[0])
    with source_of(tiny_model).drafter(tokens) as drafter:
        drafting = Drafting([drafter], DraftingMemory())
        for _ in range(30):
            drafting.note_plain(1.0)
            draft = drafting.propose(tokens)
            assert draft is not None
            long = len(draft.tokens) > ON_THE_WAY + 1
            agreed = draft.tokens[: len(draft.tokens) - wrong * long]
            tokens += [*agreed, 65]
            drafting.note_draft(draft, len(agreed), 1.0)
            if long:
                break
        beside_s = drafting.counts.beside_s
        assert drafter.behind(tokens) <= ON_THE_WAY
        assert drafting.propose(tokens) is not None
        assert drafting.counts.beside_s == beside_s


def test_no_memory_to_begin_with_is_no_failed_answer(tiny_model: LoadedModel) -> None:
    def no_cache() -> None:
        raise MemoryError

    sources = DraftSources(DraftModel(tiny_model, PrefixStore(no_cache, 2**28)))  # type: ignore[arg-type]
    with sources.turn([1, 2, 3], tiny_model.new_cache()) as drafting:
        drafting.note_plain(1.0)
        assert drafting.propose([1, 2, 3]) is None


def test_reading_must_be_repaid_by_the_answer_expected() -> None:
    catching_up = CatchingUp()
    # Nobody knows yet what reading costs, so a first piece is read.
    assert catching_up.pays(5_000, 0, 0.001)
    catching_up.note_reading(64, 0.064)
    assert catching_up.pays(30, 0, win_s=0.001)
    assert not catching_up.pays(5_000, 0, win_s=0.001)
    # An answer that is long already is thought to become as long again.
    assert catching_up.pays(5_000, 12_000, win_s=0.001)
    for _ in range(20):
        catching_up.note_answer(4)
    assert not catching_up.pays(30, 0, win_s=0.001)
    assert not catching_up.pays(1, 0, win_s=0.0)
