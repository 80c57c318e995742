"""Speculative decoding's part beside the loop: which drafter, how long a draft, what it won."""

from __future__ import annotations

import logging
import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from statistics import median
from typing import TYPE_CHECKING

from engine.api.events import Drafts
from engine.decode.catching_up import ON_THE_WAY, CatchingUp
from engine.decode.draft_length import WEIGHED_EVERY, DraftLength, StepCosts
from engine.decode.drafters import LONG_MATCH, PromptLookup, Reader, TextIndex

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from engine.cache.kv_cache import KVCache
    from engine.decode.draft_model import DraftModel
    from engine.decode.drafters import Drafter
    from engine.decode.head_drafter import OwnDrafts

    # The tokens from the first on that may follow the history one after the other.
    Permitted = Callable[[Sequence[int]], Sequence[int]]

log = logging.getLogger(__name__)

_SHORT_LOOKUP = "prompt lookup, short matches"


def _any_token(tokens: Sequence[int]) -> Sequence[int]:
    return tokens


@dataclass(frozen=True, slots=True)
class Draft:
    """Tokens proposed by the drafter with this number, in so many seconds."""

    tokens: tuple[int, ...]
    by: int
    seconds: float


@dataclass(slots=True)
class DraftCounts:
    """What drafting did in one turn; seconds of plain steps one by one, others as sums.

    `drafted_s` is what drafts took to propose and to check, `beside_s` what led to no draft, but
    for looks into the text that found nothing.
    """

    proposed: int = 0
    accepted: int = 0
    drafts: int = 0
    drafted_s: float = 0.0
    beside_s: float = 0.0
    plain_s: list[float] = field(default_factory=list)
    by: dict[str, int] = field(default_factory=dict)

    @property
    def forwards(self) -> int:
        """How often the model ran."""
        return self.drafts + len(self.plain_s)

    @property
    def tokens(self) -> int:
        """Tokens that came of it."""
        return self.forwards + self.accepted

    def saved_s(self, usual_plain_s: float | None) -> float:
        """Seconds won against plain steps as they were in this very turn, negative if lost.

        A turn without a plain step is held against the model's usual one.
        """
        plain = median(self.plain_s) if self.plain_s else usual_plain_s or 0.0
        return (self.drafts + self.accepted) * plain - self.drafted_s - self.beside_s


class DraftingMemory:
    """What a loaded model's turns have taught about drafting; kept from turn to turn.

    `given_up` has the drafters that failed, which are not asked again, and why.
    """

    def __init__(self, row_limits: Sequence[int] = ()) -> None:
        self.costs = StepCosts(row_limits)
        self.catching_up = CatchingUp()
        self.given_up: dict[str, str] = {}
        self._lengths: dict[str, DraftLength] = {}

    def length_for(self, drafter: str) -> DraftLength:
        """The length chooser of a drafter."""
        return self._lengths.setdefault(drafter, DraftLength(self.costs))

    def give_up(self, drafter: str, fault: Exception) -> None:
        """Ask a drafter no more: it raised `fault`."""
        self.given_up[drafter] = (
            f"The {drafter} failed ({type(fault).__name__}) and is not used any more. "
            "Loading the model again tries it anew."
        )


