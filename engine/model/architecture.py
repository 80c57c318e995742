"""Which of transformers' classes runs a model, and whether our loop can drive it."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

import transformers
from transformers import AutoModelForCausalLM, AutoModelForImageTextToText
from transformers.models.auto.modeling_auto import (
    MODEL_FOR_CAUSAL_LM_MAPPING_NAMES,
    MODEL_FOR_IMAGE_TEXT_TO_TEXT_MAPPING_NAMES,
)

from engine.api.errors import ModelNotUsable

if TYPE_CHECKING:
    from transformers import PreTrainedConfig


def is_known(model_type: str) -> bool:
    """Whether transformers has a class of this type that continues text."""
    return sees_pictures(model_type) or model_type in MODEL_FOR_CAUSAL_LM_MAPPING_NAMES


def sees_pictures(model_type: str) -> bool:
    """Whether transformers' class for this type takes pictures beside text."""
    return model_type in MODEL_FOR_IMAGE_TEXT_TO_TEXT_MAPPING_NAMES


def auto_class(config: PreTrainedConfig) -> Any:  # noqa: ANN401 - transformers has no types
    """The class to load a model of `config` with. Raises `ModelNotUsable` for what is no chat."""
    if config.is_encoder_decoder:
        raise ModelNotUsable(
            f"Models of the kind “{config.model_type}” turn one text into another. Tanka needs one "
            "that continues a conversation."
        )
    return AutoModelForImageTextToText if sees_pictures(config.model_type) else AutoModelForCausalLM


def check_drivable(model_type: str) -> None:
    """Raise `ModelNotUsable` where forward takes no cache of the usual kind (Mamba, RWKV)."""
    forward = _model_class(model_type).forward
    if "past_key_values" not in inspect.signature(forward).parameters:
        raise ModelNotUsable(
            "This model keeps its memory in a way that Tanka cannot handle yet.",
            f"{forward.__qualname__} takes no past_key_values",
        )


def attention_for(model_type: str, wished: str) -> str:
    """`wished`, or the plain kind where the model's class cannot compute it that way."""
    supported = getattr(_model_class(model_type), f"_supports_{wished}", False)
    return wished if supported else "eager"


def _model_class(model_type: str) -> Any:  # noqa: ANN401
    names = (
        MODEL_FOR_IMAGE_TEXT_TO_TEXT_MAPPING_NAMES
        if sees_pictures(model_type)
        else MODEL_FOR_CAUSAL_LM_MAPPING_NAMES
    )
    try:
        return getattr(transformers, names[model_type])
    except (AttributeError, ImportError, RuntimeError) as error:
        raise ModelNotUsable(
            f"Models of the kind “{model_type}” need program parts that Tanka does not have.",
            f"{type(error).__name__}: {error}",
        ) from error
