"""The choice of the next token from its logits."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from engine.decode.logits_processors import (
    keep_min_p,
    keep_top_k,
    keep_top_p,
    penalise_repetition,
)
from engine.decode.masks import MaskWalk

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from engine.api.requests import SamplingParams
    from engine.decode.masks import TokenMask


class NotANumber(ArithmeticError):
    """The model's scores hold NaN: nothing can be chosen from them."""


class Sampler:
    """Chooses tokens for one turn, with a random stream of its own.

    What `mask` forbids has no probability, and everything else works on what is left.
    """

    def __init__(
        self,
        params: SamplingParams,
        prompt_tokens: Iterable[int],
        mask: TokenMask | None = None,
    ) -> None:
        self._params = params
        self._mask = None if mask is None else MaskWalk(mask)
        self._seen = set(prompt_tokens) if params.repetition_penalty != 1.0 else set()
        self._random = torch.Generator()
        if params.seed is None:
            self._random.seed()
        else:
            self._random.manual_seed(params.seed)

    @property
    def finished(self) -> bool:
        """Whether nothing may be chosen any more."""
        return self._mask is not None and self._mask.finished

    def permitted(self, tokens: Sequence[int]) -> Sequence[int]:
        """The tokens from the first on that could be chosen one after the other."""
        return tokens if self._mask is None else self._mask.permitted(tokens)

    def choose(self, logits: torch.Tensor) -> int:
        """The next token id from `logits`, shape (vocabulary,), while not `finished`.

        Raises `NotANumber`.
        """
        if torch.isnan(logits).any():
            raise NotANumber("the model's scores are not numbers")
        scores = logits if self._mask is None else self._mask.apply(logits)
        scores = penalise_repetition(scores, self._seen, self._params.repetition_penalty)
        token = self._draw(scores) if self._params.temperature > 0 else int(scores.argmax())
        if self._mask is not None:
            self._mask.take(token)
        if self._params.repetition_penalty != 1.0:
            self._seen.add(token)
        return token

    def _draw(self, scores: torch.Tensor) -> int:
        weights = torch.softmax(self._filter(scores), -1)
        return int(torch.multinomial(weights, 1, generator=self._random))

    def _filter(self, scores: torch.Tensor) -> torch.Tensor:
        params = self._params
        # Shifting the best score to 0 first keeps small temperatures from overflowing.
        scores = (scores - scores.max()) / params.temperature
        if params.top_k is not None:
            scores = keep_top_k(scores, params.top_k)
        return keep_min_p(keep_top_p(scores, params.top_p), params.min_p)
