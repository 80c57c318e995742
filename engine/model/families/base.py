"""What a family of models must tell us so that one loop can run them all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import torch

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from PIL.Image import Image
    from transformers import PreTrainedConfig, PreTrainedModel

    from engine.cache.layer_kinds import LayerKind
    from engine.prompt.spans import ImageSpan


class FamilyAdapter(Protocol):
    """One family: how its pictures become tokens and features, and where tokens stand.

    Adapters hold settings only. No state of a conversation may live here or on the model.
    """

    @property
    def name(self) -> str:
        """The family's name as people know it."""

    @property
    def image_token(self) -> str:
        """What the chat template writes where a picture stands."""

    @property
    def image_settings_key(self) -> str:
        """Changes whenever the same picture would give other features."""

    @property
    def skip_quantising(self) -> tuple[str, ...]:
        """Module names from the root that stay in full precision."""

    def layer_kinds(self, config: PreTrainedConfig) -> Sequence[LayerKind]:
        """What each layer that keeps a cache remembers, in order."""

    def image_grid(self, image: Image) -> tuple[int, int]:
        """(rows, columns) of image tokens for an RGB picture."""

    def image_features(self, model: PreTrainedModel, image: Image) -> torch.Tensor:
        """Features of an RGB picture, shape (image tokens, hidden size)."""

    def feature_inputs(self, features: torch.Tensor) -> Mapping[str, object]:
        """Arguments of the model's forward that put `features` in place of image tokens."""

    def positions(self, length: int, spans: Sequence[ImageSpan]) -> torch.Tensor:
        """Positions of a prompt of `length` tokens, shape (rows, length), int64."""

    def position_ids(self, positions: torch.Tensor) -> torch.Tensor:
        """`positions` in the shape that the model's forward takes."""
