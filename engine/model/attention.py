"""Causal attention without a mask, and without keys and values in any second form.

For a chunk of new tokens against everything before, transformers builds a mask of new × all tokens,
turns it into numbers for each layer, and repeats keys and values for each query head. On a
processor that took more than half of attention's time and more memory than the keys themselves.
Here the queries meet the past, which all of them see whole, and their own chunk, of which each
sees its part, one after the other; the two results are put together by their log-sum-exp
(Dao et al. 2022, arXiv:2205.14135, section 3.1). The same way the past can come in pieces, which is
how a layer of 8-bit numbers is read.

Everything else, windows, pictures that see both ways and graphics cards, goes the stock way.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import torch
from transformers import AttentionInterface, AttentionMaskInterface
from transformers.integrations.sdpa_attention import sdpa_attention_forward
from transformers.masking_utils import sdpa_mask

from engine.cache.int8 import HELD_BY, Int8Layer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from transformers import PreTrainedModel

NAME = "tanka_in_pieces"
# Up to so many queries, torch's fused kernel spends most of its time preparing bfloat16 keys.
_FEW_ROWS = 16
# Scores of few rows are computed in one piece while they take no more than so many bytes.
_SCORES_BYTES = 2**20
_ROUNDED_SCORES_BYTES = 2**24
# About how many bytes of keys a piece of unpacked numbers takes: what a processor's cache holds.
_PIECE_BYTES = 2**20


def attend_in_pieces(model: PreTrainedModel) -> bool:
    """Let the language part of `model` attend as below; False where it has an attention of its own.

    Then it cannot read 8-bit keys and values either.
    """
    AttentionInterface.register(NAME, _attention)
    AttentionMaskInterface.register(NAME, _mask)
    config = model.config
    if config.get_text_config()._attn_implementation not in ("sdpa", NAME):  # noqa: SLF001
        return False
    within = "text_config" in config.sub_configs
    model.set_attn_implementation({"text_config": NAME} if within else NAME)
    return True


def _mask(
    q_length: int,
    kv_length: int,
    q_offset: int = 0,
    kv_offset: int = 0,
    attention_mask: torch.Tensor | None = None,
    local_size: int | None = None,
    device: torch.device | str = "cpu",
    *,
    allow_is_causal_skip: bool = True,
    **others: Any,  # noqa: ANN401 - transformers' own arguments
) -> torch.Tensor | None:
    """No mask where tokens simply see all before them on a processor; else the stock one."""
    plain = allow_is_causal_skip and attention_mask is None and local_size is None
    whole = kv_offset == 0 and q_offset + q_length == kv_length
    if plain and whole and torch.device(device).type == "cpu":
        return None
    mask: torch.Tensor | None = sdpa_mask(
        q_length=q_length,
        kv_length=kv_length,
        q_offset=q_offset,
        kv_offset=kv_offset,
        attention_mask=attention_mask,
        local_size=local_size,
        device=device,
        allow_is_causal_skip=allow_is_causal_skip,
        **others,
    )
    return mask


def _attention(
    module: torch.nn.Module,
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    attention_mask: torch.Tensor | None,
    scaling: float | None = None,
    is_causal: bool | None = None,
    **others: Any,  # noqa: ANN401 - transformers' own arguments
) -> tuple[torch.Tensor, None]:
    """Outputs of shape (1, new, query heads, head size); see transformers' AttentionInterface."""
    held: Int8Layer | None = getattr(key, HELD_BY, None)
    new, total = query.shape[-2], key.shape[-2]
    causal = bool(module.is_causal if is_causal is None else is_causal)
    if attention_mask is None and causal and (total > new or held is not None):
        if _has_kernel(query, value, others):
            if held is None and _is_little(query, total):
                return _all_at_once(query, key, value, scaling).transpose(1, 2), None
            if held is None and new == 1 and query.dtype == torch.float32:
                return _flash(query, key, value, scaling)[0].transpose(1, 2), None
            parts = _Parts(key, value, held)
            return attend(query, parts, scaling).transpose(1, 2).contiguous(), None
        if new > 1:
            attention_mask = lower_right(new, total, query.device)
    if held is not None:
        key, value = held.whole()
    stock: tuple[torch.Tensor, None] = sdpa_attention_forward(
        module,
        query,
        key,
        value,
        attention_mask,
        scaling=scaling,
        is_causal=is_causal,
        **others,
    )
    return stock


def _has_kernel(query: torch.Tensor, value: torch.Tensor, others: dict[str, object]) -> bool:
    """Whether `attend` can compute this: on a processor, one head size, nothing out of the way."""
    if others.get("dropout") or others.get("position_bias") is not None:
        return False
    return query.device.type == "cpu" and query.shape[-1] == value.shape[-1]


def lower_right(new: int, total: int, device: torch.device) -> torch.Tensor:
    """Which of `total` tokens the last `new` see, (1, 1, new, total): those before, themselves."""
    everything = torch.ones(1, 1, new, total, dtype=torch.bool, device=device)
    return everything.tril_(total - new)


