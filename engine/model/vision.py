"""Image features, computed once per picture and kept by content.

The key is the picture's digest, never its path, and its detail; the features are those of this
model with these image settings, since the store belongs to the loaded model.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from engine.api.messages import Detail, ImagePart
    from engine.prompt.spans import ImageSpan


class FeatureStore:
    """Features of recent pictures, each (places, hidden size), at most `budget_bytes`."""

    def __init__(self, encode: Callable[[ImagePart], torch.Tensor], budget_bytes: int) -> None:
        self._encode = encode
        self._budget_bytes = budget_bytes
        self._kept: OrderedDict[tuple[str, Detail], torch.Tensor] = OrderedDict()

    def get(self, image: ImagePart) -> torch.Tensor:
        """Features of `image`, computed if they are not kept."""
        key = (image.sha256, image.detail)
        features = self._kept.get(key)
        if features is None:
            features = self._kept[key] = self._encode(image)
        self._kept.move_to_end(key)
        while len(self._kept) > 1 and self.nbytes > self._budget_bytes:
            self._kept.popitem(last=False)
        return features

    def clear(self) -> None:
        """Forget everything."""
        self._kept.clear()

    @property
    def nbytes(self) -> int:
        """Bytes of all features kept."""
        return sum(features.nbytes for features in self._kept.values())

    def between(
        self, start: int, end: int, spans: Sequence[ImageSpan], images: Sequence[ImagePart]
    ) -> torch.Tensor | None:
        """Features of the places in [start, end) that take some, or `None` if there are none.

        Pictures wholly outside the range are not encoded.
        """
        parts = []
        for span, image in zip(spans, images, strict=True):
            before = 0
            for run_start, run_end in span.runs:
                first, last = max(run_start, start), min(run_end, end)
                if first < last:
                    here = before - run_start
                    parts.append(self.get(image)[first + here : last + here])
                before += run_end - run_start
        return torch.cat(parts) if parts else None
