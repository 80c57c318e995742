"""Whether a drafter should read what it has missed: only where drafts are likely to repay it.

Reading is an outlay, drafts are the return. Nobody knows how long an answer will be, so it is
thought to become as long as answers have been lately, and later as long again as it already is.
"""

from __future__ import annotations

# So many missing tokens are read with the next draft, so many more between two steps of the model.
ON_THE_WAY = 8
AT_ONCE = 64
_FIRST_ANSWER = 64.0
_ANSWER_MEMORY = 0.8
_COST_MEMORY = 0.7
# Other drafters take the easiest tokens, so that not all of the return is this one's.
_SHARE = 0.5


class CatchingUp:
    """What reading costs one drafter, and how long answers are; kept from turn to turn."""

    def __init__(self) -> None:
        self._token_s: float | None = None
        self._answer = _FIRST_ANSWER

    def pays(self, missing: int, said: int, win_s: float) -> bool:
        """Whether to read `missing` tokens now that `said` tokens of an answer are there.

        `win_s` is what a drafted token saves. Before reading was timed, a first piece is read.
        """
        left = max(self._answer - said, said)
        return missing * (self._token_s or 0.0) <= _SHARE * left * win_s

    def note_reading(self, tokens: int, seconds: float) -> None:
        """So many tokens were read in `seconds`."""
        token_s = seconds / tokens
        if self._token_s is None:
            self._token_s = token_s
        seen = min(token_s, 3 * self._token_s)
        self._token_s += (1 - _COST_MEMORY) * (seen - self._token_s)

    def note_answer(self, tokens: int) -> None:
        """An answer ended with so many tokens."""
        self._answer += (1 - _ANSWER_MEMORY) * (tokens - self._answer)