class DraftSources:
    """Everything that can draft for a loaded model.

    `row_limits` are as `StepCosts` has them. `head` drafts from what the model itself computes.
    """

    def __init__(
        self,
        draft_model: DraftModel | None = None,
        row_limits: Sequence[int] = (),
        head: OwnDrafts | None = None,
    ) -> None:
        self._draft_model = draft_model
        self._head = head
        self._memory = DraftingMemory(row_limits)

    def make_room(self) -> None:
        """Give up what can be computed again."""
        if self._draft_model is not None:
            self._draft_model.clear()

    @contextmanager
    def turn(self, prompt: Sequence[int], cache: KVCache) -> Iterator[Drafting]:
        """Drafting for one turn that begins with `prompt` in `cache`.

        Text that agrees over some tokens goes on in the same way more often than text that agrees
        over few, so the two are drafters that learn apart.
        """
        index, stack = TextIndex(), ExitStack()
        drafters: list[Drafter] = [PromptLookup(shortest=LONG_MATCH, index=index)]
        drafters += self._begin_model(prompt, stack)
        if self._head is not None:
            drafters.append(self._head.drafter(cache))
        drafters.append(PromptLookup(_SHORT_LOOKUP, longest=LONG_MATCH - 1, index=index))
        drafting = Drafting(drafters, self._memory, index)
        try:
            yield drafting
        finally:
            drafting.weigh()
            self._end_model(stack)
            self._memory.catching_up.note_answer(drafting.counts.tokens)

    def _begin_model(self, prompt: Sequence[int], stack: ExitStack) -> Sequence[Drafter]:
        if self._draft_model is None:
            return ()
        try:
            return (stack.enter_context(self._draft_model.drafter(prompt)),)
        except Exception as fault:
            log.exception("a draft model could not begin")
            self._drop_model(fault)
            return ()

    def _end_model(self, stack: ExitStack) -> None:
        try:
            stack.close()
        except Exception as fault:
            log.exception("a draft model could not end")
            self._drop_model(fault)
        if self._draft_model is not None and self._draft_model.name in self._memory.given_up:
            self._draft_model = None

    def _drop_model(self, fault: Exception) -> None:
        """Its memory is free from here on, and the answer goes on without it."""
        assert self._draft_model is not None
        self._memory.give_up(self._draft_model.name, fault)
        self._draft_model = None


