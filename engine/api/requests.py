"""What can be asked of the engine. A request is a value and holds everything it needs."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass, field
from enum import IntEnum
from typing import TYPE_CHECKING, Literal
from uuid import uuid4

from engine.api.errors import BadRequest

if TYPE_CHECKING:
    from pathlib import Path

    from engine.api.messages import Message

_FUNCTION_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,63}")

# Below it scores divided by the temperature are no numbers any more.
LEAST_TEMPERATURE = 1e-6
WeightsName = Literal["bnb_nf4", "int4pack", "full"]
# How what has been read is kept: in the model's own precision, or as 8-bit numbers.
KvName = Literal["full", "int8"]


class Priority(IntEnum):
    """Who asks; the lowest comes first, at every step, whatever has begun."""

    WINDOW = 0
    API = 1
    BATCH = 2


def new_request_id() -> str:
    """A fresh id; events carry it back so that late answers can be told from current ones."""
    return uuid4().hex


@dataclass(frozen=True, slots=True)
class SamplingParams:
    """How the next token is chosen. `temperature` 0 is greedy; the filters then have no effect.

    Filters apply in the order top-k, top-p, min-p, after temperature. `repetition_penalty` follows
    CTRL (Keskar et al. 2019, arXiv:1909.05858): scores of tokens already in the prompt or the
    answer are divided by it when positive, multiplied when negative; it applies to greedy too.
    Without `seed` every turn draws its own.
    """

    temperature: float = 0.0
    top_k: int | None = None
    top_p: float = 1.0
    min_p: float = 0.0
    repetition_penalty: float = 1.0
    seed: int | None = None

    def __post_init__(self) -> None:
        checks = (
            (
                self.temperature == 0.0 or LEAST_TEMPERATURE <= self.temperature <= 100.0,
                "temperature must be 0 or lie between 0.000001 and 100",
            ),
            (self.top_k is None or self.top_k >= 1, "top-k must be at least 1"),
            (0.0 < self.top_p <= 1.0, "top-p must lie above 0 and at most at 1"),
            (0.0 <= self.min_p < 1.0, "min-p must lie between 0 and 1"),
            (0.0 < self.repetition_penalty <= 10.0, "repetition penalty must lie between 0 and 10"),
            (
                self.seed is None or 0 <= self.seed < 2**63,
                "the seed must be a whole number from 0 to 2^63 - 1",
            ),
        )
        for holds, sentence in checks:
            if not holds:
                raise BadRequest(f"The sampling settings cannot be used: {sentence}.")


@dataclass(frozen=True, slots=True)
class Limits:
    """Where an answer ends at the latest. Without `max_tokens` the context is the only limit."""

    max_tokens: int | None = None
    stop_strings: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.max_tokens is not None and self.max_tokens < 1:
            raise BadRequest("The limit of an answer must be at least 1 token.")
        if any(not stop for stop in self.stop_strings):
            raise BadRequest("A stop string must not be empty.")


@dataclass(frozen=True, slots=True)
class ToolSpec:
    """A function that the model may call. `parameters` is the text of a JSON schema object."""

    name: str
    description: str
    parameters: str

    def __post_init__(self) -> None:
        if not _FUNCTION_NAME.fullmatch(self.name):
            raise BadRequest(
                "A function's name must begin with a letter or an underscore and go on with at "
                f"most 63 letters, digits, underscores and hyphens, unlike {self.name!r}."
            )
        try:
            schema = json.loads(self.parameters, parse_constant=_refuse_constant)
        except (ValueError, RecursionError) as error:
            raise BadRequest(
                f"The parameters of the function {self.name} are no JSON.", str(error)
            ) from error
        if not isinstance(schema, dict) or schema.get("type") != "object":
            raise BadRequest(
                f"The parameters of the function {self.name} must be a JSON schema of the type "
                "object."
            )
        if not isinstance(schema.get("properties", {}), dict):
            raise BadRequest(
                f"The properties in the parameters of the function {self.name} must be an object."
            )
        if not isinstance(schema.get("required", []), list):
            raise BadRequest(
                f"What the parameters of the function {self.name} require must be a list of names."
            )


def _refuse_constant(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON")


def _refuse_duplicates(tools: tuple[ToolSpec, ...]) -> None:
    for name, count in Counter(spec.name for spec in tools).items():
        if count > 1:
            raise BadRequest(f"{count} functions have the same name, {name}.")


@dataclass(frozen=True, slots=True)
class LoadModel:
    """Load a checkpoint folder; without `folder` the embedded starter model.

    Without `weights` the engine picks what suits the device. Without `kv` what has been read is
    kept in full precision, unless a `context` of so many tokens is wished that only fits in 8 bits.
    Ends with `ModelReady` or `Failed`.
    A model already loaded is kept until the new one is ready to take its place. Requests of this
    or a higher priority that came before are answered first; what came before and has not ended
    when the new model is ready, being of a lower priority, ends with `Failed(ModelChanged)`.

    `resume_bytes` is how much of what is computed for conversations may be kept on disk, so that
    they go on after a restart as if there had been none. 0 removes what is kept, of all models;
    `None` neither reads nor writes it.
    """

    folder: Path | None = None
    weights: WeightsName | None = None
    request_id: str = field(default_factory=new_request_id)
    priority: Priority = Priority.WINDOW
    kv: KvName | None = None
    context: int | None = None
    resume_bytes: int | None = None

    def __post_init__(self) -> None:
        if self.context is not None and self.context < 1:
            raise BadRequest("The context wished must be at least 1 token.")


@dataclass(frozen=True, slots=True)
class UnloadModel:
    """Give the model's memory back at once. Ends with `ModelUnloaded` or `Failed`.

    What came before it, is not of a higher priority and has not ended, ends with
    `Failed(ModelChanged)`.
    """

    request_id: str = field(default_factory=new_request_id)
    priority: Priority = Priority.WINDOW


@dataclass(frozen=True, slots=True)
class Generate:
    """Answer the conversation `messages`, given whole and by value.

    Where the last message is the assistant's, it is continued from exactly where it stops.
    `tools` are the functions that the model may call, in any order. `drafting` lets a fast guess
    be checked several tokens at a time; it changes how soon the answer comes, not the answer.
    `thinking` lets the model think before it answers, or keeps it from that, where its chat
    template can be told so; `None` leaves it to the model.
    Ends with `Finished` or `Failed`. While a request of a higher priority is answered, this one
    stands still; among equals, turns alternate.
    """

    messages: tuple[Message, ...]
    sampling: SamplingParams = SamplingParams()
    limits: Limits = Limits()
    request_id: str = field(default_factory=new_request_id)
    tools: tuple[ToolSpec, ...] = ()
    drafting: bool = True
    priority: Priority = Priority.WINDOW
    thinking: bool | None = None

    def __post_init__(self) -> None:
        _refuse_duplicates(self.tools)


@dataclass(frozen=True, slots=True)
class CountTokens:
    """Count exactly what `messages` and `tools` would cost as a prompt.

    `thinking` is that of `Generate`: prompts differ by it. Ends with `TokensCounted` or `Failed`.
    Counting does not wait behind answers of its own or a lower priority: it is done between their
    steps.
    """

    messages: tuple[Message, ...]
    request_id: str = field(default_factory=new_request_id)
    tools: tuple[ToolSpec, ...] = ()
    priority: Priority = Priority.WINDOW
    thinking: bool | None = None

    def __post_init__(self) -> None:
        _refuse_duplicates(self.tools)


Request = LoadModel | UnloadModel | Generate | CountTokens
