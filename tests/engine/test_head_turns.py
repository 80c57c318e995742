"""Turns in which a model drafts for itself: they say the same, in any order, after any cut."""

from __future__ import annotations

import random
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from carrying_out import carry_out
from fitted_head import fit_assistant, fit_head
from tiny_checkpoints import FAMILIES, build_qwen3_5
from tiny_checkpoints.assistant import build_assistant

from engine.api.events import Finished, MemoryUse
from engine.api.messages import assistant, user
from engine.api.requests import Generate, Limits, LoadModel, SamplingParams
from engine.decode.draft_length import DraftLength
from engine.decode.drafting import Drafting, DraftingMemory, DraftSources
from engine.prompt.render import render
from engine.prompt.transcripts import Transcripts
from engine.turn import Turn
from engine.worker import EngineWorker

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from engine.api.messages import Message
    from engine.cache.kv_cache import KVCache
    from engine.model.loaded_model import LoadedModel

LONG = "The tide table for the northern harbour lists four heights a day. " * 3
KNOWN = (user("When is high water?"),)
ANSWER = 40
DRAWN = SamplingParams(temperature=0.8, seed=5)
# What drafts, by the family that it belongs to.
NAMES = {"Qwen3.5": "prediction head", "Gemma 4 both ways": "assistant"}


class HeadAlone(DraftSources):
    """Drafts by the head at every step, however it goes."""

    class _Memory(DraftingMemory):
        class _Length(DraftLength):
            def best(self) -> int:
                return 4 if self._costs.plain is not None else 0

        def length_for(self, drafter: str) -> DraftLength:
            del drafter
            return self._Length(self.costs)

    def __init__(self, model: LoadedModel) -> None:
        super().__init__()
        self._of = model.draft_head
        self._always = self._Memory()

    @contextmanager
    def turn(self, prompt: Sequence[int], cache: KVCache) -> Iterator[Drafting]:
        del prompt
        assert self._of is not None
        yield Drafting([self._of.drafter(cache)], self._always)


