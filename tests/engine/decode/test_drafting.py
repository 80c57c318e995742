"""Drafted decoding says what plain decoding says, and leaves its cache as plain decoding would."""

from __future__ import annotations

import itertools
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
import torch
from always_drafting import AlwaysDrafting
from tiny_checkpoints import FAMILIES, build_lfm2_vl

from engine.api.requests import SamplingParams
from engine.cache.kv_cache import KVCache
from engine.cache.layer_kinds import FULL
from engine.cache.prefix_store import PrefixStore
from engine.decode.decode import decode, decode_with_drafts
from engine.decode.draft_model import DraftModel
from engine.decode.drafters import PromptLookup
from engine.decode.drafting import Drafting
from engine.decode.sampler import Sampler

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from engine.decode.drafters import Drafter
    from engine.model.loaded_model import LoadedModel

PROMPT = "The tide table for the northern harbour. The tide table for the southern"


class Told:
    """Proposes what it is told to, right or wrong."""

    name = "told"

    def __init__(self, answers: Sequence[int], wrong_every: int, start: int) -> None:
        self._answers, self._wrong_every, self._start = list(answers), wrong_every, start

    def propose(self, tokens: Sequence[int], most: int) -> list[int]:
        said = len(tokens) - self._start
        return [
            (token + 1) % 200 if (said + i) % self._wrong_every == 0 else token
            for i, token in enumerate(self._answers[said : said + most])
        ]


def begin(model: LoadedModel, text: str = PROMPT):  # noqa: ANN201
    tokens = model.tokenize(text)
    cache = model.new_cache()
    positions = model.positions(len(tokens), ())
    return tokens, positions, cache, model.forward(tokens, positions, cache)


def plainly(model: LoadedModel, count: int, params: SamplingParams) -> list[int]:
    tokens, positions, cache, logits = begin(model)
    steps = decode(model, logits, positions, cache, Sampler(params, tokens))
    return list(itertools.islice(steps, count))


def plain_logits(model: LoadedModel, tokens: list[int]) -> torch.Tensor:
    """Logits after `tokens`, the last ones read one by one."""
    cache, positions = model.new_cache(), model.positions(len(tokens), ())
    first = len(model.tokenize(PROMPT))
    logits = model.forward(tokens[:first], positions[:, :first], cache)
    for at in range(first, len(tokens)):
        logits = model.forward(tokens[at : at + 1], positions[:, at : at + 1], cache)
    return logits


def drafted(
    model: LoadedModel, drafter: Drafter, count: int, params: SamplingParams
) -> tuple[list[int], Drafting]:
    tokens, positions, cache, logits = begin(model)
    drafting = Drafting([drafter], AlwaysDrafting())
    sampler = Sampler(params, tokens)
    steps = decode_with_drafts(model, logits, positions, cache, sampler, drafting, tokens)
    with closing(steps):
        said = list(itertools.islice(steps, count))
    assert cache.consistent
    # Otherwise a state that cannot be cut could not go on from the end of the answer.
    assert cache.length == len(tokens) + count - 1
    # What is left in the cache is worth as much as a cache that never saw a draft.
    rest = said[-1:]
    where = torch.arange(cache.length, cache.length + len(rest))[None].expand(len(positions), -1)
    after = model.forward(rest, where, cache)
    whole = [*tokens, *said]
    fresh = model.forward(whole, model.positions(len(whole), ()), model.new_cache())
    stepped = plain_logits(model, whole)
    # What single steps differ from one reading by is this model's own noise.
    noise = float((stepped - fresh).abs().max())
    assert (after - fresh).abs().max() < max(1e-4, 3 * noise)
    return said, drafting


@pytest.fixture(params=FAMILIES)
def model(request: pytest.FixtureRequest, model_of: Callable[[str], LoadedModel]) -> LoadedModel:
    return model_of(request.param)


GREEDY = SamplingParams()
DRAWN = SamplingParams(temperature=0.9, top_p=0.95, repetition_penalty=1.1, seed=7)


@pytest.mark.parametrize("params", [GREEDY, DRAWN], ids=["greedy", "drawn"])
@pytest.mark.parametrize("wrong_every", [1, 2, 3, 7, 1000])
def test_right_and_wrong_drafts_change_nothing(
    model: LoadedModel, params: SamplingParams, wrong_every: int
) -> None:
    plain = plainly(model, 40, params)
    said, drafting = drafted(
        model, Told(plain, wrong_every, len(model.tokenize(PROMPT))), 40, params
    )
    assert said == plain
    if wrong_every == 1000:
        assert drafting.drafts.accepted == drafting.drafts.proposed
        assert drafting.drafts.forwards < 14
    if wrong_every == 1:
        assert drafting.drafts.accepted == 0


