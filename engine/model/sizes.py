"""From a language model's dimensions to the shape that `engine.model.plan` plans with.

Pure arithmetic on plain numbers: `engine.model.shape` takes them from transformers' settings of a
folder, `engine.catalogue.sizes` from a `config.json` alone, of a model that is not here yet.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from engine.model.plan import LayerShape, ModelShape

# Tanka plans for no more than this, whatever a model declares, and for so much where it does not.
_MOST_CONTEXT = 262_144
_UNDECLARED_CONTEXT = 2_048


@dataclass(frozen=True, slots=True)
class LayerSizes:
    """What one layer remembers: see `engine.cache.layer_kinds`. `heads` are those of its keys."""

    kind: Literal["full", "sliding", "linear"]
    heads: int = 0
    head_size: int = 0
    window: int | None = None


@dataclass(frozen=True, slots=True)
class Recurrence:
    """The dimensions of recurrent layers. `kernel` is how many inputs their convolution sees."""

    key_heads: int
    key_size: int
    value_heads: int
    value_size: int
    kernel: int

    @property
    def keys(self) -> int:
        """How many numbers the keys of one token have."""
        return self.key_heads * self.key_size

    @property
    def values(self) -> int:
        """How many numbers the values of one token have."""
        return self.value_heads * self.value_size


@dataclass(frozen=True, slots=True)
class TextSizes:
    """The dimensions of a model's language part.

    `layers` are those that keep a memory. Linear ones are short convolutions that keep
    `convolution` inputs, or recurrences. `context` is what the model declares, `None` for nothing.
    """

    hidden: int
    intermediate: int
    attention_heads: int
    vocabulary: int
    context: int | None
    layers: tuple[LayerSizes, ...]
    convolution: int | None = None
    recurrence: Recurrence | None = None


@dataclass(frozen=True, slots=True)
class Counts:
    """How many numbers a model has, and how its weights would be kept.

    `values` are all, `packed` those kept in 4-bit, the largest matrix among them having `largest`;
    `head` those of a head in 8-bit. Where it is `tied`, the embedding keeps them too.
    `saved_bytes` is the size of weights that are packed in their files already.
    """

    values: int
    packed: int = 0
    largest: int = 0
    head: int = 0
    tied: bool = False
    saved_bytes: int | None = None


def shape_of(sizes: TextSizes, counts: Counts) -> ModelShape:
    """The shape of a model of these dimensions."""
    own_head = 0 if counts.tied else counts.head
    widest = max((layer.head_size for layer in sizes.layers if layer.kind != "linear"), default=0)
    return ModelShape(
        layers=tuple(_layer(sizes, layer) for layer in sizes.layers),
        packed_values=counts.packed,
        other_values=counts.values - counts.packed - own_head,
        largest_matrix=counts.largest,
        live_values=_live_values(sizes),
        query_values=sizes.attention_heads * widest,
        vocabulary=sizes.vocabulary,
        max_context=min(sizes.context or _UNDECLARED_CONTEXT, _MOST_CONTEXT),
        head_values=counts.head,
        saved_bytes=counts.saved_bytes,
    )


def _layer(sizes: TextSizes, layer: LayerSizes) -> LayerShape:
    if layer.kind != "linear":
        return LayerShape(heads=layer.heads, head_size=layer.head_size, window=layer.window)
    if sizes.recurrence is None:
        return LayerShape(conv_values=sizes.hidden * (sizes.convolution or 0))
    parts = sizes.recurrence
    return LayerShape(
        conv_values=(2 * parts.keys + parts.values) * parts.kernel,
        recurrent_values=parts.values * parts.key_size,
    )


def _live_values(sizes: TextSizes) -> int:
    """Numbers that stand at once for each token of a chunk, in the layer part with the most."""
    most = 3 * sizes.intermediate
    for layer in sizes.layers:
        if layer.kind != "linear":
            queries, keys = sizes.attention_heads * layer.head_size, layer.heads * layer.head_size
            most = max(most, 4 * queries + 6 * keys)
        elif sizes.recurrence is None:
            most = max(most, 7 * sizes.hidden)
        else:
            parts = sizes.recurrence
            most = max(most, 3 * (2 * parts.keys + parts.values) + 10 * parts.values)
    return 4 * sizes.hidden + most
