"""What a mask forbids is never said and never fed; with drafts all is as it would be without."""

from __future__ import annotations

import itertools
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
import torch
from always_drafting import AlwaysDrafting
from hypothesis import given
from hypothesis import strategies as st
from recorded_scores import Recorded
from tiny_checkpoints import FAMILIES
from toy_masks import Brackets, Numbers

from engine.api.requests import SamplingParams
from engine.cache.kv_cache import KVCache
from engine.cache.layer_kinds import FULL
from engine.decode.decode import decode, decode_with_drafts
from engine.decode.drafters import PromptLookup
from engine.decode.drafting import Drafting
from engine.decode.logits_processors import keep_top_p
from engine.decode.masks import MaskWalk
from engine.decode.sampler import Sampler

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from engine.decode.drafters import Drafter
    from engine.decode.masks import TokenMask
    from engine.model.loaded_model import LoadedModel

PROMPT = "12,345,6,78,12,345,6,78,9,((()))(("
GREEDY = SamplingParams()
DRAWN = SamplingParams(temperature=0.9, top_p=0.95, repetition_penalty=1.1, seed=7)
MASKS = ("numbers", "brackets")


class Told:
    """Proposes what it is told to; now and then it is another token, often a forbidden one."""

    name = "told"

    def __init__(self, answer: Sequence[int], start: int, wrong_every: int = 3) -> None:
        self._answer, self._start, self._wrong_every = list(answer), start, wrong_every

    def propose(self, tokens: Sequence[int], most: int) -> list[int]:
        said = len(tokens) - self._start
        return [
            token if (said + at) % self._wrong_every else (token + 1) % 200
            for at, token in enumerate(self._answer[said : said + most])
        ]


class Always:
    """Proposes the same tokens again and again."""

    name = "always"

    def __init__(self, tokens: Sequence[int]) -> None:
        self._tokens = list(tokens)

    def propose(self, tokens: Sequence[int], most: int) -> list[int]:
        del tokens
        return self._tokens[:most]


def mask_for(model: LoadedModel, kind: str) -> TokenMask:
    if kind == "numbers":
        digits = [model.tokenize(str(digit))[0] for digit in range(10)]
        return Numbers(digits, model.tokenize(",")[0])
    return Brackets(model.tokenize("(")[0], model.tokenize(")")[0], most=40, depth=6)


def said(
    model: LoadedModel, mask: TokenMask, params: SamplingParams, drafter: Drafter | None
) -> list[int]:
    """Up to 30 tokens, with drafts or without."""
    tokens = model.tokenize(PROMPT)
    cache, positions = model.new_cache(), model.positions(len(tokens), ())
    logits = model.forward(tokens, positions, cache)
    sampler = Sampler(params, tokens, mask)
    if drafter is None:
        steps = decode(model, logits, positions, cache, sampler)
    else:
        drafting = Drafting([drafter], AlwaysDrafting())
        steps = decode_with_drafts(model, logits, positions, cache, sampler, drafting, tokens)
    with closing(steps):
        found = list(itertools.islice(steps, 30))
    assert cache.consistent
    assert len(tokens) + len(found) - 1 <= cache.length <= len(tokens) + len(found)
    return found


@pytest.fixture(params=FAMILIES)
def model(request: pytest.FixtureRequest, model_of: Callable[[str], LoadedModel]) -> LoadedModel:
    return model_of(request.param)


@pytest.mark.parametrize("params", [GREEDY, DRAWN], ids=["greedy", "drawn"])
@pytest.mark.parametrize("kind", MASKS)
def test_drafts_change_nothing_and_nothing_forbidden_is_said(
    model: LoadedModel, kind: str, params: SamplingParams
) -> None:
    plain = said(model, mask_for(model, kind), params, None)
    again = mask_for(model, kind)
    for token in plain:  # raises for what is forbidden
        again.consume(token)
    assert again.stopped or len(plain) == 30
    start = len(model.tokenize(PROMPT))
    for drafter in (Told(plain, start), PromptLookup()):
        mask = mask_for(model, kind)
        assert said(model, mask, params, drafter) == plain
        assert mask.stopped == again.stopped


class Counting(Recorded):
    """Counts how many tokens it is fed, and how many of them stood one after the other."""

    fed = reached = 0

    def verify(
        self, tokens: Sequence[int], positions: torch.Tensor, cache: KVCache
    ) -> torch.Tensor:
        rows = super().verify(tokens, positions, cache)
        self.fed += len(tokens)
        self.reached = max(self.reached, cache.length)
        return rows