@pytest.fixture(scope="module", params=NAMES)
def family(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture(scope="module")
def folder(
    family: str,
    tmp_path_factory: pytest.TempPathFactory,
    load: Callable[..., LoadedModel],
    model_of: Callable[[str], LoadedModel],
) -> Path:
    """A model like the tiny one of the family, with what has learnt one of its answers."""
    plain = model_of(family)
    prompt = render(KNOWN, plain, Transcripts()).tokens
    taught = [*prompt, *greedily(plain, prompt)]
    folder = tmp_path_factory.mktemp("models") / "fitted"
    if family == "Qwen3.5":
        build_qwen3_5(folder, head=True)
        fit_head(folder, load(folder), [taught])
    else:
        FAMILIES[family](folder)
        fit_assistant(folder, build_assistant(folder), plain, taught)
    return folder


def greedily(model: LoadedModel, tokens: Sequence[int]) -> list[int]:
    said = list(tokens)
    for _ in range(ANSWER):
        positions = model.positions(len(said), ())
        said.append(int(model.forward(said, positions, model.new_cache()).argmax()))
    return said[len(tokens) :]


@pytest.fixture(scope="module")
def model(folder: Path, load: Callable[..., LoadedModel]) -> LoadedModel:
    return load(folder)


@pytest.fixture
def both(conversations_on, family: str, model: LoadedModel) -> tuple:
    """Conversations in which the head drafts, and the same without a head."""
    plain = conversations_on(family)
    return type(plain)(model, HeadAlone(model)), plain


def test_what_it_has_learnt_it_drafts_again_and_again(both, family: str) -> None:
    drafting, plain = both
    expected = plain.ask(KNOWN, max_tokens=ANSWER)
    for _ in range(3):  # the second and third time the prompt is there already
        done = drafting.ask(KNOWN, max_tokens=ANSWER)
        assert done.text == expected.text
        assert done.drafts.accepted > 0.6 * done.drafts.proposed
        assert done.drafts.by == ((NAMES[family], done.drafts.accepted),)
        assert done.drafts.forwards < ANSWER / 2


@pytest.mark.parametrize("sampling", [SamplingParams(), DRAWN], ids=["greedy", "drawn"])
def test_turns_with_pictures_say_the_same(both, picture, sampling: SamplingParams) -> None:
    said: list[tuple[str, ...]] = []
    for conversations in both:
        messages: tuple[Message, ...] = (user(picture(1), LONG),)
        texts = []
        for follow_up in (("And then?",), (picture(2), "And this?"), ("And before?",)):
            done = conversations.ask(messages, max_tokens=40, sampling=sampling)
            texts.append(done.text)
            messages = (*messages, assistant(done.text), user(*follow_up))
        said.append(tuple(texts))
    assert said[0] == said[1]
    assert done.drafts is None  # the last is the plain one


def test_an_edit_and_a_return_say_the_same(both) -> None:
    said: list[tuple[str, ...]] = []
    for conversations in both:
        texts = [conversations.ask((user(LONG),), max_tokens=30).text]
        second = (user(LONG), assistant(texts[0]), user("And then?"))
        edited = (user(f"{LONG[:90]} Or five?"),)
        later = (second, edited, second, (user(LONG),), KNOWN)
        texts += [conversations.ask(messages, max_tokens=30).text for messages in later]
        said.append(tuple(texts))
    assert said[0] == said[1]
    drafting, _ = both
    assert drafting.ask(KNOWN, max_tokens=ANSWER).drafts.accepted > ANSWER / 2


def test_the_memory_of_a_head_stays_with_its_conversation(both, family: str) -> None:
    drafting, _ = both
    done = drafting.ask(KNOWN, max_tokens=ANSWER)
    keys = render(KNOWN, drafting.model, drafting.transcripts).keys
    assert done.usage.prompt_tokens == len(keys)
    with drafting.prefixes.lease(keys) as lease:
        assert lease.reused == len(keys) - 1
        assert lease.cache.head is not None
        # The last of these was read with a token that may now be another. An assistant reads
        # what the model remembers and keeps nothing.
        kept = lease.reused - 1 if family == "Qwen3.5" else 0
        assert list(lease.cache.head.read) == list(range(kept))


@pytest.mark.parametrize("seed", range(3))
def test_alternating_turns_say_what_they_would_alone(both, picture, seed: int) -> None:
    drafting, plain = both
    first = (user(picture(1), LONG),)
    one = plain.ask(first)
    assert drafting.ask(first).text == one.text
    asked = [(*first, assistant(one.text), user("And then?")), first, KNOWN]
    expected = [plain.ask(messages, max_tokens=30).text for messages in asked]
    ends: dict[int, Finished] = {}
    running = {at: turn_on(drafting, messages).run() for at, messages in enumerate(asked)}
    order = random.Random(seed)
    while running:
        at = order.choice(sorted(running))
        for event in running[at]:
            if isinstance(event, Finished):
                ends[at] = event
                del running[at]
            break
    assert [ends[at].text for at in range(len(asked))] == expected
    known = ends[2].drafts
    assert known is not None
    assert known.accepted > 0.5 * known.proposed


def turn_on(conversations, messages: tuple[Message, ...]) -> Turn:
    return Turn(
        request=Generate(messages, limits=Limits(max_tokens=30)),
        model=conversations.model,
        prefixes=conversations.prefixes,
        transcripts=conversations.transcripts,
        cancelled=lambda: False,
        memory=lambda: MemoryUse(0),
        submitted=time.perf_counter(),
        sources=conversations.sources,
    )


def test_a_stop_string_inside_a_draft_cuts_there(both) -> None:
    drafting, plain = both
    text = plain.ask(KNOWN, max_tokens=ANSWER).text
    for at in (8, 13, 18):
        limits = Limits(max_tokens=ANSWER, stop_strings=(text[at : at + 3],))
        cut = drafting.ask(KNOWN, limits=limits)
        assert cut.text == plain.ask(KNOWN, limits=limits).text
    again = (*KNOWN, assistant(cut.text), user("Go on."))
    _, with_reuse, fresh = drafting.reused_and_recomputed(again)
    assert (with_reuse - fresh).abs().max() < 1e-4


@pytest.mark.parametrize("events", [1, 5, 9, 20])
def test_a_cancel_leaves_what_a_cache_without_a_head_would_hold(both, events: int) -> None:
    drafting, plain = both
    done = drafting.ask(KNOWN, max_tokens=ANSWER, cancel_after=events)
    assert done.reason == "cancelled"
    # So that it knows the tokens of the text, too, which may end in half a character.
    assert plain.ask(KNOWN, max_tokens=ANSWER, cancel_after=events).text == done.text
    again = (*KNOWN, assistant(done.text), user("Go on."))
    assert drafting.ask(again).text == plain.ask(again).text
    _, with_reuse, fresh = drafting.reused_and_recomputed(again)
    assert (with_reuse - fresh).abs().max() < 1e-4


def test_without_its_memory_a_head_begins_anew(both) -> None:
    drafting, plain = both
    done = drafting.ask((user(LONG),), max_tokens=30)
    again = (user(LONG), assistant(done.text), user("And then?"))
    keys = render(again, drafting.model, drafting.transcripts).keys
    with drafting.prefixes.lease(keys) as lease:
        assert lease.reused > 0
        lease.cache.head = drafting.model.draft_head.new_memory()  # as after a restart
    found = drafting.ask(again, max_tokens=30)
    plain.ask((user(LONG),), max_tokens=30)
    assert found.text == plain.ask(again, max_tokens=30).text
    assert found.drafts.proposed > 0


def test_the_engine_uses_the_head_of_a_folder_that_has_one(family: str, folder: Path) -> None:
    worker = EngineWorker()
    carry_out(worker, LoadModel(folder, "full"))
    texts = []
    for drafting in (True, False):
        *_, done = carry_out(
            worker, Generate(KNOWN, limits=Limits(max_tokens=ANSWER), drafting=drafting)
        )
        assert isinstance(done, Finished)
        texts.append(done.text)
        assert (done.drafts is not None) == drafting
        if done.drafts is not None:
            assert dict(done.drafts.by)[NAMES[family]] > 0
    assert texts[0] == texts[1]
    worker.close()
