"""How long the rest of a prompt will take, told from the chunks read so far.

A chunk costs so much for each token, and so much for each earlier token that each of its own looks
at: a straight part and one that grows. Both rates are fitted to the times of all chunks.
"""

from __future__ import annotations


class Pace:
    """Takes in the time of each chunk; knows the time of those to come."""

    def __init__(self, start: int) -> None:
        self._done = start
        # Sums over chunks of tokens², tokens × looks, looks², tokens × time and looks × time.
        self._nn = self._nk = self._kk = self._nt = self._kt = 0.0

    def note(self, done: int, seconds: float) -> None:
        """The chunk up to `done` tokens took `seconds`."""
        tokens, looks = done - self._done, _looks(self._done, done)
        self._done = done
        self._nn += tokens * tokens
        self._nk += tokens * looks
        self._kk += looks * looks
        self._nt += tokens * seconds
        self._kt += looks * seconds

    def left_s(self, total: int) -> float | None:
        """Seconds until `total` tokens are read; `None` before the first chunk."""
        if not self._nn:
            return None
        token_s, look_s = self._rates()
        return token_s * (total - self._done) + look_s * _looks(self._done, total)

    def _rates(self) -> tuple[float, float]:
        """Least squares for seconds a token and seconds a look, neither below nothing."""
        spread = self._nn * self._kk - self._nk * self._nk
        # Chunks all at one place, or only one, do not tell the two apart.
        if spread > 1e-9 * self._nn * self._kk:
            token_s = (self._nt * self._kk - self._kt * self._nk) / spread
            look_s = (self._kt * self._nn - self._nt * self._nk) / spread
            if token_s >= 0 and look_s >= 0:
                return token_s, look_s
            if token_s < 0:
                return 0.0, self._kt / self._kk
        return self._nt / self._nn, 0.0


def _looks(start: int, end: int) -> float:
    """How many tokens the tokens [start, end) look at together, each at all before it."""
    return (end - start) * (start + end) / 2
