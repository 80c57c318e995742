"""What of a wished context fits into this machine's memory, and how what is read is kept.

Arithmetic on a model's shape, which `engine.model.shape` reads from its folder; no model has to be
loaded, and neither torch nor transformers is imported. Every part is counted as the engine
really keeps it: storage grows in steps, windows keep up to twice their size, a second turn copies
a layer's storage into a larger one, a chunk's numbers stand beside it all.

Features of pictures are not counted: a picture's are small beside the tokens it stands for.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.cache.storage import capacity_for

if TYPE_CHECKING:
    from engine.api.requests import KvName, WeightsName

GB = 1024**3
_MB = 1024**2
# Of the memory free beside the weights, a quarter may hold other conversations
# (`engine.worker`) and a tenth is left to other programs.
_FOR_ONE_CONVERSATION = 0.65
# A conversation has about so many places to return to, where its layers need such places.
_CHECKPOINTS = 6
# Bytes of one number in each way of keeping weights; the scales of 4-bit ones included.
_PACKED_BYTES = {"bnb_nf4": 0.5 + 1 / 64 + 4 / 16_384, "int4pack": 0.5 + 4 / 32}
# A scale beside each key's and each value's 8-bit numbers.
_SCALE_BYTES = 2
# Rows of logits that a draft under check takes, each in the model's dtype and as fp32.
_DRAFTED = 8
# What a draft model reads at once of what it has missed.
_DRAFT_CHUNK = 64
# The allocator keeps about as much freed memory between a chunk's numbers as they take.
_LOOSE = 2
# The tokenizer, and what libraries take at the first forward.
_RUNTIME_BYTES = 6 * _MB


@dataclass(frozen=True, slots=True)
class LayerShape:
    """What one layer remembers: keys and values of tokens, or states of so many numbers.

    `window` is `None` where all tokens are kept. Recurrent states are fp32 in any model.
    """

    heads: int = 0
    head_size: int = 0
    window: int | None = None
    conv_values: int = 0
    recurrent_values: int = 0


@dataclass(frozen=True, slots=True)
class ModelShape:
    """The sizes of a model that its memory follows from, as counts of numbers.

    4-bit weights pack `packed_values` of them, the largest matrix among those having
    `largest_matrix`, keep `head_values` in 8 bits and `other_values` as they are; `saved_bytes` is
    the size of weights that are packed in their files already. `live_values` is how many a chunk
    has at once for each token, `query_values` how many the queries of one token have. `draft` is
    the model that drafts.
    """

    layers: tuple[LayerShape, ...]
    packed_values: int
    other_values: int
    largest_matrix: int
    live_values: int
    query_values: int
    vocabulary: int
    max_context: int
    saved_bytes: int | None = None
    head_values: int = 0
    draft: ModelShape | None = None


@dataclass(frozen=True, slots=True)
class Target:
    """Where and how the model would run. `chunk` is how many tokens are read at once.

    `weight_bytes` is what the weights take, where that is known.
    """

    device: str
    number_bytes: int
    weights: WeightsName
    chunk: int
    weight_bytes: int | None = None


@dataclass(frozen=True, slots=True)
class ContextPlan:
    """What a context of `tokens` takes, in bytes, with the last read kept as `kv`.

    `most_tokens` is the longest context that fits, 0 where not even the weights do.
    `growth_bytes` is what a layer's storage takes a second time while it becomes larger.
    `notes` say in words what is less than it could be, and why.
    """

    tokens: int
    most_tokens: int
    kv: KvName
    weight_bytes: int
    kv_bytes: int
    state_bytes: int
    checkpoint_bytes: int
    working_bytes: int
    growth_bytes: int
    notes: tuple[str, ...] = ()

    @property
    def total_bytes(self) -> int:
        """All of it."""
        return self.weight_bytes + self.read_bytes + self.working_bytes + self.growth_bytes

    @property
    def read_bytes(self) -> int:
        """What has been read: keys and values, states, and the places to return to."""
        return self.kv_bytes + self.state_bytes + self.checkpoint_bytes

    @property
    def sentence(self) -> str:
        """The plan for people."""
        total, *parts = _sizes(
            self.total_bytes,
            self.weight_bytes,
            self.read_bytes,
            self.working_bytes + self.growth_bytes,
        )
        return (
            f"A context of {self.tokens:,} tokens takes {total}: {parts[0]} weights, {parts[1]} "
            f"for what has been read, {parts[2]} working space."
        )


def plan(
    shape: ModelShape,
    target: Target,
    available_bytes: int,
    wished: int | None = None,
    kv: KvName | None = None,
) -> ContextPlan:
    """Plan for `wished` tokens, or as many as fit, with `available_bytes` free without the model.

    Without `kv` what is read stays in full precision, unless the wish fits in 8 bits only.
    """
    declared = shape.max_context
    wish = min(wished or declared, declared)
    chosen = kv or "full"
    if kv is None and wished is not None and _most(shape, target, available_bytes, "full") < wish:
        chosen = "int8"
    most = _most(shape, target, available_bytes, chosen)
    tokens = min(wish, most) or wish
    notes = _notes(declared, wished, most, available_bytes, forced=kv is None and chosen == "int8")
    return _parts(shape, target, tokens, most, chosen, notes)


def needed(shape: ModelShape, target: Target, tokens: int, kv: KvName = "full") -> ContextPlan:
    """What `tokens` would take, or as many as the model holds, whether or not they fit."""
    return _parts(shape, target, min(tokens, shape.max_context), 0, kv, ())


def _most(shape: ModelShape, target: Target, available_bytes: int, kv: KvName) -> int:
    """The longest context that fits, 0 for none."""

    def fits(tokens: int) -> bool:
        parts = _parts(shape, target, tokens, 0, kv, ())
        room = (available_bytes - parts.weight_bytes) * _FOR_ONE_CONVERSATION
        return parts.total_bytes - parts.weight_bytes <= room

    least, beyond = 0, shape.max_context + 1
    while beyond - least > 1:
        middle = (least + beyond) // 2
        least, beyond = (middle, beyond) if fits(middle) else (least, middle)
    return least


def _parts(
    shape: ModelShape,
    target: Target,
    tokens: int,
    most: int,
    kv: KvName,
    notes: tuple[str, ...],
) -> ContextPlan:
    number = target.number_bytes
    full = [layer for layer in shape.layers if layer.heads and layer.window is None]
    sliding = [layer for layer in shape.layers if layer.window is not None]
    kept = {layer: _storage_bytes(layer, target, tokens, kv) for layer in {*full, *sliding}}
    states = sum(x.conv_values * number + x.recurrent_values * 4 for x in shape.layers)
    windows = sum(
        2 * x.heads * x.head_size * number * min(tokens, (x.window or 1) - 1) for x in sliding
    )
    # Checkpoints of a card's cache are kept in main memory.
    checkpoints = _CHECKPOINTS * (states + windows) if target.device == "cpu" else 0
    growth = max((kept[layer] // 2 for layer in full), default=0)  # keys, then values
    return ContextPlan(
        tokens=tokens,
        most_tokens=most,
        kv=kv,
        weight_bytes=_weight_bytes(shape, target),
        kv_bytes=sum(kept[layer] for layer in (*full, *sliding)),
        state_bytes=states,
        checkpoint_bytes=checkpoints,
        working_bytes=_chunk_bytes(shape, target, tokens, kv) + _draft_bytes(shape, target, tokens),
        growth_bytes=growth,
        notes=notes,
    )


def _draft_bytes(shape: ModelShape, target: Target, tokens: int) -> int:
    """Everything a draft model takes; it runs in full precision and reads as much, or all it can.

    The runtime is there already.
    """
    draft = shape.draft
    if draft is None:
        return 0
    beside = Target(target.device, target.number_bytes, "full", min(_DRAFT_CHUNK, target.chunk))
    read = min(tokens, draft.max_context)
    return _parts(draft, beside, read, 0, "full", ()).total_bytes - _RUNTIME_BYTES


def _storage_bytes(layer: LayerShape, target: Target, tokens: int, kv: KvName) -> int:
    """Keys and values of one layer."""
    kept = tokens
    if layer.window is not None:
        kept = min(tokens, max(2 * layer.window, layer.window - 1 + target.chunk))
    vector = layer.head_size * target.number_bytes
    if layer.window is None and kv == "int8":
        vector = layer.head_size + _SCALE_BYTES
    return 2 * layer.heads * vector * capacity_for(kept)


def _weight_bytes(shape: ModelShape, target: Target) -> int:
    if target.weight_bytes is not None:
        return target.weight_bytes
    if shape.saved_bytes is not None:
        return shape.saved_bytes
    packed = _PACKED_BYTES.get(target.weights, target.number_bytes)
    others = shape.other_values * target.number_bytes + shape.head_values
    return int(shape.packed_values * packed + others)


def _chunk_bytes(shape: ModelShape, target: Target, tokens: int, kv: KvName) -> int:
    """What one chunk takes while it is read, beside the storage that stays."""
    number, chunk = target.number_bytes, min(target.chunk, tokens)
    unpacked = 0 if target.weights == "full" else shape.largest_matrix
    logits = _DRAFTED * shape.vocabulary * (number + 4)
    beside = [_seen_bytes(shape, layer, target, tokens, kv) for layer in shape.layers]
    return (
        number * (_LOOSE * chunk * shape.live_values + unpacked)
        + logits
        + max(beside, default=0)
        + _RUNTIME_BYTES
    )


def _seen_bytes(
    shape: ModelShape, layer: LayerShape, target: Target, tokens: int, kv: KvName
) -> int:
    """What attention takes for each token that a chunk looks at.

    The stock attention builds a mask, turns it into numbers, and repeats keys and values for each
    query head; full layers on a processor are read in place (`engine.model.attention`).
    """
    if not layer.heads or (layer.window is None and target.device == "cpu"):
        return 0
    chunk = min(target.chunk, tokens)
    seen = tokens if layer.window is None else min(tokens, layer.window - 1 + chunk)
    repeated = 0 if shape.query_values == layer.heads * layer.head_size else shape.query_values
    unpacked = layer.heads * layer.head_size if layer.window is None and kv == "int8" else 0
    number = target.number_bytes
    return seen * (chunk * (1 + number) + 2 * number * (repeated + unpacked))


def _notes(
    declared: int, wished: int | None, most: int, available_bytes: int, *, forced: bool
) -> tuple[str, ...]:
    notes = []
    if wished is not None and wished > declared:
        notes.append(f"The model holds {declared:,} tokens at most.")
    if forced:
        notes.append("What has been read is kept as 8-bit numbers, so that more of it fits.")
    (free,) = _sizes(max(0, available_bytes))
    if not most:
        notes.append(f"The model does not fit: {free} of memory are free.")
    elif most < declared:
        notes.append(
            f"{free} of memory are free, enough for a context of {most:,} tokens; the model "
            f"could hold {declared:,}."
        )
    return tuple(notes)


def _sizes(*counts: int) -> tuple[str, ...]:
    """Counts of bytes in one unit: GB where the largest has one, else MB."""
    if max(counts) >= GB:
        return tuple(f"{count / GB:.1f} GB" for count in counts)
    return tuple(f"{round(count / _MB):,} MB" for count in counts)
