"""Which tokens may come next: what a grammar says to the choice of tokens, and to drafts.

A mask is asked before everything else that forms a choice. Where several tokens are drafted it is
walked along them and back again, so that what it forbids is never fed to the model.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import torch

if TYPE_CHECKING:
    from collections.abc import Sequence


class TokenMask(Protocol):
    """The tokens that may follow those of the answer so far; one object for one answer.

    Made so that matchers of grammars fit behind it with a line or two for each method.
    """

    @property
    def stopped(self) -> bool:
        """Whether the answer is complete and nothing may follow."""

    def compute_mask(self) -> torch.Tensor:
        """Shape (tokens,), bool, on the processor: true for those that may come next.

        Ids beyond its end are forbidden, since a model may score more ids than a tokenizer has.
        Where the answer may end here, the tokens that end one are allowed. Later calls leave the
        tensor as it is. Not called once it has `stopped`.
        """

    def consume(self, token: int) -> None:
        """Go on by `token`, which is allowed."""

    def rollback(self, count: int) -> None:
        """Take back the last `count` tokens consumed; as if they had never been."""


class MaskWalk:
    """Where an answer stands in its mask. A position's mask is computed once, drafted or not."""

    def __init__(self, mask: TokenMask) -> None:
        self._mask = mask
        # Tokens that were walked along and back, and the masks here and after each of them.
        self._path: list[int] = []
        self._known: list[torch.Tensor] = []

    @property
    def finished(self) -> bool:
        """Whether the answer must end here."""
        return self._mask.stopped or not bool(self._current().any())

    def apply(self, logits: torch.Tensor) -> torch.Tensor:
        """`logits`, shape (vocabulary,), with -inf for every token that is forbidden now."""
        allowed = self._current()[: len(logits)]
        scores = torch.full_like(logits, -torch.inf)
        scores[: len(allowed)] = logits[: len(allowed)].masked_fill(~allowed, -torch.inf)
        return scores

    def permitted(self, tokens: Sequence[int]) -> tuple[int, ...]:
        """The tokens from the first on that may follow each other here."""
        self._path, self._known = [], [self._current()]
        try:
            for token in tokens:
                if token >= len(self._known[-1]) or not self._known[-1][token]:
                    break
                self._mask.consume(token)
                self._path.append(token)
                if self._mask.stopped:
                    break
                self._known.append(self._mask.compute_mask())
        finally:
            self._mask.rollback(len(self._path))
        return tuple(self._path)

    def take(self, token: int) -> None:
        """The answer goes on by `token`."""
        self._mask.consume(token)
        if self._path and self._path[0] == token:
            del self._path[0], self._known[0]
        else:
            self._path, self._known = [], []

    def _current(self) -> torch.Tensor:
        if not self._known:
            self._known = [self._mask.compute_mask()]
        return self._known[0]
