"""Text as the search sees it: words without case and accents, and where they stand in a line.

One folding serves both the index and the lines that are shown, so the two cannot disagree. It does
what FTS5's own `unicode61 remove_diacritics 2` does, for every script that Python knows, and parts
the characters of scripts that are written without spaces.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

MIN_CHARACTERS = 2
# Longer ones are no words; what a data URL would put into the index helps nobody.
_MAX_WORD = 48
_MAX_QUERY = 200
_LINE = 160
_BEFORE = 40
# Kana and Han: every character is a word.
_SINGLE = "\u3041-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_WORD = re.compile(rf"[{_SINGLE}]|[^\W_{_SINGLE}]+")

Marks = tuple[tuple[int, int], ...]


def fold(text: str) -> str:
    """`text` without case, accents and compatibility forms."""
    if text.isascii():
        return text.lower()
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return "".join(c for c in plain if c.isascii() or unicodedata.category(c)[0] != "M")


def words_of(text: str) -> list[str]:
    """The folded words of `text` in order."""
    return [word[:_MAX_WORD] for word in _WORD.findall(fold(text))]


def indexed(text: str) -> str:
    """`text` as it is put into the index: its words, each once, with spaces between."""
    return " ".join(dict.fromkeys(words_of(text)))


def query_words(query: str) -> list[str]:
    """The words that a person's input asks for; none while it is shorter than two characters."""
    query = query.strip()
    return words_of(query[:_MAX_QUERY]) if len(query) >= MIN_CHARACTERS else []


def match_expression(words: Sequence[str]) -> str:
    """FTS5's expression for all of `words`, the last one as a beginning.

    A word holds letters and digits only, so nothing in it can be read as syntax.
    """
    return " AND ".join(f'"{word}"' for word in words) + " *"


def holds(text: str, words: Sequence[str]) -> bool:
    """Whether `text` holds all `words`, as the index would say of it."""
    folded = fold(text)
    if not all(word in folded for word in words):
        return False
    found = {word[:_MAX_WORD] for word in _WORD.findall(folded)}
    return found.issuperset(words[:-1]) and any(word.startswith(words[-1]) for word in found)


def matches(line: str, words: Sequence[str]) -> Marks:
    """Where `words` stand in `line`, as ranges of its characters; of the last, its beginning."""
    return _matches(line, _pattern(words))


def best_line(text: str, words: Sequence[str]) -> tuple[str, Marks]:
    """The first line of `text` with the most of `words`, cut to a handy length, and its matches."""
    pattern = _pattern(words)
    best, most = "", 0
    for line in text.splitlines():
        found = len({m.group() for m in pattern.finditer(fold(line))})
        if found > most:
            best, most = line, found
    return _cut(best.strip(), pattern)


def _pattern(words: Sequence[str]) -> re.Pattern[str]:
    whole = [rf"{re.escape(w)}(?![^\W_])" if not _single(w) else w for w in words[:-1]]
    either = "|".join([*whole, re.escape(words[-1])])
    # A character that is a word of its own may follow anything.
    return re.compile(rf"(?:(?<![^\W_])|(?=[{_SINGLE}])|(?<=[{_SINGLE}]))(?:{either})")


def _single(word: str) -> bool:
    return len(word) == 1 and re.fullmatch(f"[{_SINGLE}]", word) is not None


def _matches(line: str, pattern: re.Pattern[str]) -> Marks:
    folded, origins = _fold_with_origins(line)
    found: list[tuple[int, int]] = []
    for match in pattern.finditer(folded):
        start, end = origins[match.start()], origins[match.end() - 1] + 1
        # The accent belongs to the letter that it stands on.
        while end < len(line) and unicodedata.category(line[end])[0] == "M":
            end += 1
        if found and start < found[-1][1]:
            start = found[-1][1]
        if start < end:
            found.append((start, end))
    return tuple(found)


def _fold_with_origins(line: str) -> tuple[str, Sequence[int]]:
    """The folded line, and for each of its characters the one it came from."""
    if line.isascii():
        return line.lower(), range(len(line))
    pieces = [fold(c) for c in line]
    origins = [at for at, piece in enumerate(pieces) for _ in piece]
    return "".join(pieces), origins


def _cut(line: str, pattern: re.Pattern[str]) -> tuple[str, Marks]:
    """At most so much of the line that the first match is in it, with a little before."""
    if len(line) > _LINE:
        marks = _matches(line[:10_000], pattern)
        first = marks[0][0] if marks else 0
        start = max(0, min(first - _BEFORE, len(line) - _LINE))
        end = start + _LINE
        line = "…" * (start > 0) + line[start:end].strip() + "…" * (end < len(line))
    return line, _matches(line, pattern)
