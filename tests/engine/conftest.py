"""Tiny models, and turns on them without the engine's thread."""

from __future__ import annotations

import hashlib
import io
import random
import shutil
import time
from functools import cache
from typing import TYPE_CHECKING

import pytest
import torch
from PIL import Image
from tiny_checkpoints import FAMILIES, build_lfm2_vl

from engine.api.events import Finished, MemoryUse
from engine.api.messages import ImagePart
from engine.api.requests import Generate, Limits, SamplingParams, ToolSpec
from engine.cache.prefix_keys import common_length
from engine.cache.prefix_store import PrefixStore
from engine.decode.prefill import prefill
from engine.model.loader import load_model
from engine.paths import starter_model_dir
from engine.prompt.render import render
from engine.prompt.transcripts import Transcripts
from engine.turn import Turn

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from engine.api.events import Event
    from engine.api.messages import Message
    from engine.decode.drafting import DraftSources
    from engine.decode.masks import TokenMask
    from engine.model.loaded_model import LoadedModel
    from engine.prompt.render import Prompt


# A family by the name it has in tests, as those of FAMILIES.
STARTER = "Starter"


@pytest.fixture(scope="session")
def lfm2_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_lfm2_vl(tmp_path_factory.mktemp("models") / "tiny-lfm2-vl")


@pytest.fixture(scope="session")
def load() -> Callable[..., LoadedModel]:
    def load_quietly(
        folder: Path, weights: str | None = "full", kv: str | None = None
    ) -> LoadedModel:
        return load_model(folder, folder.name, weights, lambda *_: None, kv=kv)

    return load_quietly


@pytest.fixture(scope="session")
def tiny_model(lfm2_folder: Path, load: Callable[..., LoadedModel]) -> LoadedModel:
    return load(lfm2_folder)


@pytest.fixture(scope="session")
def tools_model(
    lfm2_folder: Path, tmp_path_factory: pytest.TempPathFactory, load: Callable[..., LoadedModel]
) -> LoadedModel:
    """The tiny LFM2-VL with the starter's chat template, which shows functions."""
    folder = shutil.copytree(lfm2_folder, tmp_path_factory.mktemp("models") / "tiny-with-tools")
    shutil.copyfile(starter_model_dir() / "chat_template.jinja", folder / "chat_template.jinja")
    return load(folder)


@pytest.fixture(scope="session")
def model_of(
    tmp_path_factory: pytest.TempPathFactory, load: Callable[..., LoadedModel]
) -> Callable[[str], LoadedModel]:
    """The tiny model of a family, or the starter, built when it is first asked for."""

    @cache
    def folder_of(family: str) -> Path:
        if family == STARTER:
            return starter_model_dir()
        name = family.lower().replace(" ", "-")
        return FAMILIES[family](tmp_path_factory.mktemp("models") / f"tiny-{name}")

    @cache
    def build(family: str, kv: str = "full") -> LoadedModel:
        return load(folder_of(family), "full", kv)

    return build


@pytest.fixture(scope="session")
def qwen3_vl_model(model_of: Callable[[str], LoadedModel]) -> LoadedModel:
    return model_of("Qwen3-VL")


