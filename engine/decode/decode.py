"""The decode loop: choose a token, hand it out, feed it back. It knows ids and logits only.

With drafts, several tokens are fed at once and each is chosen anew from the model's own logits; a
draft counts as far as the choices agree with it. The choices are made one after the other by the
same sampler on the same scores, so what comes out follows the same distribution as without
drafts, and greedily it is the same text (Leviathan et al. 2023, arXiv:2211.17192, for drafts that
are certain of themselves).
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    from engine.cache.kv_cache import KVCache
    from engine.decode.drafting import Draft, Drafting
    from engine.decode.language_model import LanguageModel
    from engine.decode.sampler import Sampler


def decode(
    model: LanguageModel,
    logits: torch.Tensor,
    positions: torch.Tensor,
    cache: KVCache,
    sampler: Sampler,
) -> Generator[int, None, None]:
    """Yield token ids until the sampler has finished; the caller stops by closing the generator.

    `logits` are those of the prompt's last token and `positions`, shape (rows, prompt tokens), its
    positions: each new token stands one after the largest so far, on every row. A token is fed to
    the model only when the next one is asked for, so the last one yielded is not in the cache.
    """
    place = _Place(positions)
    while not sampler.finished:
        token = sampler.choose(logits)
        yield token
        if not sampler.finished:
            logits = model.forward((token,), place.take(1), cache)


def decode_with_drafts(
    model: LanguageModel,
    logits: torch.Tensor,
    positions: torch.Tensor,
    cache: KVCache,
    sampler: Sampler,
    drafting: Drafting,
    prompt: Sequence[int],
) -> Generator[int, None, None]:
    """As `decode`, with drafts. `prompt` are the tokens that `cache` holds.

    Closed at any time, the cache holds what was yielded but for the last token, as without drafts.
    """
    place, history = _Place(positions), list(prompt)
    token = None if sampler.finished else sampler.choose(logits)
    can_record = cache.can_record  # the same for all that follow what has been read
    while token is not None:
        history.append(token)
        yield token
        if sampler.finished:
            return
        draft = drafting.propose(history, sampler.permitted) if can_record else None
        begun = time.perf_counter()
        if draft is None:
            logits = model.forward((token,), place.take(1), cache)
            drafting.note_plain(time.perf_counter() - begun)
            token = sampler.choose(logits)
            continue
        check = _Check(model, cache, sampler, token, draft)
        rows = check.run(place.take(1 + len(draft.tokens)))
        took = time.perf_counter() - begun
        token = yield from check.agreed(rows, history)
        place.give_back(len(draft.tokens) - check.accepted)
        drafting.note_draft(draft, check.accepted, took)


class _Place:
    """Where the next tokens stand: one after the other on every row."""

    def __init__(self, positions: torch.Tensor) -> None:
        self._next = int(positions.max()) + 1 if positions.numel() else 0
        self._rows = positions.shape[0]

    def take(self, count: int) -> torch.Tensor:
        """Positions of the next `count` tokens, shape (rows, count)."""
        first, self._next = self._next, self._next + count
        return torch.arange(first, self._next, dtype=torch.long).expand(self._rows, -1)

    def give_back(self, count: int) -> None:
        """The last `count` tokens were not kept."""
        self._next -= count


class _Check:
    """One draft under check: a forward over the last token and the draft, then the choices."""

    def __init__(
        self,
        model: LanguageModel,
        cache: KVCache,
        sampler: Sampler,
        token: int,
        draft: Draft,
    ) -> None:
        self._model, self._cache, self._sampler = model, cache, sampler
        self._token, self._draft = token, draft
        self.accepted = 0

    def run(self, positions: torch.Tensor) -> torch.Tensor:
        """Logits after the last token and after each drafted one, (1 + drafted, vocabulary)."""
        self._cache.begin()
        return self._model.verify((self._token, *self._draft.tokens), positions, self._cache)

    def agreed(self, rows: torch.Tensor, history: list[int]) -> Generator[int, None, int | None]:
        """Yield the drafted tokens that the sampler chooses too; returns the first other choice.

        It returns `None` where the draft was the end of the answer. However this ends, the cache is
        left with the last token and those yielded, but for the last of these where that ends the
        answer or this is closed: a state that has seen it could not go on from the answer's end.
        """
        try:
            for row, drafted in zip(rows, self._draft.tokens, strict=False):
                chosen = self._sampler.choose(row)
                if chosen != drafted:
                    return chosen
                self.accepted += 1
                history.append(chosen)
                yield chosen
            if not self._sampler.finished:
                return self._sampler.choose(rows[-1])
            self.accepted -= 1
            return None
        except GeneratorExit:
            self.accepted -= 1
            raise
        finally:
            self._cache.commit(1 + self.accepted)