@pytest.mark.parametrize("count", range(1, 12))
def test_stopping_anywhere_in_a_draft_leaves_a_whole_cache(model: LoadedModel, count: int) -> None:
    plain = plainly(model, count, GREEDY)
    said, _ = drafted(
        model, Told(plainly(model, 20, GREEDY), 1000, len(model.tokenize(PROMPT))), count, GREEDY
    )
    assert said == plain


def test_prompt_lookup_finds_what_is_copied() -> None:
    lookup = PromptLookup()
    text = [1, 2, 3, 4, 5, 6, 7, 8, 9, 3, 4]
    assert list(lookup.propose(text, 3)) == [5, 6, 7]
    assert list(lookup.propose([*text, 5, 9], 3)) == []
    assert list(lookup.propose([*text, 5, 9, 3, 4, 5], 2)) == [9, 3]


def test_the_longest_match_wins_over_the_latest() -> None:
    text = [7, 1, 2, 3, 50, 9, 2, 3, 60, 7, 1, 2, 3]
    assert list(PromptLookup().propose(text, 1)) == [50]


def test_a_text_that_repeats_itself_goes_on() -> None:
    assert list(PromptLookup().propose([1, 2, 1, 2, 1, 2], 5)) == [1, 2, 1, 2, 1]


def test_a_model_that_drafts_for_itself_is_always_right(model: LoadedModel) -> None:
    source = DraftModel(model, PrefixStore(model.new_cache, 2**28))
    plain = plainly(model, 30, GREEDY)
    for _ in range(2):
        with source.drafter(model.tokenize(PROMPT)) as drafter:
            said, drafting = drafted(model, drafter, 30, GREEDY)
        assert said == plain
        found = drafting.drafts
        # All but those of the first pieces, when it had not read the prompt.
        assert found.accepted >= found.proposed - 5
        assert found.forwards <= 9


def test_another_model_drafts_and_the_answer_stays(model: LoadedModel, tmp_path, load) -> None:
    other = load(build_lfm2_vl(tmp_path / "other", seed=5))
    source = DraftModel(other, PrefixStore(other.new_cache, 2**28))
    plain = plainly(model, 30, DRAWN)
    with source.drafter(model.tokenize(PROMPT)) as drafter:
        said, _ = drafted(model, drafter, 30, DRAWN)
    assert said == plain


class Chain:
    """A language model whose next token depends on the last one alone; its cache is real."""

    def __init__(self, scores: torch.Tensor) -> None:
        self._scores = scores

    def forward(
        self,
        tokens: Sequence[int],
        positions: torch.Tensor,
        cache: KVCache,
        image_features: torch.Tensor | None = None,
    ) -> torch.Tensor:
        assert image_features is None
        return self.verify(tokens, positions, cache)[-1]

    def verify(
        self, tokens: Sequence[int], positions: torch.Tensor, cache: KVCache
    ) -> torch.Tensor:
        assert positions.shape == (1, len(tokens))
        states = torch.zeros(1, 1, len(tokens), 1)
        cache.update(states, states, 0)
        return self._scores[list(tokens)]


def third_tokens(draws: int, drafter: Drafter | None) -> torch.Tensor:
    """How often each token comes third after token 0, over so many draws."""
    chain = Chain(torch.randn(6, 6, generator=torch.Generator().manual_seed(3)) * 1.5)
    sampler = Sampler(SamplingParams(temperature=1.2, top_p=0.97, seed=11), [0])
    counts = torch.zeros(6)
    for _ in range(draws):
        cache, start = KVCache([FULL]), torch.zeros(1, 1, dtype=torch.long)
        logits = chain.forward((0,), start, cache)
        steps = (
            decode(chain, logits, start, cache, sampler)
            if drafter is None
            else decode_with_drafts(
                chain, logits, start, cache, sampler, Drafting([drafter], AlwaysDrafting()), [0]
            )
        )
        with closing(steps):
            *_, third = itertools.islice(steps, 3)
        counts[third] += 1
    return counts


class Likely:
    """Always proposes the same three tokens, which are right now and then."""

    name = "likely"

    def propose(self, tokens: Sequence[int], most: int) -> list[int]:
        del tokens
        return [2, 4, 1][:most]


def test_drafting_draws_from_the_same_distribution() -> None:
    """Chi-square over 20,000 draws each, at p = 0.001 (Pearson 1900, two samples)."""
    counts = torch.stack([third_tokens(20_000, None), third_tokens(20_000, Likely())])
    expected = counts.sum(0) / 2
    statistic = ((counts - expected) ** 2 / expected)[:, expected > 0].sum()
    assert (expected > 100).sum() >= 4
    assert statistic < 20.5  # the quantile for five degrees of freedom
