"""Memory for one turn of a model whose layers we know nothing about: transformers' own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from transformers.cache_utils import Cache, CacheLayerMixin, DynamicCache, DynamicLayer

from engine.cache.kv_cache import Checkpoint, KVCache

if TYPE_CHECKING:
    from collections.abc import Mapping

    import torch
    from transformers import PreTrainedConfig


class TurnCache(KVCache):
    """It grows while one answer is made, and is then let go: it can neither be cut nor returned to.

    `consistent` is always False, so that the prefix store never keeps it.
    """

    def __init__(self, config: PreTrainedConfig) -> None:
        layers = DynamicCache(config=config).layers
        Cache.__init__(
            self, **({"layers": layers} if layers else {"layer_class_to_replicate": DynamicLayer})
        )
        self._config = config

    @property
    def length(self) -> int:
        """Tokens held by the layers that count them."""
        counting = [layer for layer in self.layers if isinstance(layer, CacheLayerMixin)]
        return max((int(layer.get_seq_length()) for layer in counting), default=0)

    @property
    def consistent(self) -> bool:
        """Not to be kept."""
        return False

    @property
    def surely_held(self) -> int:
        """Nothing that could be of use to anyone else."""
        return 0

    def abort(self, places: Mapping[int, Checkpoint], most: int) -> int:
        """There is no way back."""
        del places, most
        return 0

    @property
    def nbytes(self) -> int:
        """Bytes of all keys and values."""
        held: list[torch.Tensor | None] = []
        for layer in self.layers:
            held += [getattr(layer, "keys", None), getattr(layer, "values", None)]
        return sum(tensor.nbytes for tensor in held if tensor is not None)

    @property
    def floor(self) -> int:
        """There is no way back."""
        return self.length

    @property
    def truncates_anywhere(self) -> bool:
        """True, as nothing is to be gained by stopping for checkpoints."""
        return True

    @property
    def steps_back(self) -> bool:
        """True, as nothing is to be gained by computing the last token alone."""
        return True

    @property
    def can_record(self) -> bool:
        """No token can be taken back, so there are no drafts."""
        return False

    def reserve(self, tokens: int) -> None:
        """Growing is left to transformers."""

    def checkpoint(self, *, whole: bool = False, back: int = 0) -> Checkpoint:
        """The length alone."""
        del whole
        return Checkpoint(self.length - back)

    def restore(self, checkpoint: Checkpoint) -> None:
        """Refuse: see the class."""
        if checkpoint.length != self.length:
            raise ValueError("this cache cannot be brought back")

    def fork(self, checkpoint: Checkpoint) -> KVCache:
        """Only an empty one can be made."""
        if checkpoint.length:
            raise ValueError("this cache cannot be copied")
        return TurnCache(self._config)
