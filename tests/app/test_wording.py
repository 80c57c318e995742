"""Numbers in words: nothing unknown becomes a zero, and no rounding hides a problem."""

from __future__ import annotations

import pytest

from app import wording

GB = 1024**3


@pytest.mark.parametrize(
    ("count", "words"), [(8 * GB, "8 GB"), (round(23.5 * GB), "23.5 GB"), (GB // 2, "512 MB")]
)
def test_memory(count: int, words: str) -> None:
    assert wording.memory(count) == words


@pytest.mark.parametrize(
    ("count", "words"),
    [(None, "–"), (49, "49"), (1642, "1,642"), (32_100, "32.1k"), (200_000, "200k")],
)
def test_tokens(count: int | None, words: str) -> None:
    assert wording.tokens(count) == words


@pytest.mark.parametrize(
    ("share", "words"),
    [(None, "–"), (0.0, "0 %"), (0.985, "98 %"), (0.999, "99 %"), (1.0, "100 %")],
)
def test_percent_never_rounds_up_to_all(share: float | None, words: str) -> None:
    assert wording.percent(share) == words


@pytest.mark.parametrize(
    ("rate", "words"), [(None, "–"), (3.14159, "3.1"), (63.7, "64"), (3140.0, "3,140")]
)
def test_rates(rate: float | None, words: str) -> None:
    assert wording.rate(rate) == words
