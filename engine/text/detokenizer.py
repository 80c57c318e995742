"""From token ids to text, one token at a time, never showing half a character.

A character may take several tokens (byte-level vocabularies split emoji and CJK). Text is held
back until it is whole; what can never become whole is shown as U+FFFD at the end, as decoding the
ids in one go would.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

    from tokenizers import Tokenizer

_REPLACEMENT = "\ufffd"


@dataclass(frozen=True, slots=True)
class Spoken:
    """Where a detokenizer stands: its latest `ids`, of whose text `shown` is out already."""

    ids: tuple[int, ...] = ()
    shown: str = ""


class Detokenizer:
    """Decodes one answer, or goes on with one at `spoken`.

    Special tokens are left out, but for those in `shown`: marks of calls, say.

    Only a short window of recent ids is decoded per token, so the cost does not grow with the
    answer: the window starts at the last place where the text was whole.
    """

    def __init__(
        self, tokenizer: Tokenizer, spoken: Spoken = Spoken(), shown: Collection[int] = ()
    ) -> None:
        self._tokenizer = tokenizer
        self._shown = shown
        self._window = list(spoken.ids)
        self._context = 0  # ids at the start of the window that are there as context only
        self._shown_text = spoken.shown

    @property
    def spoken(self) -> Spoken:
        """Where this stands, for another one to go on from."""
        return Spoken(tuple(self._window), self._shown_text)

    def hear(self, token: int) -> str:
        """Text that became whole with `token`; often empty."""
        self._window.append(token)
        text = self._decode(self._window)
        whole = text.rstrip(_REPLACEMENT)
        new = whole[len(self._shown_text) :]
        self._shown_text = max(whole, self._shown_text, key=len)
        if whole == text:
            self._start_window_at_last_shown()
        return new

    def flush(self) -> str:
        """What is still held back."""
        text = self._decode(self._window)
        new = text[len(self._shown_text) :]
        self._shown_text = text
        self._start_window_at_last_shown()
        return new

    def _start_window_at_last_shown(self) -> None:
        # The ids just shown stay as context: some vocabularies drop the space of a first token.
        self._window = self._window[self._context :]
        self._context = len(self._window)
        self._shown_text = self._decode(self._window)

    def _decode(self, ids: list[int]) -> str:
        text, start = "", 0
        for at in [at for at, token in enumerate(ids) if token in self._shown]:
            text += self._tokenizer.decode(ids[start:at], skip_special_tokens=True)
            text += self._tokenizer.decode([ids[at]], skip_special_tokens=False)
            start = at + 1
        return text + str(self._tokenizer.decode(ids[start:], skip_special_tokens=True))
