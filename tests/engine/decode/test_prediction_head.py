"""Qwen3.5's prediction head: it computes what is published, and never changes an answer."""

from __future__ import annotations

import itertools
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
import torch
from always_drafting import AlwaysDrafting
from fitted_head import fit_head, whole_pairs
from safetensors.torch import load_file
from tiny_checkpoints import build_qwen3_5
from tiny_checkpoints.mtp import head_outputs

from engine.api.requests import SamplingParams
from engine.cache.full import GrowingLayer
from engine.cache.head_memory import HeadMemory
from engine.cache.kv_cache import KVCache
from engine.cache.layer_kinds import FULL
from engine.decode.decode import decode, decode_with_drafts
from engine.decode.drafting import Drafting, DraftingMemory
from engine.decode.head_drafter import HeadDrafter
from engine.decode.sampler import Sampler

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from engine.model.loaded_model import LoadedModel

PROMPT = "The tide table for the northern harbour lists four heights a day, two high and two low."
OTHER = "Bread is baked at five in the morning and sold from seven on."
GREEDY = SamplingParams()
DRAWN = SamplingParams(temperature=0.9, top_p=0.95, seed=7)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_qwen3_5(tmp_path_factory.mktemp("models") / "with-head", head=True)


@pytest.fixture(scope="module")
def model(folder: Path, load: Callable[..., LoadedModel]) -> LoadedModel:
    return load(folder)


@pytest.fixture(scope="module")
def published(folder: Path) -> dict[str, torch.Tensor]:
    tensors = load_file(folder / "model.safetensors")
    return {n.removeprefix("mtp."): t for n, t in tensors.items() if n.startswith("mtp.")}


def begin(model: LoadedModel, text: str):  # noqa: ANN201
    tokens = model.tokenize(text)
    cache, positions = model.new_cache(), model.positions(len(tokens), ())
    return tokens, positions, cache, model.forward(tokens, positions, cache)


def plainly(model: LoadedModel, text: str, count: int, params: SamplingParams) -> list[int]:
    tokens, positions, cache, logits = begin(model, text)
    return list(
        itertools.islice(decode(model, logits, positions, cache, Sampler(params, tokens)), count)
    )


class Listening(HeadDrafter):
    """Keeps what was proposed after how many tokens."""

    def __init__(self, model: LoadedModel, cache: KVCache) -> None:
        assert model.draft_head is not None
        super().__init__(model.draft_head, cache)
        self.heard: dict[int, Sequence[int]] = {}

    def propose(self, tokens: Sequence[int], most: int) -> Sequence[int]:
        proposed = self.heard[len(tokens)] = super().propose(tokens, most)
        return proposed


def drafted(
    model: LoadedModel, text: str, count: int, params: SamplingParams, memory: DraftingMemory
) -> tuple[list[int], Drafting, Listening]:
    tokens, positions, cache, logits = begin(model, text)
    drafter = Listening(model, cache)
    drafting = Drafting([drafter], memory)
    steps = decode_with_drafts(
        model, logits, positions, cache, Sampler(params, tokens), drafting, tokens
    )
    with closing(steps):
        return list(itertools.islice(steps, count)), drafting, drafter


