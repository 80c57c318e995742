"""What the model says to the oracle's tokens, read in one go, with nothing reused."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from engine.model.loader import load_model
from engine.prompt.spans import ImageSpan
from soak.reading import pictures_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from soak.oracle import Expected
    from soak.reading import Reader

# Two scores nearer than this may change places by rounding alone.
_TIE = 1e-4


class Reference:
    """The same weights, loaded once more, that never keep anything."""

    def __init__(self, reader: Reader, folder: Path) -> None:
        self._reader = reader
        self._model = load_model(folder, folder.name, "full", lambda *_: None)
        self.near_ties = 0

    def confirm(self, expected: Expected, said: Sequence[int]) -> None:
        """Each token of a greedy answer must be the best one, but where two are as good."""
        for number, (row, token) in enumerate(zip(self._scores(expected, said), said, strict=True)):
            best = int(row.argmax())
            if token != best:
                behind = float(row[best] - row[token])
                assert behind < _TIE, f"token {number} should be {best}, not {token}, by {behind}"
                self.near_ties += 1

    def _scores(self, expected: Expected, said: Sequence[int]) -> torch.Tensor:
        """The scores before each token of `said`, shape (tokens, vocabulary)."""
        model = self._model
        spans, images = self._spans(expected), pictures_of(expected.messages)
        tokens = self._reader.tokens(expected.keys)
        positions = model.positions(len(tokens), spans)
        features = model.features.between(0, len(tokens), spans, images)
        cache = model.new_cache()
        rows = [model.forward(tokens, positions, cache, features)[None]]
        if len(said) > 1:
            first = int(positions.max()) + 1
            later = torch.arange(first, first + len(said) - 1).expand(positions.shape[0], -1)
            rows.append(model.verify(said[:-1], later, cache))
        return torch.cat(rows)

    def _spans(self, expected: Expected) -> list[ImageSpan]:
        """Where each picture's places are; their keys count down from its first."""
        spans: list[ImageSpan] = []
        at = 0
        for image in pictures_of(expected.messages):
            form = self._model.picture_form(image)
            while expected.keys[at] >= 0:
                at += 1
            runs = []
            for count in (part for part in form.parts if isinstance(part, int)):
                runs.append((at, at + count))
                at += count
            spans.append(ImageSpan(tuple(runs), form.grid, image.sha256))
        return spans
