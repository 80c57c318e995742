"""What drafts for a model by reading what it has computed, where its folder holds such a part."""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING, Any

import torch
from accelerate import init_empty_weights
from safetensors.torch import load_file

from engine.api.errors import EngineError
from engine.model.folder import check_part
from engine.model.heads.gemma4_assistant import AssistantHead, Gemma4Assistant
from engine.model.heads.mtp import NAME as MTP
from engine.model.heads.mtp import MtpDraftHead

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.model.device import Placement
    from engine.model.folder import ModelFolder, ModelPart
    from engine.model.heads.base import ModelHead
    from engine.model.loaded_model import LoadedModel

log = logging.getLogger(__name__)

# Where a model's folder may hold Gemma 4's assistant.
ASSISTANT = "assistant"
_ASSISTED = "gemma4"
_ASSISTANT_TYPE = "gemma4_assistant"
# Layers that read another model's keys and values have none of these, though files may hold them.
_UNUSED = re.compile(r"\.self_attn\.(k_proj|v_proj|k_norm|v_norm)\.")


def assistant_bytes(folder: ModelFolder, placement: Placement) -> int:
    """Memory that the folder's assistant will take; 0 where there is none to use."""
    if not _has_assistant(folder):
        return 0
    try:
        return check_part(folder.path / ASSISTANT).values * placement.dtype.itemsize
    except EngineError:
        return 0


def give_draft_head(model: LoadedModel, folder: ModelFolder, placement: Placement) -> str:
    """Let `model` draft for itself if its folder holds what that takes.

    Returns why a part that is there is not used, and nothing where all is well.
    """
    if hasattr(model.network, MTP):
        model.draft_head = MtpDraftHead(model.network, model.image_token_id)
        return ""
    if not _has_assistant(folder):
        return ""
    try:
        part = check_part(folder.path / ASSISTANT)
        model.draft_head = _assistant_head(model.network, part, placement)
        _try_out(model, model.draft_head)
    except EngineError as error:
        return f"Its assistant is not used. {error.sentence}"
    except Exception as fault:
        log.exception("the assistant in %s cannot be used", folder.path)
        model.draft_head = None
        return f"Its assistant is not used: it does not fit the model ({type(fault).__name__})."
    return ""


def _has_assistant(folder: ModelFolder) -> bool:
    return folder.model_type == _ASSISTED and (folder.path / ASSISTANT).is_dir()


def _assistant_head(network: Any, part: ModelPart, placement: Placement) -> ModelHead:  # noqa: ANN401
    """Raises `ValueError`, `KeyError` or `RuntimeError` where `part` is no assistant of this."""
    if part.config.get("model_type") != _ASSISTANT_TYPE:
        raise ValueError(f"model type {part.config.get('model_type')}")
    text = network.config.get_text_config()
    with init_empty_weights(include_buffers=False):
        assistant = Gemma4Assistant(part.config, text._attn_implementation)  # noqa: SLF001
    sizes = (assistant.backbone_size, assistant.vocabulary)
    if sizes != (text.hidden_size, text.vocab_size):
        raise ValueError(f"made for a model of hidden size and vocabulary {sizes}")
    assistant.load_state_dict(_tensors(part, placement), assign=True)
    assistant.to(placement.device).eval().requires_grad_(False)
    return AssistantHead(assistant, network)


def _tensors(part: ModelPart, placement: Placement) -> Mapping[str, torch.Tensor]:
    tensors: dict[str, torch.Tensor] = {}
    for shard in part.shards:
        for name, tensor in load_file(shard).items():
            if not _UNUSED.search(name):
                floating = tensor.is_floating_point()
                tensors[name] = tensor.to(placement.dtype) if floating else tensor
    tensors.setdefault("lm_head.weight", tensors["model.embed_tokens.weight"])
    return tensors


def _try_out(model: LoadedModel, head: ModelHead) -> None:
    """Draft once, so that what does not fit is found now and not inside an answer."""
    tokens = [0, 1, 2]
    cache = model.new_cache()
    model.forward(tokens[:2], model.positions(2, ()), cache)
    if not head.drafter(cache).propose(tokens, 2):
        raise ValueError("it drafts nothing")
