"""Gemma 4's assistant: it computes what the published class does, or is not used and says why."""

from __future__ import annotations

import itertools
import json
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
import torch
from always_drafting import AlwaysDrafting
from safetensors.torch import load_file, save_file
from tiny_checkpoints import build_gemma4
from tiny_checkpoints.assistant import build_assistant, buildable

from engine.api.requests import SamplingParams
from engine.decode.decode import decode, decode_with_drafts
from engine.decode.drafting import Drafting
from engine.decode.sampler import Sampler
from engine.model.device import place
from engine.model.folder import check_folder
from engine.model.heads.gemma4_assistant import AssistantHead
from engine.model.loader import load_model
from engine.model.own_drafts import assistant_bytes

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from engine.model.loaded_model import LoadedModel

PROMPT = "The tide table for the northern harbour lists four heights a day."
GREEDY = SamplingParams()
DRAWN = SamplingParams(temperature=0.9, top_p=0.95, seed=7)


@pytest.fixture(scope="module", params=[False, True], ids=["all tokens", "tokens in groups"])
def both(request, tmp_path_factory: pytest.TempPathFactory, load: Callable[..., LoadedModel]):  # noqa: ANN201
    """A Gemma 4 with an assistant, and that assistant by its published class."""
    folder = build_gemma4(tmp_path_factory.mktemp("models") / "assisted")
    published = build_assistant(folder, ordered=request.param)
    return load(folder), published


@torch.no_grad()
def published_draft(model: LoadedModel, published, tokens: Sequence[int], most: int) -> list[int]:
    """What the published class proposes after `tokens`, all but the last one read at once."""
    ids = torch.tensor([list(tokens[:-1])])
    # As transformers' own decoding asks for them.
    outputs = model.network(input_ids=ids, output_hidden_states=True, return_shared_kv_states=True)
    hidden = outputs.hidden_states[-1][:, -1:]
    window = model.network.config.get_text_config().sliding_window
    kept = {
        kind: tuple(t[:, :, -window:] if kind == "sliding_attention" else t for t in pair)
        for kind, pair in outputs.shared_kv_states.items()
    }
    token, said = torch.tensor([[tokens[-1]]]), []
    for _ in range(most):
        embedded = model.network.get_input_embeddings()(token)
        with buildable():
            step = published(
                inputs_embeds=torch.cat([embedded, hidden], dim=-1),
                position_ids=torch.tensor([[len(tokens) - 1]]),
                shared_kv_states=kept,
            )
        token, hidden = step.logits.argmax(-1), step.last_hidden_state
        said.append(int(token))
    return said


def begin(model: LoadedModel, text: str = PROMPT):  # noqa: ANN201
    tokens = model.tokenize(text)
    cache, positions = model.new_cache(), model.positions(len(tokens), ())
    return tokens, positions, cache, model.forward(tokens, positions, cache)


def drafted(
    model: LoadedModel, count: int, params: SamplingParams
) -> tuple[list[int], Drafting, dict[int, Sequence[int]]]:
    tokens, positions, cache, logits = begin(model)
    assert model.draft_head is not None
    drafter = model.draft_head.drafter(cache)
    heard: dict[int, Sequence[int]] = {}

    class Listening:
        name = drafter.name

        def propose(self, tokens: Sequence[int], most: int) -> Sequence[int]:
            heard[len(tokens)] = drafter.propose(tokens, most)
            return heard[len(tokens)]

    drafting = Drafting([Listening()], AlwaysDrafting(4))
    sampler = Sampler(params, tokens)
    steps = decode_with_drafts(model, logits, positions, cache, sampler, drafting, tokens)
    with closing(steps):
        return list(itertools.islice(steps, count)), drafting, heard


@pytest.mark.parametrize("params", [GREEDY, DRAWN], ids=["greedy", "drawn"])
def test_it_proposes_what_the_published_class_does(both, params: SamplingParams) -> None:
    model, published = both
    said, drafting, heard = drafted(model, 30, params)
    tokens, positions, cache, logits = begin(model)
    steps = decode(model, logits, positions, cache, Sampler(params, tokens))
    assert said == list(itertools.islice(steps, 30))
    assert len(heard) > 10
    assert drafting.drafts.proposed == 4 * len(heard)
    whole = [*tokens, *said]
    for length, proposed in heard.items():
        assert list(proposed) == published_draft(model, published, whole[:length], 4)


