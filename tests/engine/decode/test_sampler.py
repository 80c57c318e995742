"""The sampler draws from the distribution its settings describe."""

from __future__ import annotations

import math
from collections import Counter

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from engine.api.errors import BadRequest
from engine.api.requests import SamplingParams
from engine.decode.logits_processors import (
    keep_min_p,
    keep_top_k,
    keep_top_p,
    penalise_repetition,
)
from engine.decode.sampler import NotANumber, Sampler

SCORES = st.lists(
    st.floats(-20, 20, allow_nan=False, width=32), min_size=2, max_size=30, unique=True
).map(torch.tensor)


def kept(scores: torch.Tensor) -> set[int]:
    return {i for i, value in enumerate(scores.tolist()) if value != -math.inf}


@given(SCORES, st.integers(1, 40))
def test_top_k_keeps_the_k_best(scores: torch.Tensor, k: int) -> None:
    best = scores.argsort(descending=True)[:k].tolist()
    assert kept(keep_top_k(scores, k)) == set(best)


@given(SCORES, st.floats(0.05, 1.0))
def test_top_p_keeps_the_smallest_set_that_reaches_p(scores: torch.Tensor, p: float) -> None:
    probabilities = torch.softmax(scores.double(), -1)
    chosen = kept(keep_top_p(scores.double(), p))
    total = sum(float(probabilities[i]) for i in chosen)
    assert total >= p - 1e-9
    if p < 1.0:
        assert total - min(float(probabilities[i]) for i in chosen) < p + 1e-9


@given(SCORES, st.floats(0.01, 0.9))
def test_min_p_keeps_what_is_likely_enough(scores: torch.Tensor, p: float) -> None:
    probabilities = torch.softmax(scores, -1)
    expected = {i for i in range(len(scores)) if probabilities[i] >= p * probabilities.max()}
    assert kept(keep_min_p(scores, p)) == expected


def test_repetition_penalty_lowers_seen_tokens_of_either_sign() -> None:
    scores = torch.tensor([2.0, -2.0, 1.0])
    assert penalise_repetition(scores, {0, 1}, 2.0).tolist() == [1.0, -4.0, 1.0]
    assert scores.tolist() == [2.0, -2.0, 1.0]


def test_repetition_penalty_counts_prompt_and_answer() -> None:
    sampler = Sampler(SamplingParams(repetition_penalty=10.0), prompt_tokens=[0])
    scores = torch.tensor([5.0, 4.0, 3.0])
    assert [sampler.choose(scores) for _ in range(2)] == [1, 2]


def test_greedy_takes_the_best() -> None:
    sampler = Sampler(SamplingParams(), [])
    assert sampler.choose(torch.tensor([0.1, 3.0, -1.0])) == 1


def test_the_same_seed_draws_the_same_and_others_differ() -> None:
    scores = torch.zeros(50)

    def draw(seed: int | None) -> list[int]:
        sampler = Sampler(SamplingParams(temperature=1.0, seed=seed), [])
        return [sampler.choose(scores) for _ in range(20)]

    assert draw(7) == draw(7)
    assert draw(7) != draw(8)
    assert draw(None) != draw(None)


@pytest.mark.parametrize("temperature", [0.5, 1.0, 2.0])
def test_draws_follow_the_distribution(temperature: float) -> None:
    scores = torch.tensor([1.0, 0.0, -0.5, 2.0, -3.0])
    sampler = Sampler(SamplingParams(temperature=temperature, seed=11), [])
    draws = 20_000
    counts = Counter(sampler.choose(scores) for _ in range(draws))
    expected = torch.softmax(scores / temperature, -1) * draws
    chi_square = sum((counts[i] - float(e)) ** 2 / float(e) for i, e in enumerate(expected))
    assert chi_square < 18.47  # p > 0.001 with four degrees of freedom


def test_filters_work_together() -> None:
    scores = torch.tensor([3.0, 2.9, 2.8, -5.0])
    sampler = Sampler(SamplingParams(temperature=1.0, top_k=3, top_p=0.6, seed=3), [])
    assert {sampler.choose(scores) for _ in range(200)} == {0, 1}


def test_a_tiny_temperature_is_nearly_greedy_and_never_fails() -> None:
    sampler = Sampler(SamplingParams(temperature=1e-6, seed=1), [])
    assert sampler.choose(torch.tensor([80.0, 79.0, -80.0])) == 0


def test_scores_that_are_not_numbers_are_refused() -> None:
    with pytest.raises(NotANumber):
        Sampler(SamplingParams(), []).choose(torch.tensor([float("nan"), 1.0]))


@pytest.mark.parametrize(
    "values",
    [
        {"temperature": -1.0},
        {"temperature": float("nan")},
        {"temperature": 1e-9},
        {"seed": -1},
        {"seed": 2**64},
        {"top_k": 0},
        {"top_p": 0.0},
        {"top_p": 1.5},
        {"min_p": 1.0},
        {"repetition_penalty": 0.0},
    ],
)
def test_settings_that_mean_nothing_are_refused(values: dict[str, float]) -> None:
    with pytest.raises(BadRequest, match="cannot be used"):
        SamplingParams(**values)  # type: ignore[arg-type]