def run(
    model: Recorded, mask: TokenMask, drafter: Drafter | None, sampler: Sampler | None = None
) -> list[int]:
    """What is said after token 0 until the mask ends it."""
    cache, start = KVCache([FULL]), torch.zeros(1, 1, dtype=torch.long)
    logits = model.forward((0,), start, cache)
    sampler = sampler or Sampler(GREEDY, [0], mask)
    if drafter is None:
        return list(decode(model, logits, start, cache, sampler))
    drafting = Drafting([drafter], AlwaysDrafting())
    return list(decode_with_drafts(model, logits, start, cache, sampler, drafting, [0]))


def scored(beginning: tuple[int, ...]) -> torch.Tensor:
    seed = sum((at + 1) * 31 * token for at, token in enumerate(beginning))
    return torch.randn(6, generator=torch.Generator().manual_seed(seed)) * 1.5


def test_forbidden_tokens_are_cut_before_the_model_sees_them() -> None:
    # Only 1 and 2 are digits, so of what is proposed nothing may ever be fed.
    model = Counting(scored)
    answer = run(model, Numbers([1, 2], 3, numbers=4), Always([5, 1, 2]))
    assert model.fed == len(answer)
    assert answer == run(Recorded(scored), Numbers([1, 2], 3, numbers=4), None)


def test_an_answer_ends_inside_a_draft_where_the_mask_says_so() -> None:
    def upwards(beginning: tuple[int, ...]) -> torch.Tensor:
        depth = 1 if len(beginning) < 3 else 2
        return torch.eye(6)[depth]

    for drafter in (None, Told([1, 1, 2, 2, 2, 2, 2], 1, wrong_every=1000)):
        model = Counting(upwards)
        mask = Brackets(1, 2)
        assert run(model, mask, drafter) == [1, 1, 2, 2]
        assert mask.stopped
        # The last token may be fed within a draft, and nothing after it ever is.
        assert model.reached <= 5


def test_a_mask_that_allows_nothing_ends_the_answer() -> None:
    class Nothing(Numbers):
        def follow(self, state: tuple[int, int]) -> dict[int, tuple[int, int]]:
            return {} if state[1] == 2 else super().follow(state)

    for drafter in (None, Always([1, 1, 1])):
        assert len(run(Recorded(scored), Nothing([1, 2], 3), drafter)) <= 2


def test_ids_beyond_the_masks_end_are_forbidden() -> None:
    walk = MaskWalk(Numbers([1], 2))
    assert walk.apply(torch.ones(5)).tolist() == [float("-inf"), 1.0, *[float("-inf")] * 3]
    assert walk.permitted([4]) == ()


def test_a_drafted_positions_mask_is_computed_once() -> None:
    mask = Numbers([1, 2], 3, numbers=3)
    walk = MaskWalk(mask)
    assert walk.permitted([1, 2, 3, 5]) == (1, 2, 3)
    assert mask.computed == 4
    for token in (1, 2, 3):
        walk.apply(torch.zeros(6))
        walk.take(token)
    walk.apply(torch.zeros(6))
    assert mask.computed == 4


WALKS = st.lists(
    st.one_of(st.integers(0, 5), st.lists(st.integers(0, 6), min_size=1, max_size=8)), max_size=30
)


@pytest.mark.parametrize("kind", MASKS)
@given(steps=WALKS)
def test_walking_ahead_leaves_no_trace(kind: str, steps: list[int | list[int]]) -> None:
    def fresh(path: Sequence[int]) -> Numbers | Brackets:
        mask = Numbers([1, 2, 4], 3, numbers=5) if kind == "numbers" else Brackets(1, 2)
        for token in path:
            mask.consume(token)
        return mask

    def longest(path: list[int], ahead: Sequence[int]) -> int:
        mask = fresh(path)
        for count, token in enumerate(ahead):
            if mask.stopped or token not in mask.follow(mask._states[-1]):
                return count
            mask.consume(token)
        return len(ahead)

    mask, path = fresh(()), list[int]()
    walk = MaskWalk(mask)
    for step in steps:
        if walk.finished:
            break
        if isinstance(step, list):
            count = longest(path, step)
            assert walk.permitted(step) == tuple(step[:count])
        else:
            allowed = sorted(fresh(path).follow(fresh(path)._states[-1]))
            path.append(allowed[step % len(allowed)])
            walk.take(path[-1])
        now = fresh(path)
        assert mask._states == now._states
        assert walk.finished == now.stopped
        if not now.stopped:
            allows = torch.isfinite(walk.apply(torch.zeros(6)))
            expected = now.compute_mask()
            assert allows[: len(expected)].equal(expected)
            assert not allows[len(expected) :].any()


