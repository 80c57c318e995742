"""How long reading takes: told from the chunks read so far, for the rest and for later prompts.

A chunk costs so much for each token, and so much for each earlier token that each of its own looks
at: a straight part and one that grows. Both rates are fitted to the times of all chunks.
"""

from __future__ import annotations

# What was measured counts half as much with each prompt that follows.
_FADING = 0.5


class ReadingRates:
    """Both rates, fitted to the chunks that were added. Times are in seconds."""

    def __init__(self) -> None:
        # Sums over chunks of tokens², tokens × looks, looks², tokens × time and looks × time.
        self._nn = self._nk = self._kk = self._nt = self._kt = 0.0

    def add(self, start: int, end: int, seconds: float) -> None:
        """Reading the tokens [start, end) of a prompt took `seconds`."""
        tokens, looks = end - start, _looks(start, end)
        self._nn += tokens * tokens
        self._nk += tokens * looks
        self._kk += looks * looks
        self._nt += tokens * seconds
        self._kt += looks * seconds

    def fade(self) -> None:
        """Another prompt begins: let what is measured from now on count more."""
        self._nn *= _FADING
        self._nk *= _FADING
        self._kk *= _FADING
        self._nt *= _FADING
        self._kt *= _FADING

    def seconds(self, start: int, end: int) -> float | None:
        """How long the tokens [start, end) would take; `None` before anything was added."""
        if not self._nn:
            return None
        token_s, look_s = self._rates()
        return token_s * (end - start) + look_s * _looks(start, end)

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


class Pace:
    """Follows one prompt: takes in the time of each chunk; knows the time of those to come.

    What is measured is added to `lasting`, which tells of the time before the first chunk.
    """

    def __init__(self, start: int, lasting: ReadingRates | None = None) -> None:
        self._done = start
        self._own = ReadingRates()
        self._lasting = lasting or ReadingRates()
        self._lasting.fade()

    def note(self, done: int, seconds: float) -> None:
        """The chunk up to `done` tokens took `seconds`."""
        self._own.add(self._done, done, seconds)
        self._lasting.add(self._done, done, seconds)
        self._done = done

    def left_s(self, total: int) -> float | None:
        """Seconds until `total` tokens are read; `None` where nothing was ever measured."""
        left = self._own.seconds(self._done, total)
        return self._lasting.seconds(self._done, total) if left is None else left


def _looks(start: int, end: int) -> float:
    """How many tokens the tokens [start, end) look at together, each at all before it."""
    return (end - start) * (start + end) / 2
