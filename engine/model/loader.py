"""From a checked folder to a model that runs, or to a sentence that says why not."""

from __future__ import annotations

import time
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import psutil
from transformers import AutoTokenizer

from engine.api.errors import EngineError, ModelNotUsable, OutOfMemory
from engine.api.events import ModelInfo
from engine.model.allocation import is_out_of_memory
from engine.model.architecture import attention_for
from engine.model.device import place
from engine.model.draft import FOLDER, load_beside, look_beside
from engine.model.families.table import adapter_for
from engine.model.first_contact import check_token_by_token
from engine.model.fitting import free_bytes, plan_context, plan_pair
from engine.model.folder import check_folder
from engine.model.lean import make_lean
from engine.model.loaded_model import LoadedModel
from engine.model.own_drafts import assistant_bytes, give_draft_head
from engine.model.weights.read import prepare_weights, read_weights

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from engine.api.requests import KvName, WeightsName
    from engine.model.device import Placement
    from engine.model.draft import DraftFolder
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
    placement = place(
        _weights(folder, wished),
        folder.values,
        psutil.virtual_memory().available,
        saved_as=folder.saved_as,
    )
    placement = replace(placement, attention=attention_for(folder.model_type, placement.attention))
    free = free_bytes(placement.device.type) - assistant_bytes(folder, placement)
    try:
        tokenizer = _tokenizer(folder)
        _marking(progress)("Preparing the model", 0, 0)
        prepared = prepare_weights(folder, family, placement)
        pairing = look_beside(path, tokenizer)
        fits, pairing = plan_pair(folder, family, placement, prepared, free, context, kv, pairing)
        weights = read_weights(folder, prepared, placement, _marking(progress))
        info = _describe(folder, name, family, placement, fits, weights, started)
        stop = _stop_tokens(weights.model, tokenizer)
        loaded = LoadedModel(weights.model, tokenizer, family, info, stop)
        info = loaded.info
        loaded.row_limits = weights.row_limits
        if note := give_draft_head(loaded, folder, placement):
            loaded.info = replace(info, notes=(*info.notes, note))
        if not loaded.reuses_cache:
            check_token_by_token(loaded)
        else:
            if placement.device.type == "cpu":
                make_lean(loaded.network.get_decoder())
            _add_draft(loaded, *load_beside(pairing, partial(_load_draft, placement=placement)))
    except EngineError:
        raise
    except _GivenUpError as given_up:
        raise given_up.reason from None
    except Exception as error:
        raise _not_loaded(folder, error) from error
    progress("Ready", weights.read_bytes, weights.read_bytes)
    return loaded


def _not_loaded(folder: ModelFolder, error: Exception) -> EngineError:
    """What `error` means, met while the model in `folder` was loaded."""
    details = f"{type(error).__name__}: {error}"
    if is_out_of_memory(error, folder.weight_bytes):
        return OutOfMemory(
            f"There is not enough memory for the model in {folder.path}. "
            "Closing other programs may be enough.",
            details,
        )
    return ModelNotUsable(
        f"The model in {folder.path} cannot be loaded: its files do not fit together.", details
    )


def _add_draft(loaded: LoadedModel, draft: LoadedModel | None, note: str) -> None:
    """Give `loaded` its draft model, or say why it has none."""
    if draft is not None:
        loaded.draft = draft
        loaded.info = replace(loaded.info, draft_bytes=draft.info.weight_bytes)
    if note:
        loaded.info = replace(loaded.info, notes=(*loaded.info.notes, note))


def _load_draft(draft: DraftFolder, placement: Placement) -> LoadedModel:
    """Load a small model beside a loaded one, in full precision: it is waited for in every step.

    Raises `EngineError`.
    """
    started = time.perf_counter()
    folder, family = draft.folder, draft.family
    attention = attention_for(folder.model_type, "sdpa")
    own = replace(placement, weights="full", attention=attention, why="")
    try:
        prepared = prepare_weights(folder, family, own)
        fits = plan_context(folder, family, own, prepared, free_bytes(own.device.type))
        weights = read_weights(folder, prepared, own, lambda *_: None)
        info = _describe(folder, FOLDER, family, own, fits, weights, started)
        make_lean(weights.model.get_decoder())
        return LoadedModel(weights.model, draft.tokenizer, family, info, frozenset())
    except EngineError:
        raise
    except Exception as error:
        raise _not_loaded(folder, error) from error


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