def test_it_is_there_and_nothing_is_said_of_it(both) -> None:
    model, _ = both
    assert model.draft_head is not None
    assert not any("assistant" in note for note in model.info.notes)


def test_it_reads_what_is_kept_as_8_bit_numbers(tmp_path: Path) -> None:
    folder = build_gemma4(tmp_path / "model")
    published = build_assistant(folder)
    model = load_model(folder, "tiny", "full", lambda *_: None, kv="int8")
    said, _, heard = drafted(model, 20, GREEDY)
    whole = [*model.tokenize(PROMPT), *said]
    full = load_model(folder, "tiny", "full", lambda *_: None)
    pairs = [(p, published_draft(full, published, whole[:n], 4)) for n, p in heard.items()]
    # Rounded keys and values may change a choice here and there.
    same = sum(a == b for one, other in pairs for a, b in zip(one, other, strict=True))
    assert same > 0.8 * sum(len(one) for one, _ in pairs)


@pytest.mark.parametrize("cap", [None, 3.0])
def test_the_model_computes_what_it_would_without_one(
    tmp_path: Path, load: Callable[..., LoadedModel], cap: float | None
) -> None:
    folder = build_gemma4(tmp_path / "model")
    config = json.loads((folder / "config.json").read_text())
    config["text_config"]["final_logit_softcapping"] = cap
    (folder / "config.json").write_text(json.dumps(config))
    plain = load(folder)
    build_assistant(folder)
    assisted = load(folder)
    assert assisted.draft_head is not None
    outputs = []
    for model in (plain, assisted):
        tokens, _, cache, logits = begin(model)
        positions = torch.arange(len(tokens), len(tokens) + 4)[None]
        outputs.append((logits, model.verify([5, 6, 7, 8], positions, cache)))
    (one, several), (with_it, several_with_it) = outputs
    assert torch.equal(one, with_it)
    assert torch.equal(several, several_with_it)
    assert cap is None or float(one.max()) <= cap


def test_its_memory_is_left_out_of_what_is_planned_with(
    tmp_path: Path, load: Callable[..., LoadedModel]
) -> None:
    folder = build_gemma4(tmp_path / "model")
    placement = place("full", 1, 2**30)
    assert assistant_bytes(check_folder(folder), placement) == 0
    build_assistant(folder)
    head = load(folder).draft_head
    assert isinstance(head, AssistantHead)
    held = {p.data_ptr(): p.nbytes for p in head.assistant.state_dict().values()}
    assert assistant_bytes(check_folder(folder), placement) == sum(held.values())
    (folder / "assistant" / "model.safetensors").unlink()
    assert assistant_bytes(check_folder(folder), placement) == 0


def test_a_model_without_one_has_none(model_of) -> None:
    model = model_of("Gemma 4")
    assert model.draft_head is None
    assert not any("assistant" in note for note in model.info.notes)


FAULTS = ["no weights", "cut", "missing", "another kind", "vocabulary", "heads", "code"]


@pytest.mark.parametrize("fault", FAULTS)
def test_one_that_does_not_fit_is_not_used_and_said(
    tmp_path: Path, load: Callable[..., LoadedModel], fault: str
) -> None:
    folder = build_gemma4(tmp_path / "model")
    settings = {"vocabulary": {"vocab_size": 270}, "heads": {"global_head_dim": 16}}
    build_assistant(folder, **settings.get(fault, {}))
    spoil(folder / "assistant", fault)
    model = load(folder)
    assert model.draft_head is None
    (note,) = [note for note in model.info.notes if "assistant" in note]
    assert "not used" in note
    tokens, _, cache, logits = begin(model)
    assert cache.head is None
    assert len(logits) > len(tokens)


def spoil(assistant: Path, fault: str) -> None:
    weights, config = assistant / "model.safetensors", assistant / "config.json"
    if fault == "no weights":
        weights.unlink()
    elif fault == "cut":
        weights.write_bytes(weights.read_bytes()[:-100])
    elif fault == "missing":
        tensors = load_file(weights)
        del tensors["pre_projection.weight"]
        save_file(tensors, weights)
    elif fault in ("another kind", "code"):
        content = json.loads(config.read_text())
        content |= {"model_type": "lfm2"} if fault == "another kind" else {"auto_map": {}}
        config.write_text(json.dumps(content))
