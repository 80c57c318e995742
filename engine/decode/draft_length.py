"""How many tokens to draft next: as many as have paid lately, and none where drafting loses.

A draft of k tokens costs proposing them and one forward of k + 1 rows. With an acceptance rate a
it yields (1 - a^(k+1)) / (1 - a) tokens on average (Leviathan et al. 2023, arXiv:2211.17192,
equation 1). The rate and all costs are moving averages, so the length follows the text and the
machine. Where a kernel ends at a number of rows is known beforehand, so that a draft does not run
into that step to find it.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

# Candidates for the length; longer ones than tried so far are tried one after the other.
_LENGTHS = (1, 2, 3, 4, 6, 8, 11, 15)
_FIRST_LENGTH = 3
# What a further row is thought to cost, as a share of a plain step, until it has been measured;
# and what going beyond a kernel's limit costs.
_ROW_SHARE = 0.1
_LIMIT_SHARE = 1.0
_COST_MEMORY = 0.8
_RATE_MEMORY = 0.9
_FIRST_RATE = 0.7
# After so many drafts a plain step is measured anew, first sooner and later more seldom.
_FIRST_PATIENCE = 1
_MOST_PATIENCE = 64
# Of the first forwards of a size the fastest counts: a machine warms up.
_FIRST_ONES = 3
# By how much a low rate is forgotten with each step that goes by without a draft.
_HOPE = 0.002
# Drafting may have lost no more than this share of the time spent lately, and so many plain steps
# to try it out, or it waits. So many steps are "lately".
_LOSS_ALLOWED = 0.005
_TRIAL_STEPS = 2
_LATELY = 512
# After how many plain steps lengths are weighed anew.
WEIGHED_EVERY = 8


class StepCosts:
    """Seconds of a forward by its number of rows, as moving averages.

    `limits` are the numbers of rows up to which a kernel of the weights serves; one row more is
    another kernel's work, and what is known of one says little of the other.
    """

    def __init__(self, limits: Sequence[int] = ()) -> None:
        self.limits = tuple(sorted(limits))
        self._seconds: dict[int, float] = {}
        self._rows: list[int] = []
        self._since_plain = 0
        self._patience = _FIRST_PATIENCE
        self._first_ones: dict[int, int] = {}

    @property
    def plain(self) -> float | None:
        """Seconds of a step of one row, once there was one."""
        return self._seconds.get(1)

    @property
    def plain_is_due(self) -> bool:
        """Whether a plain step should be measured before the next draft.

        A drafter that always has an idea would else be held against a first step for ever, and
        first steps are slow.
        """
        return self._since_plain >= self._patience

    def note(self, rows: int, seconds: float) -> None:
        """Take in one more forward."""
        self._since_plain = 0 if rows == 1 else self._since_plain + 1
        if rows == 1:
            self._patience = min(2 * self._patience, _MOST_PATIENCE)
        if rows not in self._seconds:
            insort(self._rows, rows)
            self._seconds[rows] = seconds
        if self._first_ones.setdefault(rows, 0) < _FIRST_ONES:
            self._first_ones[rows] += 1
            self._seconds[rows] = min(seconds, self._seconds[rows])
            return
        # A single slow step (another program's turn) must not count for long.
        seen = min(seconds, 3 * self._seconds[rows])
        self._seconds[rows] += (1 - _COST_MEMORY) * (seen - self._seconds[rows])

    def of(self, rows: int) -> float:
        """What so many rows should cost, on a line through the nearest numbers known."""
        assert self.plain is not None
        if rows in self._seconds:
            return self._seconds[rows]
        served = self._served_by(rows)
        known = [other for other in self._rows if self._served_by(other) == served]
        if not known:
            limit = self.limits[served - 1]
            return self.of(limit) + self.plain * (_LIMIT_SHARE + _ROW_SHARE * (rows - limit))
        at = bisect_left(known, rows)
        if at == 0:
            return self._seconds[known[0]]
        if at < len(known):
            low, high = known[at - 1], known[at]
            share = (rows - low) / (high - low)
            return self._seconds[low] + share * (self._seconds[high] - self._seconds[low])
        first, last = known[0], known[-1]
        slope = self.plain * _ROW_SHARE
        if last > first:
            rise = self._seconds[last] - self._seconds[first]
            slope = max(slope, rise / (last - first))
        return self._seconds[last] + slope * (rows - last)

    def _served_by(self, rows: int) -> int:
        """The number of the kernel that serves so many rows."""
        return bisect_left(self.limits, rows)


class DraftLength:
    """The length for one drafter; keeps what it learnt from turn to turn."""

    def __init__(self, costs: StepCosts) -> None:
        self._costs = costs
        fitting = {limit - 1 for limit in costs.limits if 1 < limit <= _LENGTHS[-1]}
        self._lengths = sorted({*_LENGTHS, *fitting})
        self._rate = _FIRST_RATE
        self._longest = _FIRST_LENGTH
        self._proposing_s: float | None = None
        self._spent = 0.0
        self._won = 0.0
        # The choice as of some steps ago: weighing all lengths takes longer than looking at none.
        self._chosen: tuple[int, float] | None = None
        self._plain_steps = 0

    @property
    def won_s(self) -> float:
        """Seconds that drafting has saved lately, negative where it lost."""
        return self._won

    @property
    def waits(self) -> bool:
        """Whether drafts have lost too much lately."""
        plain = self._costs.plain or 0.0
        return self._won < -_LOSS_ALLOWED * self._spent - _TRIAL_STEPS * plain

    @property
    def gain(self) -> float:
        """Tokens a second with drafts of the best length, over those of plain steps."""
        return 0.0 if self._costs.plain is None else self._choice()[1]

    def best(self) -> int:
        """Tokens to draft now; 0 where a plain step is the better choice."""
        if self._costs.plain is None or self.waits:
            return 0
        best, gain = self._choice()
        return best if gain > 1 else 0

    def win_s(self) -> float:
        """Seconds that a token of the answer should cost less with drafts of the best length."""
        gain = self.gain
        return (self._costs.plain or 0.0) * (1 - 1 / gain) if gain > 1 else 0.0

    def note_plain(self, seconds: float, steps: int = 1) -> None:
        """So many steps without a draft took so long together."""
        self._balance(seconds, 0.0, steps)
        self._rate += steps * _HOPE * max(0.0, _FIRST_RATE - self._rate)
        self._plain_steps += steps
        if self._plain_steps >= WEIGHED_EVERY:
            self._plain_steps = 0
            self._chosen = None

    def note_in_vain(self, seconds: float) -> None:
        """The drafter took so long and proposed nothing."""
        self._spent += seconds
        self._won -= seconds

    def note_draft(self, proposed: int, accepted: int, proposing_s: float = 0.0) -> None:
        """A draft was proposed in `proposing_s` seconds; checking it was noted with the costs."""
        assert self._costs.plain is not None
        asked, _ = self._choice()
        proposing_s = proposed * self._note_proposing(proposing_s / proposed)
        # As long as such drafts usually take: another program's turn is no loss of this one's.
        took = self._costs.of(proposed + 1) + proposing_s
        self._balance(took, (accepted + 1) * self._costs.plain - took)
        for hit in (*(True,) * accepted, *(False,) * (accepted < proposed)):
            self._rate += (1 - _RATE_MEMORY) * (hit - self._rate)
        if accepted == proposed == asked:
            self._longest = next((k for k in self._lengths if k > self._longest), self._longest)
        self._chosen = None

    def _balance(self, spent: float, won: float, steps: int = 1) -> None:
        """Add to what was spent and won, and forget a little of both."""
        kept = 1 - steps / _LATELY
        self._spent = kept * self._spent + spent
        # Time that was won once must not pay for losing much later.
        self._won = min(kept * self._won + won, _LOSS_ALLOWED * self._spent)

    def _note_proposing(self, token_s: float) -> float:
        """Take in what proposing a token took; returns what it takes usually."""
        if self._proposing_s is None:
            self._proposing_s = token_s
        seen = min(token_s, 3 * self._proposing_s)
        self._proposing_s += (1 - _COST_MEMORY) * (seen - self._proposing_s)
        return self._proposing_s

    def _choice(self) -> tuple[int, float]:
        """The best length and its gain."""
        if self._chosen is None:
            gains = {k: self._gain(k) for k in self._lengths if k <= self._longest}
            best = max(gains, key=lambda k: gains[k])
            self._chosen = best, gains[best]
        return self._chosen

    def _gain(self, length: int) -> float:
        assert self._costs.plain is not None
        rate = min(self._rate, 0.999)
        tokens = (1 - rate ** (length + 1)) / (1 - rate)
        seconds = self._costs.of(length + 1) + length * (self._proposing_s or 0.0)
        return tokens * self._costs.plain / seconds
