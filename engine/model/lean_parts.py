"""Attention and feed-forward parts in fewer steps, where they are of the usual kind.

The usual kind: queries, keys and values by three products, perhaps a norm for each head, rotation
by halves, attention, one product; and a gated feed-forward part. Products of the same input become
one, with the weights of the parts as views of it; the norms of all heads become one; a rotation is
three operations. Whether a part is of that kind is tried out: a part that says anything else than
its own module on random numbers is left as it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import torch
from torch.nn import functional
from transformers.modeling_utils import ALL_ATTENTION_FUNCTIONS

from engine.model.lean_conv import conv_of
from engine.model.weights.int4_layout import whole_block
from engine.model.weights.int4pack import Int4Linear

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    Product = Callable[[torch.Tensor], torch.Tensor]

# The largest difference, as a share of the part's own spread: rounding stays below.
_TOLERANCE_EXACT = 1e-4
_TOLERANCE_ROUNDED = 0.06
_PROBE_TOKENS = 5
# Names of queries, keys, values and the last product; of the norms of queries and keys.
_ATTENTION = (("q_proj", "k_proj", "v_proj", "o_proj"), ("q_proj", "k_proj", "v_proj", "out_proj"))
_NORMS = (("q_norm", "k_norm"), ("q_layernorm", "k_layernorm"))
# Names of the gate, of what it lets through, and of the last product.
_GATED = (("gate_proj", "up_proj", "down_proj"), ("w1", "w3", "w2"))


class Forward:
    """What all layers of one forward share, made ready by the first: rotation and attention."""

    def __init__(self) -> None:
        self._of: torch.Tensor | None = None
        self._cos = self._sin = torch.empty(0)
        self.attend: Callable[..., Any] = ALL_ATTENTION_FUNCTIONS["sdpa"]

    def begin(self, module: Any, cos: torch.Tensor, sin: torch.Tensor) -> None:  # noqa: ANN401
        """Take up the `cos` and `sin` of the tokens at hand, each (1, tokens, turned)."""
        if self._of is cos:
            return
        signed = sin.clone()
        signed[..., : sin.shape[-1] // 2].neg_()
        self._of, self._cos, self._sin = cos, cos.unsqueeze(1), signed.unsqueeze(1)
        self.attend = ALL_ATTENTION_FUNCTIONS[module.config._attn_implementation]  # noqa: SLF001

    def turn(self, states: torch.Tensor) -> torch.Tensor:
        """Rotate `states`, (1, heads, tokens, size); numbers of a head beyond `turned` stay."""
        turned = self._cos.shape[-1]
        if turned == states.shape[-1]:
            return torch.addcmul(states * self._cos, states.roll(turned // 2, -1), self._sin)
        return torch.cat((self.turn(states[..., :turned]), states[..., turned:]), dim=-1)


def lean_parts(network: torch.nn.Module) -> int:
    """Give the parts of `network` that are of the usual kind a forward in fewer steps."""
    forward = Forward()
    dtype = next(x.dtype for x in network.parameters() if x.is_floating_point())
    count = 0
    for module in network.modules():
        if any(_watched(part) for part in module.modules()):
            continue
        lean = (
            _attention_of(module, forward, dtype)
            or _gated_of(module, dtype)
            or conv_of(module, function_of)
        )
        if lean is not None:
            module.__dict__["forward"] = lean
            count += 1
    return count


@dataclass(frozen=True, slots=True)
class _Heads:
    """`weight` scales normed heads, (queries + keys, size); `None` where heads have no norm."""

    queries: int
    keys: int
    size: int
    weight: torch.Tensor | None
    epsilon: float

    def split(self, states: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Queries with keys, and values: each (1, tokens, heads, size)."""
        shape = (*states.shape[:-1], self.queries + 2 * self.keys, self.size)
        heads = states.view(shape)
        turned, values = heads[..., : self.queries + self.keys, :], heads[..., -self.keys :, :]
        if self.weight is not None:
            turned = torch.rms_norm(turned, (self.size,), None, self.epsilon) * self.weight
        return turned, values


