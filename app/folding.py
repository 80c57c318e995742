"""Text without case and accents, letter for letter, so that a place in one is a place in the other.

The search over everything folds more (`app.store.words`); what is found there is shown otherwise.
"""

from __future__ import annotations

import unicodedata


def fold_letters(text: str) -> str:
    """`text` in lower case and without accents; as long as `text` itself."""
    if text.isascii():
        return text.lower()
    return "".join(_fold(letter) for letter in text)


def _fold(letter: str) -> str:
    plain = unicodedata.normalize("NFKD", letter)
    # A ligature or "ß" stands for several letters: folded, it would move all that follows.
    base = [part for part in plain if not unicodedata.combining(part)]
    lower = base[0].casefold() if len(base) == 1 else letter
    return lower if len(lower) == 1 else letter