class Conversations:
    """Turns on one model with one set of stores, without the engine's thread."""

    def __init__(self, model: LoadedModel, sources: DraftSources | None = None) -> None:
        self.model = model
        self.sources = sources
        self.prefixes = PrefixStore(model.new_cache, 2**30)
        self.transcripts = Transcripts()
        # Files that are damaged are found so only when they are read.
        self.foresees = True
        self.heard: list[Event | None] = []

    def ask(
        self,
        messages: tuple[Message, ...],
        *,
        max_tokens: int = 12,
        cancel_after: int | None = None,
        sampling: SamplingParams = SamplingParams(),
        limits: Limits | None = None,
        tools: tuple[ToolSpec, ...] = (),
        mask: TokenMask | None = None,
        thinking: bool | None = None,
    ) -> Finished:
        """Run one turn; `cancel_after` that many events. `heard` is what it said of itself.

        Whatever is asked, what it reuses was foreseen.
        """
        seen = self.heard = []
        foreseen = self.prefixes.reusable(
            render(messages, self.model, self.transcripts, tools, thinking=thinking).keys
        )
        turn = Turn(
            request=Generate(
                messages,
                sampling,
                limits or Limits(max_tokens=max_tokens),
                tools=tools,
                thinking=thinking,
            ),
            model=self.model,
            prefixes=self.prefixes,
            transcripts=self.transcripts,
            cancelled=lambda: cancel_after is not None and len(seen) >= cancel_after,
            memory=lambda: MemoryUse(0),
            submitted=time.perf_counter(),
            sources=self.sources,
            mask=mask,
        )
        for event in turn.run():
            seen.append(event)  # noqa: PERF402 - `cancelled` watches it grow
        last = seen[-1]
        assert isinstance(last, Finished)
        assert last.usage.reused_tokens == foreseen or not self.foresees
        return last

    def reused_and_recomputed(
        self,
        messages: tuple[Message, ...],
        chunk_size: int = 16,
        tools: tuple[ToolSpec, ...] = (),
        thinking: bool | None = None,
    ) -> tuple[int, torch.Tensor, torch.Tensor]:
        """Reused tokens, and the next token's logits with reuse and from nothing, in one shot."""
        prompt = render(messages, self.model, self.transcripts, tools, thinking=thinking)

        features = self.features_of(prompt)
        with self.prefixes.lease(prompt.keys) as lease:
            reused = lease.reused
            *_, last = prefill(self.model, prompt, lease, features, chunk_size)
        fresh = self.model.forward(
            prompt.tokens,
            prompt.positions,
            self.model.new_cache(),
            features(0, len(prompt.tokens)),
        )
        assert last.logits is not None
        return reused, last.logits, fresh

    @property
    def held(self) -> int:
        """Tokens that the cache used last holds."""
        return self.prefixes._kept[-1].cache.length

    def common(self, one: tuple[Message, ...], other: tuple[Message, ...]) -> int:
        """How many tokens two conversations that nobody has had begin with in common."""
        keys = (render(messages, self.model, Transcripts()).keys for messages in (one, other))
        return common_length(*keys)

    def features_of(self, prompt: Prompt) -> Callable[[int, int], torch.Tensor | None]:
        """The features at the places in a range of the prompt."""
        return lambda start, end: self.model.features.between(
            start, end, prompt.spans, prompt.images
        )

    def can_be_kept(
        self, first: tuple[Message, ...], done: Finished, second: tuple[Message, ...]
    ) -> range:
        """How many tokens of `second` a turn after `first` may reuse, and must at least.

        All that was computed, where the template shows the answer as it was given; else what both
        have in common, or for caches that cannot be cut there, the mark before it.
        """
        before = render(first, self.model, Transcripts())
        after = render(second, self.model, Transcripts())
        if after.text.startswith(before.text + done.text):
            whole = done.usage.prompt_tokens + done.usage.completion_tokens - 1
            return range(whole, whole + 1)
        common = common_length(before.keys, after.keys)
        if self.model.new_cache().truncates_anywhere:
            return range(common, common + 1)
        return range(max((m for m in before.marks if m <= common), default=0), common + 1)


@pytest.fixture
def conversations(tiny_model: LoadedModel) -> Conversations:
    return Conversations(tiny_model)


@pytest.fixture
def new_conversations() -> type[Conversations]:
    """Makes conversations on a loaded model."""
    return Conversations


@pytest.fixture
def conversations_on(
    model_of: Callable[[str], LoadedModel],
) -> Callable[..., Conversations]:
    """Fresh conversations on the tiny model of a family."""
    return lambda family, sources=None, kv="full": Conversations(model_of(family, kv), sources)


@pytest.fixture(scope="session")
def picture() -> Callable[..., ImagePart]:
    """Makes pictures whose content depends on `seed` alone."""

    def make(seed: int = 0, size: tuple[int, int] = (64, 48)) -> ImagePart:
        pixels = random.Random(seed).randbytes(size[0] * size[1] * 3)
        data = io.BytesIO()
        Image.frombytes("RGB", size, pixels).save(data, "PNG")
        content = data.getvalue()
        return ImagePart(f"picture-{seed}.png", hashlib.sha256(content).hexdigest(), *size, content)

    return make
