"""How many tokens to draft next: as many as have paid lately, and none where drafting loses.

A draft of k tokens costs one forward of k + 1 rows. With an acceptance rate a it yields
(1 - a^(k+1)) / (1 - a) tokens on average (Leviathan et al. 2023, arXiv:2211.17192, equation 1).
Both the rate and what forwards cost are moving averages, so the length follows the text and the
machine: a card whose kernel ends at four rows teaches its own step.
"""

from __future__ import annotations

from bisect import bisect_left, insort

# Candidates for the length; longer ones than tried so far are tried one after the other.
_LENGTHS = (1, 2, 3, 4, 6, 8, 11, 15)
_FIRST_LENGTH = 3
# What a further row is thought to cost, as a share of a plain step, until it has been measured.
_ROW_SHARE = 0.1
_COST_MEMORY = 0.8
_RATE_MEMORY = 0.9
_FIRST_RATE = 0.7
# After so many drafts a plain step is measured anew, first sooner and later more seldom.
_FIRST_PATIENCE = 1
_MOST_PATIENCE = 64
# Of the first forwards of a size the fastest counts: a machine warms up.
_FIRST_ONES = 3
# Drafting may have lost no more than this share of all the time spent, or it waits.
_LOSS_ALLOWED = 0.02


class StepCosts:
    """Seconds of a forward by its number of rows, as moving averages."""

    def __init__(self) -> None:
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
        at = bisect_left(self._rows, rows)
        if at < len(self._rows):
            low, high = self._rows[at - 1], self._rows[at]
            share = (rows - low) / (high - low)
            return self._seconds[low] + share * (self._seconds[high] - self._seconds[low])
        last = self._rows[-1]
        slope = self.plain * _ROW_SHARE
        if last > 1:
            slope = max(slope, (self._seconds[last] - self.plain) / (last - 1))
        return self._seconds[last] + slope * (rows - last)


class DraftLength:
    """The length for one drafter; keeps what it learnt from turn to turn."""

    def __init__(self, costs: StepCosts) -> None:
        self._costs = costs
        self._rate = _FIRST_RATE
        self._longest = _FIRST_LENGTH
        self._spent = 0.0
        self._won = 0.0

    @property
    def won_s(self) -> float:
        """Seconds that drafting has saved so far, negative where it lost."""
        return self._won

    def best(self) -> int:
        """Tokens to draft now; 0 where a plain step is the better choice."""
        plain = self._costs.plain
        if plain is None or self._won < -_LOSS_ALLOWED * self._spent:
            return 0
        gains = {k: self._gain(k) for k in _LENGTHS if k <= self._longest}
        best = max(gains, key=lambda k: gains[k])
        return best if gains[best] > 1 else 0

    def note_plain(self, seconds: float) -> None:
        """A step without a draft took so long."""
        self._spent += seconds

    def note_in_vain(self, seconds: float) -> None:
        """The drafter took so long and proposed nothing."""
        self._spent += seconds
        self._won -= seconds

    def note_draft(self, proposed: int, accepted: int, seconds: float) -> None:
        """A draft was checked; `seconds` include proposing it."""
        assert self._costs.plain is not None
        self._spent += seconds
        self._won += (accepted + 1) * self._costs.plain - seconds
        for hit in (*(True,) * accepted, *(False,) * (accepted < proposed)):
            self._rate += (1 - _RATE_MEMORY) * (hit - self._rate)
        if accepted == proposed == self._longest:
            self._longest = next((k for k in _LENGTHS if k > proposed), self._longest)

    def _gain(self, length: int) -> float:
        """Tokens a second with drafts of `length`, over those of plain steps."""
        assert self._costs.plain is not None
        rate = min(self._rate, 0.999)
        tokens = (1 - rate ** (length + 1)) / (1 - rate)
        return tokens * self._costs.plain / self._costs.of(length + 1)
