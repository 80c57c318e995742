"""Would this model fit this machine, with a conversation of so many tokens?

The engine's own planner says what is needed (`engine.model.plan`); nothing is loaded. Where the
weights are not here yet their size follows from the catalogue's counts: that is an estimate, and
says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from engine.catalogue.sizes import text_sizes
from engine.model.plan import Target, needed, plan
from engine.model.sizes import Counts, shape_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.api.requests import WeightsName
    from engine.catalogue.entries import Entry
    from engine.machine import Gpu, Machine
    from engine.model.plan import ModelShape

# The lengths that people plan for, in tokens.
CONTEXTS = (8_000, 32_000, 64_000, 200_000)

Word = Literal["fits", "tight", "does not fit", "unknown"]

# What the engine reads at once (`engine.decode.prefill.chunk_size`), and the size of its numbers.
_CHUNK = {"cuda": 1024, "cpu": 256}
_NUMBER_BYTES = {"cuda": 2, "cpu": 4}


@dataclass(frozen=True, slots=True)
class Place:
    """Where models run: a card's own memory, or the main one. `memory_bytes` is all of it."""

    device: Literal["cuda", "cpu"]
    memory_bytes: int | None
    weights: WeightsName

    @property
    def on_card(self) -> bool:
        """Whether it is a graphics card."""
        return self.device == "cuda"


@dataclass(frozen=True, slots=True)
class Fit:
    """What a model needs for `tokens`, in bytes, and whether this machine has it.

    `left_bytes` is what would stay free, below zero where it does not fit, `None` where the
    machine's memory is not known. `holds_tokens` is the longest context that the engine would give
    it here. `consequence` says what would happen, for whatever does not simply fit.
    """

    word: Word
    tokens: int
    weight_bytes: int
    context_bytes: int
    working_bytes: int
    place: Place
    holds_tokens: int
    estimated: bool
    consequence: str = ""

    @property
    def needed_bytes(self) -> int:
        """All of it."""
        return self.weight_bytes + self.context_bytes + self.working_bytes

    @property
    def left_bytes(self) -> int | None:
        """What of the memory would stay free."""
        if self.place.memory_bytes is None:
            return None
        return self.place.memory_bytes - self.needed_bytes


def place_of(machine: Machine) -> Place:
    """Where models would run on `machine`."""
    card = _largest_card(machine)
    if card is not None:
        return Place("cuda", card.memory_bytes, "bnb_nf4")
    return Place("cpu", machine.memory_bytes, "int4pack")


def _largest_card(machine: Machine) -> Gpu | None:
    own = [gpu for gpu in machine.gpus if gpu.memory_bytes is not None]
    return max(own, key=lambda gpu: gpu.memory_bytes or 0, default=None)


def fit_entry(entry: Entry, place: Place, tokens: int) -> Fit:
    """How a model of the list would fit, packed as the engine packs it there."""
    counted = entry.counts[place.weights]
    counts = Counts(entry.parameters, counted.packed, counted.largest, counted.head, counted.tied)
    return fit(shape_of(text_sizes(entry.config), counts), place, tokens)


def fit_config(config: Mapping[str, object], counts: Counts, place: Place, tokens: int) -> Fit:
    """How a model with this `config.json` and these numbers would fit; raises `ModelNotUsable`."""
    return fit(shape_of(text_sizes(config), counts), place, tokens)


def fit(shape: ModelShape, place: Place, tokens: int, weight_bytes: int | None = None) -> Fit:
    """How a model of `shape` fits; `weight_bytes` is what its weights take, once measured."""
    target = Target(
        place.device,
        _NUMBER_BYTES[place.device],
        place.weights,
        _CHUNK[place.device],
        weight_bytes,
    )
    parts = needed(shape, target, tokens)
    holds = plan(shape, target, place.memory_bytes or 0).most_tokens
    word = _word(parts.total_bytes, holds, parts.tokens, place)
    return Fit(
        word=word,
        tokens=parts.tokens,
        weight_bytes=parts.weight_bytes,
        context_bytes=parts.read_bytes,
        working_bytes=parts.working_bytes + parts.growth_bytes,
        place=place,
        holds_tokens=holds,
        estimated=weight_bytes is None,
        consequence=_consequence(word, holds, place),
    )


def _word(total_bytes: int, holds: int, tokens: int, place: Place) -> Word:
    if place.memory_bytes is None:
        return "unknown"
    if total_bytes > place.memory_bytes:
        return "does not fit"
    return "fits" if holds >= tokens else "tight"


def _consequence(word: Word, holds: int, place: Place) -> str:
    """What would happen, as the engine does it."""
    if word in ("fits", "unknown"):
        return ""
    if holds:
        return f"Tanka would hold {holds:,} tokens at once."
    if place.on_card:
        return "The card cannot hold it. It can run on the processor, much slower."
    return "It cannot be loaded on this computer."
