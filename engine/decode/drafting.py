"""Speculative decoding's part beside the loop: which drafter, how long a draft, what it won."""

from __future__ import annotations

import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from engine.api.events import Drafts
from engine.decode.draft_length import DraftLength, StepCosts
from engine.decode.drafters import PromptLookup

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from engine.cache.kv_cache import KVCache
    from engine.decode.draft_model import DraftModel
    from engine.decode.drafters import Drafter
    from engine.decode.head_drafter import OwnDrafts


@dataclass(frozen=True, slots=True)
class Draft:
    """Tokens proposed by the drafter with this number, in so many seconds."""

    tokens: tuple[int, ...]
    by: int
    seconds: float


@dataclass(slots=True)
class DraftCounts:
    """What drafting did in one turn. `won_s` is an estimate: seconds saved, negative if lost."""

    proposed: int = 0
    accepted: int = 0
    forwards: int = 0
    won_s: float = 0.0
    by: dict[str, int] = field(default_factory=dict)


class DraftingMemory:
    """What a loaded model's turns have taught about drafting; kept from turn to turn."""

    def __init__(self) -> None:
        self.costs = StepCosts()
        self._lengths: dict[str, DraftLength] = {}

    def length_for(self, drafter: str) -> DraftLength:
        """The length chooser of a drafter."""
        return self._lengths.setdefault(drafter, DraftLength(self.costs))


class DraftSources:
    """Everything that can draft for a loaded model."""

    def __init__(
        self, draft_model: DraftModel | None = None, head: OwnDrafts | None = None
    ) -> None:
        self._draft_model = draft_model
        self._head = head
        self._memory = DraftingMemory()

    @contextmanager
    def turn(self, prompt: Sequence[int], cache: KVCache) -> Iterator[Drafting]:
        """Drafting for one turn that begins with `prompt` in `cache`, the free drafter first."""
        with ExitStack() as stack:
            drafters: list[Drafter] = [PromptLookup()]
            if self._draft_model is not None:
                drafters.append(stack.enter_context(self._draft_model.drafter(prompt)))
            if self._head is not None:
                drafters.append(self._head.drafter(cache))
            yield Drafting(drafters, self._memory)


class Drafting:
    """Drafts for one turn. The first drafter that has an idea and has paid lately is asked."""

    def __init__(self, drafters: Sequence[Drafter], memory: DraftingMemory) -> None:
        self._drafters = tuple(drafters)
        self._memory = memory
        self._lengths = [memory.length_for(drafter.name) for drafter in drafters]
        self.counts = DraftCounts()

    @property
    def drafts(self) -> Drafts:
        """What drafting has done so far, as an event holds it."""
        c = self.counts
        return Drafts(c.proposed, c.accepted, c.forwards, c.won_s, tuple(sorted(c.by.items())))

    def propose(self, tokens: Sequence[int]) -> Draft | None:
        """A draft of what follows `tokens`, or `None` where a plain step is better."""
        if self._memory.costs.plain_is_due:
            return None
        for number, (drafter, length) in enumerate(zip(self._drafters, self._lengths, strict=True)):
            most = length.best()
            if not most:
                continue
            begun = time.perf_counter()
            proposed = drafter.propose(tokens, most)
            took = time.perf_counter() - begun
            if proposed:
                return Draft(tuple(proposed), number, took)
            length.note_in_vain(took)
            self.counts.won_s -= took
        return None

    def note_plain(self, seconds: float) -> None:
        """A forward of one row took so long."""
        self.counts.forwards += 1
        self._memory.costs.note(1, seconds)
        for length in self._lengths:
            length.note_plain(seconds)

    def note_draft(self, draft: Draft, accepted: int, seconds: float) -> None:
        """A draft was checked in one forward, and so many of its tokens were right."""
        counts, length = self.counts, self._lengths[draft.by]
        self._memory.costs.note(len(draft.tokens) + 1, seconds)
        before = length.won_s
        length.note_draft(len(draft.tokens), accepted, draft.seconds + seconds)
        name = self._drafters[draft.by].name
        counts.by[name] = counts.by.get(name, 0) + accepted
        counts.proposed += len(draft.tokens)
        counts.accepted += accepted
        counts.forwards += 1
        counts.won_s += length.won_s - before