def _attention_of(
    module: Any,  # noqa: ANN401
    forward: Forward,
    dtype: torch.dtype,
) -> Callable[..., Any] | None:
    names = next((n for n in _ATTENTION if all(hasattr(module, name) for name in n)), None)
    if names is None or not hasattr(module, "layer_idx") or "forward" in vars(module):
        return None
    joined = _Joined.of([getattr(module, name) for name in names[:3]])
    heads = None if joined is None else _heads(module, names)
    if joined is None or heads is None:
        return None
    last = function_of(getattr(module, names[3]))
    lean = partial(_attend, module, heads, joined.product, last, forward)
    hidden, angles = _probe(joined, heads.size, dtype)
    arguments: dict[str, Any] = {"position_embeddings": angles, "attention_mask": None}
    if not _same(
        joined, lambda: module(hidden, **arguments)[0], lambda: lean(hidden, **arguments)[0]
    ):
        return None
    joined.settle()
    return lean


def _attend(
    module: Any,  # noqa: ANN401 - transformers' modules carry no useful types
    heads: _Heads,
    product: Product,
    last: Product,
    forward: Forward,
    hidden_states: torch.Tensor,
    position_embeddings: tuple[torch.Tensor, torch.Tensor],
    attention_mask: torch.Tensor | None = None,
    past_key_values: Any = None,  # noqa: ANN401
    **others: Any,  # noqa: ANN401
) -> tuple[torch.Tensor, None]:
    """As the forward of transformers' attention modules."""
    forward.begin(module, *position_embeddings)
    turned, values = heads.split(product(hidden_states))
    turned = forward.turn(turned.transpose(1, 2))
    queries, keys = turned[:, : heads.queries], turned[:, heads.queries :]
    values = values.transpose(1, 2)
    if past_key_values is not None:
        keys, values = past_key_values.update(keys, values, module.layer_idx)
    seen, _ = forward.attend(
        module,
        queries,
        keys,
        values,
        attention_mask,
        dropout=0.0,
        scaling=module.scaling,
        sliding_window=getattr(module, "sliding_window", None),
        **others,
    )
    return last(seen.reshape(*hidden_states.shape[:-1], -1)), None


