"""Features of a range of positions, where pictures are cut and marks stand between their parts."""

from __future__ import annotations

import torch
from hypothesis import given
from hypothesis import strategies as st

from engine.api.messages import ImagePart
from engine.model.vision import FeatureStore
from engine.prompt.spans import ImageSpan

SPANS = (
    ImageSpan(((2, 5), (7, 8), (9, 12)), (1, 7), "a"),
    ImageSpan(((20, 24),), (2, 2), "b"),
)
IMAGES = tuple(ImagePart(name, name, 1, 1, b"") for name in "ab")


def numbered(image: ImagePart) -> torch.Tensor:
    """Row n of the first picture is n, of the second 100 + n."""
    count, first = (7, 0) if image.sha256 == "a" else (4, 100)
    return torch.arange(first, first + count).float()[:, None]


@given(st.integers(0, 26), st.integers(0, 26))
def test_each_place_has_its_own_feature(start: int, end: int) -> None:
    rows = [*zip([2, 3, 4, 7, 9, 10, 11], range(7), strict=True)]
    rows += zip(range(20, 24), range(100, 104), strict=True)
    expected = [float(row) for place, row in rows if start <= place < end]
    features = FeatureStore(numbered, 2**20).between(start, end, SPANS, IMAGES)
    assert ([] if features is None else features[:, 0].tolist()) == expected


def test_a_span_reaches_from_its_first_feature_to_its_last() -> None:
    assert (SPANS[0].start, SPANS[0].end, SPANS[0].features) == (2, 12, 7)
