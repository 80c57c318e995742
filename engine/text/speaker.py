"""Token ids in, shown text out, and the decision that an answer is over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.text.detokenizer import Detokenizer, Spoken
from engine.text.stopping import StopStrings

if TYPE_CHECKING:
    from collections.abc import Collection

    from tokenizers import Tokenizer

    from engine.api.events import FinishReason
    from engine.api.requests import Limits


class Speaker:
    """Speaks one answer of at most `max_tokens`. `ended_by` is set with the token that ends it.

    Special tokens are silent, but for those in `shown`.
    """

    def __init__(
        self,
        tokenizer: Tokenizer,
        stop_tokens: Collection[int],
        limits: Limits,
        max_tokens: int,
        spoken: Spoken = Spoken(),
        shown: Collection[int] = (),
    ) -> None:
        self._detokenizer = Detokenizer(tokenizer, spoken, shown)
        self._stop_strings = StopStrings(limits.stop_strings)
        self._stop_tokens = frozenset(stop_tokens)
        self._max_tokens = max_tokens
        self.tokens: list[int] = []
        self.text = ""
        self.ended_by: FinishReason | None = None

    @property
    def spoken(self) -> Spoken:
        """Where the text stands, for a continuation."""
        return self._detokenizer.spoken

    @property
    def stopped_by_string(self) -> bool:
        """Whether the text was cut inside what the tokens say."""
        return self._stop_strings.stopped

    def hear(self, token: int) -> str:
        """Take one more token; returns the text that may be shown now."""
        self.tokens.append(token)
        if token in self._stop_tokens:
            self.ended_by = "stop"
            return self._finish()
        shown = self._stop_strings.hear(self._detokenizer.hear(token))
        self.text += shown
        if self._stop_strings.stopped:
            self.ended_by = "stop"
        elif len(self.tokens) >= self._max_tokens:
            self.ended_by = "length"
            shown += self.close()
        return shown

    def end(self) -> str:
        """The answer is complete as it is: nothing may follow. Returns the text still held back."""
        self.ended_by = "stop"
        return self._finish()

    def close(self) -> str:
        """Text held back for a stop string that did not come.

        Half a character is not shown: the answer may be continued, and then it becomes whole.
        """
        shown = self._stop_strings.flush()
        self.text += shown
        return shown

    def _finish(self) -> str:
        """Everything still held back, for an answer that ended by itself."""
        shown = self._stop_strings.hear(self._detokenizer.flush()) + self._stop_strings.flush()
        self.text += shown
        return shown
