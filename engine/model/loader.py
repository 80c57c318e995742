"""From a checked folder to a model that runs, or to a sentence that says why not."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import psutil
from transformers import AutoTokenizer

from engine.api.errors import EngineError, ModelNotUsable, OutOfMemory
from engine.api.events import ModelInfo
from engine.model.allocation import is_out_of_memory
from engine.model.architecture import attention_for
from engine.model.device import place
from engine.model.families.table import adapter_for
from engine.model.first_contact import check_token_by_token
from engine.model.fitting import free_bytes, plan_context
from engine.model.folder import check_folder
from engine.model.loaded_model import LoadedModel
from engine.model.own_drafts import assistant_bytes, give_draft_head
from engine.model.weights.read import prepare_weights, read_weights

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from engine.api.requests import KvName, WeightsName
    from engine.model.device import Placement
    from engine.model.families.base import FamilyAdapter
    from engine.model.folder import ModelFolder
    from engine.model.plan import ContextPlan
    from engine.model.weights.read import Weights

    Progress = Callable[[str, int, int], None]


def load_model(
    path: Path,
    name: str,
    wished: WeightsName | None,
    progress: Progress,
    *,
    kv: KvName | None = None,
    context: int | None = None,
) -> LoadedModel:
    """Load the folder at `path`; `progress(step, loaded_bytes, total_bytes)` is told.

    `kv` and `context` are those of `LoadModel`.
    `progress` may raise to give up: nothing of the model is left then. Raises `ModelNotUsable`
    with what is missing or refused, `OutOfMemory` where it does not fit.
    """
    started = time.perf_counter()
    progress("Checking the files", 0, 0)
    folder = check_folder(path)
    family = adapter_for(folder)
    placement = place(_weights(folder, wished), folder.values, psutil.virtual_memory().available)
    placement = replace(placement, attention=attention_for(folder.model_type, placement.attention))
    free = free_bytes(placement.device.type) - assistant_bytes(folder, placement)
    try:
        tokenizer = _tokenizer(folder)
        _marking(progress)("Preparing the model", 0, 0)
        prepared = prepare_weights(folder, family, placement)
        fits = plan_context(folder, family, placement, prepared, free, context, kv)
        weights = read_weights(folder, prepared, placement, _marking(progress))
        info = _describe(folder, name, family, placement, fits, weights, started)
        stop = _stop_tokens(weights.model, tokenizer)
        loaded = LoadedModel(weights.model, tokenizer, family, info, stop)
        if note := give_draft_head(loaded, folder, placement):
            loaded.info = replace(info, notes=(*info.notes, note))
        if not loaded.reuses_cache:
            check_token_by_token(loaded)
    except EngineError:
        raise
    except _GivenUpError as given_up:
        raise given_up.reason from None
    except Exception as error:
        if is_out_of_memory(error, folder.weight_bytes):
            raise OutOfMemory(
                f"There is not enough memory for the model in {folder.path}. "
                "Closing other programs may be enough.",
                str(error),
            ) from error
        raise ModelNotUsable(
            f"The model in {folder.path} cannot be loaded: its files do not fit together.",
            f"{type(error).__name__}: {error}",
        ) from error
    progress("Ready", weights.read_bytes, weights.read_bytes)
    return loaded


class _GivenUpError(Exception):
    """`progress` raised: that is no fault of the model's files."""

    def __init__(self, reason: Exception) -> None:
        super().__init__()
        self.reason = reason


def _marking(progress: Progress) -> Progress:
    def told(step: str, loaded: int, total: int) -> None:
        try:
            progress(step, loaded, total)
        except Exception as reason:
            raise _GivenUpError(reason) from reason

    return told


def _tokenizer(folder: ModelFolder) -> Any:  # noqa: ANN401
    tokenizer = AutoTokenizer.from_pretrained(
        folder.path, local_files_only=True, trust_remote_code=False
    )
    if tokenizer.chat_template is None:
        tokenizer.chat_template = folder.legacy_template
    return tokenizer


def _weights(folder: ModelFolder, wished: WeightsName | None) -> WeightsName | None:
    """What the folder was saved as, where that settles it. Raises `ModelNotUsable`."""
    if folder.quantisation is None:
        return wished
    if folder.quantisation != "bitsandbytes_4bit":
        raise ModelNotUsable(
            f"The model in {folder.path} was saved with {folder.quantisation} weights, which "
            "Tanka cannot run. Get it unquantised or in bitsandbytes 4-bit."
        )
    if wished not in (None, "bnb_nf4"):
        raise ModelNotUsable(
            f"The model in {folder.path} was saved in 4-bit by bitsandbytes, so it can run in no "
            "other form. Leave the choice of weights to Tanka."
        )
    return "bnb_nf4"


def _describe(
    folder: ModelFolder,
    name: str,
    family: FamilyAdapter,
    placement: Placement,
    fits: ContextPlan,
    weights: Weights,
    started: float,
) -> ModelInfo:
    return ModelInfo(
        name=name,
        folder=folder.path,
        family=family.name,
        weights=weights.name,
        device=placement.device.type,
        device_name=placement.device_name,
        dtype=str(placement.dtype).removeprefix("torch."),
        attention=placement.attention,
        max_context=fits.most_tokens,
        parameters=weights.parameters,
        weight_bytes=weights.weight_bytes,
        load_s=time.perf_counter() - started,
        notes=(placement.why, *family.notes, *fits.notes, *weights.notes),
        dialect=family.dialect,
        kv=fits.kv,
        context_plan=fits.sentence,
    )


def _stop_tokens(model: Any, tokenizer: Any) -> frozenset[int]:  # noqa: ANN401
    """Every id that ends an answer, from the generation settings and from the tokenizer."""
    declared = model.generation_config.eos_token_id
    ids = declared if isinstance(declared, list) else [declared]
    return frozenset(int(i) for i in (*ids, tokenizer.eos_token_id) if i is not None)