@torch.no_grad()
def test_it_computes_what_its_published_equations_say(
    model: LoadedModel, published: dict[str, torch.Tensor]
) -> None:
    tokens = model.tokenize(PROMPT)
    embedded, hidden, positions = whole_pairs(model, tokens)
    # Pictures stand on three axes; what turns by them must be told apart.
    positions = torch.stack([positions[0], positions[1] // 3, positions[2] % 5])
    text = model.network.config.get_text_config()
    matrix = model.network.state_dict()["lm_head.weight"]
    slow = head_outputs(published, text, embedded, hidden, positions) @ matrix.T
    assert model.draft_head is not None
    layer, start = GrowingLayer(), 0
    for count in itertools.cycle((1, 7, 2, 16)):
        end = min(start + count, len(hidden))
        states, best = model.draft_head.read(
            tokens[start + 1 : end + 1], hidden[start:end], positions[:, start:end], layer
        )
        scores = states[0] @ matrix.T
        assert (scores - slow[end - 1]).abs().max() < 1e-4
        assert best == int(scores.argmax())
        start = end
        if end == len(hidden):
            break
    assert layer.length == len(hidden)
    assert float(slow.std()) > 0.1


@torch.no_grad()
def slow_draft(
    model: LoadedModel, published: dict[str, torch.Tensor], tokens: Sequence[int], most: int
) -> list[int]:
    """What the equations say should be proposed, computed from nothing."""
    text = model.network.config.get_text_config()
    embeddings, matrix = (
        model.network.get_input_embeddings().weight,
        model.network.state_dict()["lm_head.weight"],
    )
    _, hidden, positions = whole_pairs(model, tokens)
    said = list(tokens[1:])
    for _ in range(most):
        outputs = head_outputs(published, text, embeddings[said], hidden, positions)
        said.append(int((outputs[-1] @ matrix.T).argmax()))
        hidden = torch.cat([hidden, outputs[-1:]])
        positions = torch.cat([positions, positions[:, -1:] + 1], dim=1)
    return said[-most:]


def test_it_proposes_what_the_equations_say_at_every_step(
    model: LoadedModel, published: dict[str, torch.Tensor]
) -> None:
    said, _, drafter = drafted(model, PROMPT, 24, DRAWN, AlwaysDrafting(4))
    whole = [*model.tokenize(PROMPT), *said]
    assert len(drafter.heard) > 10
    for length, proposed in drafter.heard.items():
        assert list(proposed) == slow_draft(model, published, whole[:length], 4)


@pytest.mark.parametrize("params", [GREEDY, DRAWN], ids=["greedy", "drawn"])
@pytest.mark.parametrize("text", [PROMPT, OTHER])
def test_a_head_that_knows_nothing_changes_nothing(
    model: LoadedModel, text: str, params: SamplingParams
) -> None:
    said, drafting, _ = drafted(model, text, 60, params, AlwaysDrafting(4))
    assert said == plainly(model, text, 60, params)
    assert drafting.drafts.proposed > 100


def test_a_head_that_knows_nothing_switches_itself_off(model: LoadedModel) -> None:
    memory = DraftingMemory()
    _, first, _ = drafted(model, PROMPT, 300, DRAWN, memory)
    # How often it is tried again depends on the machine; one that went on would propose hundreds.
    assert 0 < first.drafts.proposed < 200
    _, second, _ = drafted(model, OTHER, 300, DRAWN, memory)
    assert second.drafts.proposed < 200


TAUGHT = (GREEDY, SamplingParams(temperature=0.9, seed=1))
ANSWER = 40


@pytest.fixture(scope="module")
def fitted(
    model: LoadedModel, tmp_path_factory: pytest.TempPathFactory, load: Callable[..., LoadedModel]
) -> LoadedModel:
    """The same model with a head that was taught some of what the model says."""
    folder = build_qwen3_5(tmp_path_factory.mktemp("models") / "fitted", head=True)
    prompt = model.tokenize(PROMPT)
    fit_head(folder, model, [[*prompt, *plainly(model, PROMPT, ANSWER, p)] for p in TAUGHT])
    return load(folder)


@pytest.mark.parametrize("params", TAUGHT, ids=["greedy", "drawn"])
def test_what_it_has_learnt_saves_forwards(
    model: LoadedModel, fitted: LoadedModel, params: SamplingParams
) -> None:
    said, drafting, _ = drafted(fitted, PROMPT, ANSWER, params, AlwaysDrafting(4))
    assert said == plainly(model, PROMPT, ANSWER, params)
    found = drafting.drafts
    assert found.by == (("prediction head", found.accepted),)
    assert found.accepted > 0.6 * found.proposed
    assert found.forwards < ANSWER / 2


def test_where_it_is_right_at_times_the_answer_stays(
    model: LoadedModel, fitted: LoadedModel
) -> None:
    # Another prompt's beginning leads it astray, its end brings it back now and then.
    text = f"{OTHER} {PROMPT}"
    proposed = accepted = 0
    for params in (GREEDY, *(SamplingParams(temperature=0.5, seed=seed) for seed in range(4))):
        said, drafting, _ = drafted(fitted, text, ANSWER, params, AlwaysDrafting(4))
        assert said == plainly(model, text, ANSWER, params)
        proposed += drafting.drafts.proposed
        accepted += drafting.drafts.accepted
    assert 0 < accepted < proposed


class Chain:
    """A language model whose next token depends on the last one alone, with a head like it."""

    name = "chain"

    def __init__(self) -> None:
        self.scores = torch.randn(6, 6, generator=torch.Generator().manual_seed(3)) * 1.5

    def new_cache(self) -> KVCache:
        cache = KVCache([FULL])
        cache.head = HeadMemory()
        return cache

    def forward(
        self, tokens: Sequence[int], positions: torch.Tensor, cache: KVCache, _: None = None
    ) -> torch.Tensor:
        return self.verify(tokens, positions, cache)[-1]

    def verify(
        self, tokens: Sequence[int], positions: torch.Tensor, cache: KVCache
    ) -> torch.Tensor:
        states = torch.tensor(tokens)[None, None, :, None].float()
        assert cache.head is not None
        cache.head.note(cache.length, states[0, 0], positions)
        cache.update(states, states, 0)
        return self.scores[list(tokens)]

    def reads(self, token: int) -> bool:
        return token >= 0

    def read(
        self,
        tokens: Sequence[int],
        hidden: torch.Tensor,
        positions: torch.Tensor,
        layer: GrowingLayer,
    ) -> tuple[torch.Tensor, int]:
        assert positions.shape == (1, len(tokens))
        layer.update(hidden[None, None], hidden[None, None])
        last = torch.tensor([[float(tokens[-1])]])
        return last, int(self.scores[tokens[-1]].argmax())


class _Primed(AlwaysDrafting):
    """Drafts from the first step on."""

    def __init__(self) -> None:
        super().__init__(4)
        self.costs.note(1, 1.0)


def transitions(draws: int, seed: int, *, drafting: bool) -> tuple[torch.Tensor, int]:
    """How often each token follows each in one long text, and how many drafts were right."""
    chain, counts = Chain(), torch.zeros(6, 6)
    cache, start = chain.new_cache(), torch.zeros(1, 1, dtype=torch.long)
    logits = chain.forward((0,), start, cache)
    sampler = Sampler(SamplingParams(temperature=1.2, top_p=0.97, seed=seed), [0])
    drafts = Drafting([HeadDrafter(chain, cache)], _Primed())
    steps = (
        decode_with_drafts(chain, logits, start, cache, sampler, drafts, [0])
        if drafting
        else decode(chain, logits, start, cache, sampler)
    )
    with closing(steps):
        for before, after in itertools.pairwise(itertools.islice(steps, draws)):
            counts[before, after] += 1
    return counts, drafts.drafts.accepted


def test_drafting_draws_from_the_same_distribution() -> None:
    """Chi-square over 20,000 draws each, at p = 0.001 (Pearson 1900, two samples a row)."""
    plain, _ = transitions(20_000, 11, drafting=False)
    # Another seed, or the same numbers would be drawn in the same order.
    with_head, accepted = transitions(20_000, 12, drafting=True)
    counts = torch.stack([plain, with_head])
    expected = counts.sum(0) * (counts.sum(2) / counts.sum((0, 2)))[..., None]
    often = expected.amin(0) > 5
    statistic = ((counts - expected) ** 2 / expected)[:, often].sum()
    freedom = float((often.sum(1) - 1).clamp_min(0).sum())
    assert freedom > 15
    assert torch.special.gammaincc(torch.tensor(freedom / 2), statistic / 2) > 0.001
    assert accepted > 5_000