class _Parts:
    """Keys and values of a conversation's tokens, as tensors or in the pieces of `held`."""

    def __init__(self, key: torch.Tensor, value: torch.Tensor, held: Int8Layer | None) -> None:
        self._key, self._value, self._held = key, value, held
        self.total = key.shape[-2]

    def between(
        self, start: int, end: int, most: int
    ) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
        """Pieces of the tokens [start, end), each (1, key heads, tokens, head size).

        Of tensors they have `most` tokens at most, of 8-bit numbers as many as unpack into a cache.
        """
        if self._held is None:
            for first in range(start, end, max(1, most)):
                last = min(first + most, end)
                yield self._key[..., first:last, :], self._value[..., first:last, :]
            return
        if start == end:
            return
        token_bytes = self._key.shape[1] * self._key.shape[3] * self._key.element_size()
        yield from self._held.pieces(start, end, max(64, _PIECE_BYTES // token_bytes))

    def one(self, start: int, end: int) -> tuple[torch.Tensor, torch.Tensor]:
        """The tokens [start, end) in one piece."""
        if self._held is None:
            return self._key[..., start:end, :], self._value[..., start:end, :]
        ((key, value),) = self._held.pieces(start, end, end - start)
        return key, value


def attend(query: torch.Tensor, parts: _Parts, scaling: float | None) -> torch.Tensor:
    """Outputs for the last tokens' queries, (1, query heads, new, head size), of the same shape."""
    new = query.shape[-2]
    # A single token sees all of them alike, itself included.
    seen_by_all = parts.total if new == 1 else parts.total - new
    result = _Result()
    few = query.dtype == torch.bfloat16 and new <= _FEW_ROWS
    see = _products if few else _flash
    most = _ROUNDED_SCORES_BYTES // (4 * query.shape[1] * new) if few else seen_by_all
    for key, value in parts.between(0, seen_by_all, most):
        result.add(*see(query, key, value, scaling))
    if new > 1:
        result.add(*_flash(query, *parts.one(seen_by_all, parts.total), scaling, causal=True))
    return result.outputs.to(query.dtype)


def _flash(
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    scaling: float | None,
    *,
    causal: bool = False,
) -> tuple[torch.Tensor, torch.Tensor]:
    """Outputs, and log-sum-exp of the scores of (1, query heads, new); several heads share a key.

    It is what `scaled_dot_product_attention` calls on a processor, but that hides the second part.
    """
    outputs, logsumexp = torch.ops.aten._scaled_dot_product_flash_attention_for_cpu(  # noqa: SLF001
        query, key, value, 0.0, causal, attn_mask=None, scale=scaling
    )
    return outputs, logsumexp


def _is_little(query: torch.Tensor, total: int) -> bool:
    """Whether plain products over all tokens at once beat torch's fused kernel.

    They do for few rows, but for a single one of float32, while the scores stay in the processor's
    cache. In bfloat16 they do for longer.
    """
    heads, new = query.shape[1:3]
    if new > _FEW_ROWS or (new == 1 and query.dtype == torch.float32):
        return False
    most = _SCORES_BYTES if query.dtype == torch.float32 else _ROUNDED_SCORES_BYTES
    return heads * new * total * 4 <= most


def _all_at_once(
    query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, scaling: float | None
) -> torch.Tensor:
    """Outputs for the last tokens' queries against all keys, with a softmax in float32."""
    (heads, total), (new, size) = key.shape[1:3], query.shape[-2:]
    together = query.reshape(heads, -1, size)  # all queries that share a key's head
    scores = torch.bmm(together, key[0].transpose(1, 2)).float()
    scores.mul_(size**-0.5 if scaling is None else scaling)
    if new > 1:
        scores.view(heads, -1, new, total)[..., -new:].add_(_hidden(new))
    return torch.bmm(scores.softmax(dim=-1).to(value.dtype), value[0]).view(query.shape)


@lru_cache(_FEW_ROWS)
def _hidden(new: int) -> torch.Tensor:
    """What hides from each of `new` tokens those after it, added to scores of (new, new)."""
    return torch.full((new, new), -torch.inf).triu_(1)


def _products(
    query: torch.Tensor, key: torch.Tensor, value: torch.Tensor, scaling: float | None
) -> tuple[torch.Tensor, torch.Tensor]:
    """As `_flash`, by two plain products: 2 to 20 times faster for a few rows of bfloat16.

    Scores are rounded to bfloat16 before the softmax, which is computed in float32: as in
    transformers' own `eager` attention.
    """
    heads, size = key.shape[1], query.shape[-1]
    together = query.reshape(heads, -1, size)  # all queries that share a key's head
    scores = torch.bmm(together, key[0].transpose(1, 2)).float()
    scores.mul_(size**-0.5 if scaling is None else scaling)
    logsumexp = scores.logsumexp(dim=-1, keepdim=True)
    shares = scores.sub_(logsumexp).exp_().to(value.dtype)
    return torch.bmm(shares, value[0]).view(query.shape), logsumexp.view(query.shape[:-1])


class _Result:
    """What attention over several sets of keys comes to, taken in one after the other."""

    def __init__(self) -> None:
        self._logsumexp: torch.Tensor | None = None

    def add(self, outputs: torch.Tensor, logsumexp: torch.Tensor) -> None:
        """Take in outputs (1, heads, new, size) and the log-sum-exp of their scores."""
        if self._logsumexp is None:
            self.outputs, self._logsumexp = outputs, logsumexp
            return
        share = torch.sigmoid(logsumexp - self._logsumexp)[..., None]
        self.outputs = torch.lerp(self.outputs.float(), outputs.float(), share)
        self._logsumexp = torch.logaddexp(self._logsumexp, logsumexp)