def _heads(module: Any, names: Sequence[str]) -> _Heads | None:  # noqa: ANN401
    size = getattr(module, "head_dim", None)
    if not isinstance(size, int):
        return None
    queries, keys = (getattr(module, name).out_features // size for name in names[:2])
    found = [n for n in _NORMS if hasattr(module, n[0])]
    if not found:
        return _Heads(queries, keys, size, None, 0.0)
    norms: list[Any] = [getattr(module, name, None) for name in found[0]]
    if any(
        norm is None or getattr(norm, "weight", torch.empty(0)).shape != (size,) for norm in norms
    ):
        return None
    weight = torch.cat([norms[0].weight.expand(queries, -1), norms[1].weight.expand(keys, -1)])
    epsilon = getattr(norms[0], "variance_epsilon", getattr(norms[0], "eps", None))
    return None if epsilon is None else _Heads(queries, keys, size, weight, float(epsilon))


def _gated_of(module: Any, dtype: torch.dtype) -> Product | None:  # noqa: ANN401
    names = next((n for n in _GATED if all(hasattr(module, name) for name in n)), None)
    if names is None or "forward" in vars(module):
        return None
    joined = _Joined.of([getattr(module, name) for name in names[:2]])
    if joined is None:
        return None
    activation = getattr(module, "act_fn", functional.silu)
    product, last = joined.product, function_of(getattr(module, names[2]))

    def lean(states: torch.Tensor) -> torch.Tensor:
        gate, value = product(states).chunk(2, dim=-1)
        return last(activation(gate) * value)

    hidden, _ = _probe(joined, 2, dtype)
    if not _same(joined, lambda: module(hidden), lambda: lean(hidden)):
        return None
    joined.settle()
    return lean


@dataclass(frozen=True, slots=True)
class _Joined:
    """Layers with the same input as one product; their weights become views of its own."""

    product: Product
    in_features: int
    settle: Callable[[], None]
    exact: bool

    @classmethod
    def of(cls, layers: Sequence[Any]) -> _Joined | None:
        """`None` where the layers cannot be one."""
        kinds = {(type(layer), getattr(layer, "bias", None) is None) for layer in layers}
        if kinds in ({(torch.nn.Linear, True)}, {(torch.nn.Linear, False)}):
            return _linear_together(layers)
        if kinds != {(Int4Linear, True)}:
            return None
        whole = all(layer.out_features % whole_block().rows == 0 for layer in layers)
        return _packed_together(layers) if whole else None


def _linear_together(layers: Sequence[torch.nn.Linear]) -> _Joined:
    weight = torch.cat([layer.weight for layer in layers])
    biased = layers[0].bias is not None
    bias = torch.cat([layer.bias for layer in layers]) if biased else None

    def settle() -> None:
        for layer, part in _parts(layers):
            layer.weight = torch.nn.Parameter(weight[part], requires_grad=False)
            if bias is not None:
                layer.bias = torch.nn.Parameter(bias[part], requires_grad=False)

    product = partial(functional.linear, weight=weight, bias=bias)
    return _Joined(product, weight.shape[1], settle, weight.dtype == torch.float32)


def _packed_together(layers: Sequence[Int4Linear]) -> _Joined:
    first = layers[0]
    packed = torch.cat([layer.packed for layer in layers])
    scales = torch.cat([layer.scales for layer in layers], dim=1)

    def settle() -> None:
        for layer, part in _parts(layers):
            layer.packed, layer.scales = packed[part], scales[:, part]

    joined = Int4Linear(packed, scales, first.unpack_from, first.unpacked_dtype)
    return _Joined(joined.forward, joined.in_features, settle, exact=False)


def _watched(module: torch.nn.Module) -> bool:
    return bool(module._forward_hooks or module._forward_pre_hooks)  # noqa: SLF001 - not public


def function_of(layer: Any) -> Product:  # noqa: ANN401
    """`layer` as a plain function, without looking for hooks that nobody has set."""
    if type(layer) is torch.nn.Linear:
        return partial(functional.linear, weight=layer.weight, bias=layer.bias)
    plain = type(layer) is Int4Linear or "forward" in vars(layer)
    product: Product = layer.forward if plain else layer
    return product


def _parts(layers: Sequence[Any]) -> Iterator[tuple[Any, slice]]:
    """Each layer with its rows of the whole."""
    start = 0
    for layer in layers:
        yield layer, slice(start, start + layer.out_features)
        start += layer.out_features


def _probe(
    joined: _Joined, size: int, dtype: torch.dtype
) -> tuple[torch.Tensor, tuple[torch.Tensor, torch.Tensor]]:
    """Random hidden states, and cosines and sines of random angles for heads of `size`."""
    draws = torch.Generator().manual_seed(0)
    hidden = torch.randn(1, _PROBE_TOKENS, joined.in_features, generator=draws).to(dtype)
    angles = torch.randn(1, _PROBE_TOKENS, size // 2, generator=draws).repeat(1, 1, 2)
    return hidden, (angles.cos().to(dtype), angles.sin().to(dtype))


@torch.no_grad()
def _same(
    joined: _Joined, module: Callable[[], torch.Tensor], lean: Callable[[], torch.Tensor]
) -> bool:
    try:
        wanted, found = module(), lean()
    except (RuntimeError, TypeError, ValueError, IndexError, AttributeError, KeyError):
        return False
    if wanted.shape != found.shape:
        return False
    most = _TOLERANCE_EXACT if joined.exact else _TOLERANCE_ROUNDED
    return float((wanted - found).abs().max()) <= most * float(wanted.float().std())