class Drafting:
    """Drafts for one turn: by the drafter that has gained most lately of those with an idea.

    An `index` that all lookups share is filled with the prompt after the answer's first token.
    """

    def __init__(
        self,
        drafters: Sequence[Drafter],
        memory: DraftingMemory,
        index: TextIndex | None = None,
    ) -> None:
        self._drafters = tuple(drafters)
        self._memory = memory
        self._index, self._prompt_read = index, index is None
        self._lengths = [memory.length_for(drafter.name) for drafter in drafters]
        # Asking an object for its kind takes longer than a look into a text.
        self._readers = [d if isinstance(d, Reader) else None for d in self._drafters]
        self._given_up_before = frozenset(memory.given_up)
        self._order = list(range(len(self._drafters)))
        self._ready: Sequence[tuple[int, int]] | None = None
        self._only_lookups = False
        self._plain_steps, self._plain_s = 0, 0.0
        self.counts = DraftCounts()

    @property
    def drafts(self) -> Drafts:
        """What drafting has done so far, as an event holds it."""
        c = self.counts
        return Drafts(
            c.proposed,
            c.accepted,
            c.forwards,
            c.saved_s(self._memory.costs.plain),
            tuple(sorted(c.by.items())),
            self._note(),
        )

    def propose(self, tokens: Sequence[int], permitted: Permitted = _any_token) -> Draft | None:
        """A draft of what follows `tokens`, or `None` where a plain step is better.

        What is not `permitted` is cut before anything is computed for it.
        """
        self._read_prompt(tokens)
        if self._memory.costs.plain_is_due:
            return None
        asked = self._asked()
        if self._nothing_repeats(tokens):
            return None
        for number, most in asked:
            drafter, length = self._drafters[number], self._lengths[number]
            if not self._caught_up(number, tokens):
                continue
            begun = time.perf_counter()
            proposed = permitted(self._ask(drafter, tokens, most))
            took = time.perf_counter() - begun
            if proposed:
                return Draft(tuple(proposed), number, took)
            self.counts.beside_s += took
            length.note_in_vain(took)
            if length.waits:
                self._ready = None
        return None

    def note_plain(self, seconds: float) -> None:
        """A forward of one row took so long."""
        self.counts.plain_s.append(seconds)
        costs = self._memory.costs
        first = costs.plain is None
        costs.note(1, seconds)
        self._plain_steps += 1
        self._plain_s += seconds
        if self._plain_steps >= WEIGHED_EVERY or first:
            self.weigh()

    def weigh(self) -> None:
        """Tell the drafters' lengths of the plain steps since the last time, and choose anew.

        Done at every step this would be most of what text pays that nobody can foresee.
        """
        for length in self._lengths:
            length.note_plain(self._plain_s, self._plain_steps)
        self._plain_steps, self._plain_s = 0, 0.0
        self._ready = None

    def note_draft(self, draft: Draft, accepted: int, seconds: float) -> None:
        """A draft was checked in one forward, and so many of its tokens were right."""
        counts, proposed = self.counts, len(draft.tokens)
        self.weigh()
        self._memory.costs.note(proposed + 1, seconds)
        self._lengths[draft.by].note_draft(proposed, accepted, draft.seconds)
        self._order.sort(key=lambda number: -self._lengths[number].gain)
        name = self._drafters[draft.by].name
        counts.by[name] = counts.by.get(name, 0) + accepted
        counts.proposed += proposed
        counts.accepted += accepted
        counts.drafts += 1
        counts.drafted_s += draft.seconds + seconds

    def _asked(self) -> Sequence[tuple[int, int]]:
        """Who is asked for how many tokens, in order; none of those that wait."""
        if self._ready is None:
            lengths = [(number, self._lengths[number].best()) for number in self._order]
            self._ready = [(number, most) for number, most in lengths if most]
            asked = [self._drafters[number] for number, _ in self._ready]
            self._only_lookups = bool(asked) and all(isinstance(d, PromptLookup) for d in asked)
        given_up = self._memory.given_up
        if not given_up:
            return self._ready
        return [pair for pair in self._ready if self._drafters[pair[0]].name not in given_up]

    def _nothing_repeats(self, tokens: Sequence[int]) -> bool:
        """Whether all who would be asked look into the shared index, and nothing is found there.

        It is so at most steps of most answers, and a look is not worth a clock.
        """
        index = self._index if self._only_lookups else None
        return index is not None and index.match(tokens) is None

    def _read_prompt(self, tokens: Sequence[int]) -> None:
        """Fill the index once, on no drafter's account."""
        if not self._prompt_read and self._index is not None:
            begun = time.perf_counter()
            self._index.match(tokens)
            self._prompt_read = True
            self.counts.beside_s += time.perf_counter() - begun

    def _ask(self, drafter: Drafter, tokens: Sequence[int], most: int) -> Sequence[int]:
        """What `drafter` proposes. One that fails must not take the answer with it."""
        try:
            return drafter.propose(tokens, most)
        except Exception as fault:
            log.exception("a drafter failed")
            self._memory.give_up(drafter.name, fault)
            return ()

    def _caught_up(self, number: int, tokens: Sequence[int]) -> bool:
        """Whether little is missing, which is read on the way. Else some is read, if it pays."""
        reader = self._readers[number]
        if reader is None or (behind := reader.behind(tokens)) <= ON_THE_WAY:
            return True
        catching_up, win_s = self._memory.catching_up, self._lengths[number].win_s()
        if not catching_up.pays(behind, self.counts.tokens, win_s):
            return False
        begun = time.perf_counter()
        try:
            read = reader.read_on(tokens)
        except Exception as fault:
            log.exception("a drafter failed")
            self._memory.give_up(self._drafters[number].name, fault)
            return False
        took = time.perf_counter() - begun
        self.counts.beside_s += took
        if read:
            catching_up.note_reading(read, took)
        return reader.behind(tokens) <= ON_THE_WAY

    def _note(self) -> str:
        """Why less is drafted than could be, in words."""
        given_up = self._memory.given_up
        notes = [given_up[name] for name in given_up if name not in self._given_up_before]
        waiting = [
            drafter.name
            for drafter, length in zip(self._drafters, self._lengths, strict=True)
            if length.waits
        ]
        if waiting:
            notes.append(f"Cost more than it saved and waits: {'; '.join(waiting)}.")
        return " ".join(notes)
