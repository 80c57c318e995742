"""Models without an adapter of their own: text alone, and nothing kept that is not sure.

A few architectures of plain text are known to be no more than their layers. For any other that
transformers can load, every turn reads the whole conversation.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.api.errors import BadRequest
from engine.model.architecture import sees_pictures
from engine.model.families.inputs import counted
from engine.model.families.layers import layer_kinds

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import torch
    from PIL.Image import Image
    from transformers import PreTrainedConfig, PreTrainedModel

    from engine.api.events import DialectName
    from engine.api.messages import Detail
    from engine.cache.layer_kinds import LayerKind
    from engine.model.families.base import Step
    from engine.prompt.spans import ImageSpan, PictureForm

# Tests hold each of them to full recompute.
PLAIN = frozenset(
    {"gemma3_text", "granite", "lfm2", "llama", "mistral", "qwen2", "qwen3", "smollm3"}
)
_NO_PICTURES = "Tanka does not know how this model sees pictures: it reads text only."
_NO_REUSE = (
    "Tanka does not know this kind of model: for every answer it reads the whole conversation "
    "again."
)


@dataclass(frozen=True, slots=True)
class TextOnly:
    """Adapter for the types in `PLAIN`, and a careful one for all others. Positions are counted."""

    model_type: str
    image_token: None = None
    feature_token: None = None
    bidirectional_images: bool = False
    dialect: DialectName = "hermes"
    skip_quantising: tuple[str, ...] = ("lm_head",)

    @property
    def name(self) -> str:
        """The architecture's own name."""
        return self.model_type

    @property
    def notes(self) -> tuple[str, ...]:
        """See `FamilyAdapter`."""
        pictures = (_NO_PICTURES,) if sees_pictures(self.model_type) else ()
        return pictures if self.model_type in PLAIN else (*pictures, _NO_REUSE)

    def layer_kinds(self, config: PreTrainedConfig) -> Sequence[LayerKind] | None:
        """See `FamilyAdapter`."""
        return layer_kinds(config) if self.model_type in PLAIN else None

    def image_settings_key(self, detail: Detail) -> str:  # noqa: ARG002
        """There are none."""
        return ""

    def picture_form(self, image: Image, detail: Detail) -> PictureForm:  # noqa: ARG002
        """There is none."""
        raise BadRequest(_NO_PICTURES)

    def image_features(
        self,
        model: PreTrainedModel,  # noqa: ARG002
        image: Image,  # noqa: ARG002
        detail: Detail,  # noqa: ARG002
    ) -> torch.Tensor:
        """There are none."""
        raise BadRequest(_NO_PICTURES)

    def positions(self, length: int, spans: Sequence[ImageSpan]) -> torch.Tensor:  # noqa: ARG002
        """See `FamilyAdapter`."""
        return counted(length)

    def step_inputs(self, step: Step) -> Mapping[str, object]:
        """An unknown model finds its own positions from its own cache."""
        return {"position_ids": step.positions} if self.model_type in PLAIN else {}
