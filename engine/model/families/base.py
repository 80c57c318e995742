"""What a family of models must tell us so that one loop can run them all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import torch

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from PIL.Image import Image
    from transformers import PreTrainedConfig, PreTrainedModel

    from engine.api.events import DialectName
    from engine.api.messages import Detail
    from engine.cache.layer_kinds import LayerKind
    from engine.prompt.spans import ImageSpan, PictureForm


@dataclass(frozen=True, slots=True)
class Step:
    """One forward of n tokens after the `past` ones that the cache holds.

    `positions` has shape (rows, n). `places`, shape (1, n), is true where a picture's feature
    stands; `features`, shape (places, hidden size), are those, `None` where there are none.
    """

    positions: torch.Tensor
    past: int
    places: torch.Tensor
    features: torch.Tensor | None = None


class FamilyAdapter(Protocol):
    """One family: how its pictures become tokens and features, and where tokens stand.

    Adapters hold settings only. No state of a conversation may live here or on the model.
    """

    @property
    def name(self) -> str:
        """The family's name as people know it."""

    @property
    def image_token(self) -> str | None:
        """What the chat template writes where a picture stands; `None` for text alone."""

    @property
    def feature_token(self) -> str | None:
        """The token at places that take features; `None` for text alone."""

    def image_settings_key(self, detail: Detail) -> str:
        """Changes whenever the same picture, seen at `detail`, would give other features."""

    @property
    def bidirectional_images(self) -> bool:
        """Whether one picture's features see each other both ways, and so stay in one chunk."""

    @property
    def dialect(self) -> DialectName:
        """How the family writes calls of functions."""

    @property
    def notes(self) -> tuple[str, ...]:
        """What a person should know of how Tanka runs this family; often nothing."""

    @property
    def skip_quantising(self) -> tuple[str, ...]:
        """Module names from the root that stay in full precision."""

    def layer_kinds(self, config: PreTrainedConfig) -> Sequence[LayerKind] | None:
        """What each layer that keeps a cache remembers, in order.

        `None` where that is not sure: then nothing is reused between turns.
        """

    def picture_form(self, image: Image, detail: Detail) -> PictureForm:
        """What stands in a prompt for an RGB picture."""

    def image_features(self, model: PreTrainedModel, image: Image, detail: Detail) -> torch.Tensor:
        """Features of an RGB picture, shape (places, hidden size), in the order of its places."""

    def positions(self, length: int, spans: Sequence[ImageSpan]) -> torch.Tensor:
        """Positions of a prompt of `length` tokens, shape (rows, length), int64."""

    def step_inputs(self, step: Step) -> Mapping[str, object]:
        """Arguments of the model's forward, beside its tokens and its cache."""
