"""Batches: samples of similar length side by side, padded on the right, without a mask.

Padding stands behind everything a causal model looks at, so it changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from chat import Sample
    from transformers import Lfm2VlForConditionalGeneration

# Batches' worth of samples that are sorted by length together.
_SORTED_TOGETHER = 8


@dataclass(slots=True)
class Pointed:
    """Places (row, place) from which attention should go to the `wanted` ones, (n, width)."""

    rows: torch.Tensor
    places: torch.Tensor
    wanted: torch.Tensor

    def to(self, device: str) -> Pointed:
        """Return the same on a device."""
        parts = (self.rows, self.places, self.wanted)
        return Pointed(*(part.to(device, non_blocking=True) for part in parts))


@dataclass(slots=True)
class Batch:
    """Token ids, the places whose next token is scored, and the pictures."""

    samples: list[Sample]
    ids: torch.Tensor
    rows: torch.Tensor
    places: torch.Tensor
    targets: torch.Tensor
    pictures: dict[str, torch.Tensor]
    readings: torch.Tensor
    pages: torch.Tensor
    cited: Pointed
    called: Pointed

    @property
    def tokens(self) -> int:
        return sum(len(sample.ids) for sample in self.samples)

    @property
    def picture_count(self) -> int:
        return len(self.pictures["spatial_shapes"]) if self.pictures else 0

    def to(self, device: str) -> Batch:
        """Return the batch with its tensors on a device."""
        return replace(
            self,
            ids=self.ids.to(device, non_blocking=True),
            rows=self.rows.to(device, non_blocking=True),
            places=self.places.to(device, non_blocking=True),
            targets=self.targets.to(device, non_blocking=True),
            pictures={k: v.to(device, non_blocking=True) for k, v in self.pictures.items()},
            readings=self.readings.to(device, non_blocking=True),
            pages=self.pages.to(device, non_blocking=True),
            cited=self.cited.to(device),
            called=self.called.to(device),
        )


def sorted_groups(draw: Callable[[], Sample], tokens: int, longest: int) -> Iterator[list[Sample]]:
    """Yield for ever groups of samples that fill `tokens` with little padding.

    The groups of one sorting come in the order of their middle sample's draw, which is random in
    length, so that long ones do not come last.
    """
    while True:
        drawn: list[Sample] = []
        total = 0
        while total < tokens * _SORTED_TOGETHER:
            sample = draw()
            if len(sample.ids) <= longest:
                drawn.append(sample)
                total += len(sample.ids)
        order = {id(sample): place for place, sample in enumerate(drawn)}
        groups = _cut(sorted(drawn, key=lambda s: len(s.ids)), tokens)
        groups.sort(key=lambda group: order[id(group[len(group) // 2])])
        yield from groups


def make_batch(samples: list[Sample], pad: int) -> Batch:
    """Put samples into tensors; their patches are kept there only."""
    width = max(len(sample.ids) for sample in samples)
    ids = torch.full((len(samples), width), pad, dtype=torch.long)
    rows, places, targets = [], [], []
    for row, sample in enumerate(samples):
        ids[row, : len(sample.ids)] = torch.tensor(sample.ids)
        for answer in sample.answers:
            span = range(answer.first, answer.end)
            rows += [row] * len(span)
            places += [place - 1 for place in span]
            targets += [sample.ids[place] for place in span]
    return Batch(
        [replace(sample, pictures=[], readings=[]) for sample in samples],
        ids,
        torch.tensor(rows),
        torch.tensor(places),
        torch.tensor(targets),
        _picture_tensors(samples),
        _readings(samples),
        _pages(samples, width),
        _pointed([sample.cited for sample in samples], width),
        _pointed([sample.called for sample in samples], width),
    )


def scored_logits(model: Lfm2VlForConditionalGeneration, batch: Batch) -> torch.Tensor:
    """Return the logits at the scored places only; the others would be computed for nothing."""
    hidden = model.model(input_ids=batch.ids, use_cache=False, **batch.pictures).last_hidden_state
    return model.lm_head(hidden[batch.rows, batch.places])


def logits_and_states(
    model: Lfm2VlForConditionalGeneration, batch: Batch, layers: int
) -> tuple[torch.Tensor, torch.Tensor]:
    """Return the scored logits, and the states of all tokens after the text model's layers."""
    out = model.model(
        input_ids=batch.ids, use_cache=False, output_hidden_states=True, **batch.pictures
    )
    logits = model.lm_head(out.last_hidden_state[batch.rows, batch.places])
    return logits, out.hidden_states[layers]


def exact_answers(batch: Batch, logits: torch.Tensor) -> list[list[list[bool]]]:
    """Return, per sample and answer, whether each token is the most likely one."""
    right = iter((logits.argmax(-1) == batch.targets).tolist())
    return [
        [[next(right) for _ in range(answer.first, answer.end)] for answer in sample.answers]
        for sample in batch.samples
    ]


def _cut(samples: list[Sample], tokens: int) -> list[list[Sample]]:
    groups: list[list[Sample]] = []
    group: list[Sample] = []
    for sample in samples:
        if group and len(sample.ids) * (len(group) + 1) > tokens:
            groups.append(group)
            group = []
        group.append(sample)
    return [*groups, group] if group else groups


def _readings(samples: list[Sample]) -> torch.Tensor:
    readings = [torch.from_numpy(reading) for sample in samples for reading in sample.readings]
    return torch.cat(readings) if readings else torch.zeros(0, 0, dtype=torch.long)


def _pages(samples: list[Sample], width: int) -> torch.Tensor:
    pages = torch.zeros(len(samples), width, dtype=torch.long)
    for row, sample in enumerate(samples):
        for first, end, page in sample.pages:
            pages[row, first:end] = page
    return pages


def _pointed(samples: list[list[tuple[int, list[int]]]], width: int) -> Pointed:
    known = [(row, place, at) for row, sample in enumerate(samples) for place, at in sample]
    wanted = torch.zeros(len(known), width, dtype=torch.bool)
    for number, (_, _, at) in enumerate(known):
        wanted[number, at] = True
    return Pointed(
        torch.tensor([row for row, _, _ in known], dtype=torch.long),
        torch.tensor([place for _, place, _ in known], dtype=torch.long),
        wanted,
    )


def _picture_tensors(samples: list[Sample]) -> dict[str, torch.Tensor]:
    pictures = [picture for sample in samples for picture in sample.pictures]
    if not pictures:
        return {}
    most = max(len(picture.pixel_values) for picture in pictures)
    pixels = torch.zeros(len(pictures), most, pictures[0].pixel_values.shape[1])
    mask = torch.zeros(len(pictures), most, dtype=torch.int32)
    for i, picture in enumerate(pictures):
        count = len(picture.pixel_values)
        pixels[i, :count] = torch.from_numpy(picture.pixel_values)
        mask[i, :count] = 1
    shapes = torch.tensor([(picture.height, picture.width) for picture in pictures])
    return {"pixel_values": pixels, "pixel_attention_mask": mask, "spatial_shapes": shapes}
