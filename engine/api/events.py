"""What the engine says while it works. Each request ends with exactly one terminal event."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeGuard

if TYPE_CHECKING:
    from pathlib import Path

    from engine.api.errors import EngineError
    from engine.api.messages import Detail
    from engine.api.requests import KvName, WeightsName

FinishReason = Literal["stop", "length", "cancelled"]
# How a model writes calls of functions; "none" where its chat template knows none.
DialectName = Literal["hermes", "qwen_xml", "gemma4", "none"]


# What a piece of text belongs to: the answer, the thought before it, or the marks around that.
PartName = Literal["answer", "thought", "mark"]
# Whether a model thinks before it answers, and whether its chat template can be told to.
ThinkingName = Literal["none", "always", "switch"]
AbilityName = Literal["pictures", "functions", "chunks", "reuse"]


@dataclass(frozen=True, slots=True)
class Switched:
    """Something that is switched off for a model, and why, in a sentence."""

    ability: AbilityName
    reason: str


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """A loaded model as it really runs. `device_name` is the card's or processor's own name.

    `dialect` is how it writes calls in its answers, for whoever takes them apart. `switched_off` is
    what was found not to work when the model was met first, `not_tried` in words what was not
    looked at then. `max_context` is what the model declares or what fits into memory, whichever is
    less. `kv` says how what has been read is kept, `context_plan` what a context takes, in words.
    `draft_bytes` is the size of the model that drafts for it, 0 where there is none. `thinking`
    says whether it thinks before it answers; where that can be switched, `thinks_unasked` is what
    it does when nothing is said about it.
    """

    name: str
    folder: Path
    family: str
    weights: WeightsName
    device: str
    device_name: str
    dtype: str
    attention: str
    max_context: int
    parameters: int
    weight_bytes: int
    load_s: float
    notes: tuple[str, ...] = ()
    dialect: DialectName = "hermes"
    switched_off: tuple[Switched, ...] = ()
    not_tried: tuple[str, ...] = ()
    kv: KvName = "full"
    context_plan: str = ""
    draft_bytes: int = 0
    thinking: ThinkingName = "none"
    thinks_unasked: bool = False


@dataclass(frozen=True, slots=True)
class MemoryUse:
    """Bytes in use now. Graphics figures are 0 where the model runs on the processor."""

    process_bytes: int
    gpu_used_bytes: int = 0
    gpu_total_bytes: int = 0


@dataclass(frozen=True, slots=True)
class Usage:
    """Token counts of one turn. `image_tokens` is the share of `prompt_tokens` that is pictures.

    `reused_tokens` of the prompt were already computed. Where fewer could be reused than the
    conversation has in common with an earlier turn, `reuse_note` says why.
    """

    prompt_tokens: int
    reused_tokens: int
    completion_tokens: int
    image_tokens: int
    reuse_note: str = ""


@dataclass(frozen=True, slots=True)
class Timings:
    """Durations and rates of one turn; `None` where nothing was measured.

    `ttft_s` runs from submit to the first delta, queue and prefill included. `prefill_tok_s`
    counts computed prompt tokens only, `decode_tok_s` the tokens after the first. `paused_s` is how
    long the turn, once begun, stood still while others were served: `total_s` has it, rates do not.
    """

    queue_s: float
    total_s: float
    ttft_s: float | None = None
    prefill_tok_s: float | None = None
    decode_tok_s: float | None = None
    paused_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Queued:
    """The request waits: `ahead` others must end before it begins.

    Told once, and again with every step forward among the last ten.
    """

    request_id: str
    ahead: int


@dataclass(frozen=True, slots=True)
class ModelProgress:
    """A model is loading. `total_bytes` is 0 while it is not yet known."""

    request_id: str
    step: str
    loaded_bytes: int
    total_bytes: int


@dataclass(frozen=True, slots=True)
class PrefillProgress:
    """The prompt is being read: `done_tokens` of `total_tokens`, `reused_tokens` included in both.

    `tok_s` is the rate so far, `left_s` how long the rest is expected to take; both are `None`
    before the first chunk is through.
    """

    request_id: str
    done_tokens: int
    total_tokens: int
    reused_tokens: int
    tok_s: float | None = None
    left_s: float | None = None


@dataclass(frozen=True, slots=True)
class TextDelta:
    """More of the answer: whole characters only. `tokens` is how many tokens it took so far.

    `part` is what it belongs to; all parts in the order of their coming are the whole text.
    """

    request_id: str
    text: str
    tokens: int
    part: PartName = "answer"


@dataclass(frozen=True, slots=True)
class ModelReady:
    """Terminal event of `LoadModel`."""

    request_id: str
    model: ModelInfo
    memory: MemoryUse


@dataclass(frozen=True, slots=True)
class ModelUnloaded:
    """Terminal event of `UnloadModel`."""

    request_id: str
    memory: MemoryUse


@dataclass(frozen=True, slots=True)
class Seen:
    """What a model sees of a picture: about so many pixels, as so many tokens of a prompt."""

    width: int
    height: int
    tokens: int


@dataclass(frozen=True, slots=True)
class PictureSeen:
    """How the loaded model sees the picture with the digest `sha256`, at each detail."""

    sha256: str
    low: Seen
    standard: Seen
    full: Seen

    def at(self, detail: Detail) -> Seen:
        """What is seen at `detail`."""
        return {"low": self.low, "standard": self.standard, "full": self.full}[detail]


@dataclass(frozen=True, slots=True)
class TokensCounted:
    """Terminal event of `CountTokens`.

    `prompt_tokens` is the whole prompt, template included; `image_tokens` the pictures' share;
    `last_message_tokens` what the last message alone adds. Were it asked now, `reusable_tokens` of
    the prompt would not be computed again, and reading the rest would take about `read_s` seconds;
    `None` before this model has read anything. `pictures` are those of the last message, in order.
    """

    request_id: str
    prompt_tokens: int
    image_tokens: int
    last_message_tokens: int
    max_context: int
    reusable_tokens: int = 0
    read_s: float | None = None
    pictures: tuple[PictureSeen, ...] = ()


@dataclass(frozen=True, slots=True)
class Drafts:
    """What speculative decoding did in one turn.

    Of `proposed` tokens `accepted` were the model's own choice too, `by` which drafter; the model
    ran `forwards` times after the prompt. `saved_s` are the seconds won, negative if lost, against
    plain steps of the same turn. `note` says why less was drafted than could have been.
    """

    proposed: int
    accepted: int
    forwards: int
    saved_s: float
    by: tuple[tuple[str, int], ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Finished:
    """Terminal event of `Generate`, and of any request that was cancelled.

    `text` is what this request added, thought and marks included, not the part of the answer that
    it went on from. `drafts` is `None` where nothing was drafted.
    """

    request_id: str
    reason: FinishReason
    text: str
    usage: Usage
    timings: Timings
    memory: MemoryUse
    drafts: Drafts | None = None


@dataclass(frozen=True, slots=True)
class Failed:
    """Terminal event of any request that could not be carried out. `text` is what was answered."""

    request_id: str
    error: EngineError
    text: str = ""


TerminalEvent = ModelReady | ModelUnloaded | TokensCounted | Finished | Failed
Event = Queued | ModelProgress | PrefillProgress | TextDelta | TerminalEvent


def is_terminal(event: Event) -> TypeGuard[TerminalEvent]:
    """Whether `event` is the last one of its request."""
    return isinstance(event, ModelReady | ModelUnloaded | TokensCounted | Finished | Failed)