def exact(model: Recorded, mask: TokenMask, params: SamplingParams, count: int) -> dict:
    """The probability of each beginning of `count` tokens, by walking through all of them."""
    found: dict[tuple[int, ...], float] = {}

    def go(path: tuple[int, ...], chance: float) -> None:
        if len(path) == count or mask.stopped:
            found[path] = chance
            return
        allowed = mask.compute_mask()
        scores = model.scores((0, *path)).clone()
        scores[~torch.nn.functional.pad(allowed, (0, len(scores) - len(allowed)))] = -torch.inf
        chances = torch.softmax(keep_top_p(scores / params.temperature, params.top_p), -1)
        for token in chances.nonzero().flatten().tolist():
            mask.consume(token)
            go((*path, token), chance * float(chances[token]))
            mask.rollback(1)

    go((), 1.0)
    return found


def p_value(counts: dict[tuple[int, ...], int], chances: dict[tuple[int, ...], float]) -> float:
    """Of Pearson's chi-square (1900); cells that expect fewer than five are put together."""
    assert counts.keys() <= chances.keys()
    draws = sum(counts.values())
    cells = {key: (counts.get(key, 0), draws * chance) for key, chance in chances.items()}
    large = [cell for cell in cells.values() if cell[1] >= 5]
    small = [cell for cell in cells.values() if cell[1] < 5]
    if sum(expected for _, expected in small) >= 5:
        large.append((sum(c for c, _ in small), sum(e for _, e in small)))
    assert len(large) >= 4
    statistic = sum((count - expected) ** 2 / expected for count, expected in large)
    half = torch.tensor([(len(large) - 1) / 2, statistic / 2], dtype=torch.float64)
    return float(torch.special.gammaincc(half[0], half[1]))


def drawn(
    model: Recorded, new_mask: Callable[[], TokenMask], likely: list[int], count: int = 3
) -> float:
    """The p-value of 20,000 drafted draws of `count` tokens against what they should be."""
    params = SamplingParams(temperature=1.2, top_p=0.97, seed=11)
    counts: dict[tuple[int, ...], int] = {}
    cache, start = KVCache([FULL]), torch.zeros(1, 1, dtype=torch.long)
    logits = model.forward((0,), start, cache)
    random = Sampler(params, [0])._random
    for _ in range(20_000):
        cache.truncate(1)
        sampler = Sampler(params, [0], new_mask())
        sampler._random = random
        drafting = Drafting([Always(likely)], AlwaysDrafting())
        drafting.note_plain(0.001)
        steps = decode_with_drafts(model, logits, start, cache, sampler, drafting, [0])
        with closing(steps):
            path = tuple(itertools.islice(steps, count))
        counts[path] = counts.get(path, 0) + 1
    return p_value(counts, exact(model, new_mask(), params, count))


def test_masked_and_drafted_draws_have_the_exact_distribution() -> None:
    assert drawn(Recorded(scored), lambda: Numbers([1, 2, 5], 3), [2, 3, 1, 0]) > 0.001


@pytest.mark.slow
def test_so_it_is_for_brackets() -> None:
    # Three of them can stand in few ways, so it is five.
    assert drawn(Recorded(scored), lambda: Brackets(1, 2, most=8), [2, 1, 2], 5) > 0.001


@pytest.mark.slow
def test_so_it_is_in_every_family(model: LoadedModel) -> None:
    letters = [model.tokenize(letter)[0] for letter in "125,"]
    prompt = model.tokenize(PROMPT)

    def score(beginning: tuple[int, ...]) -> torch.Tensor:
        # Token 0 stands for the prompt.
        whole = [*prompt, *beginning[1:]]
        return model.forward(whole, model.positions(len(whole), ()), model.new_cache()) / 8

    def mask() -> TokenMask:
        return Numbers(letters[:3], letters[3])

    assert drawn(Recorded(score), mask, [letters[1], letters[3], letters[0]]) > 0.001
