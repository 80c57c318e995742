"""From a checked folder to a model that runs, or to a sentence that says why not."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import psutil
import torch
import transformers
from transformers import AutoConfig, AutoModelForImageTextToText, AutoTokenizer, BitsAndBytesConfig

from engine.api.errors import EngineError, ModelNotUsable, OutOfMemory
from engine.api.events import ModelInfo
from engine.model.device import place
from engine.model.families.table import adapter_for
from engine.model.fitting import free_bytes, plan_context
from engine.model.folder import check_folder
from engine.model.loaded_model import LoadedModel

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from engine.api.requests import KvName, WeightsName
    from engine.model.device import Placement
    from engine.model.families.base import FamilyAdapter
    from engine.model.folder import ModelFolder
    from engine.model.plan import ContextPlan

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
    Raises `ModelNotUsable` with what is missing or refused, `OutOfMemory` where it does not fit.
    """
    started = time.perf_counter()
    progress("Checking the files", 0, 0)
    folder = check_folder(path)
    family = adapter_for(folder)
    placement = place(_weights(folder, wished), folder.values, psutil.virtual_memory().available)
    free = free_bytes(placement.device.type)
    fits = plan_context(folder, family, placement, free, context, kv)
    progress("Reading the weights", 0, folder.weight_bytes)
    try:
        tokenizer = _tokenizer(folder)
        model = _read_weights(folder, family, placement)
        info = _describe(folder, name, family, placement, fits, model, started)
        loaded = LoadedModel(model, tokenizer, family, info, _stop_tokens(model, tokenizer))
    except EngineError:
        raise
    except (torch.OutOfMemoryError, MemoryError) as error:
        raise OutOfMemory(
            f"There is not enough memory for the model in {folder.path}. "
            "Closing other programs may be enough.",
            str(error),
        ) from error
    except Exception as error:
        raise ModelNotUsable(
            f"The model in {folder.path} cannot be loaded: its files do not fit together.",
            f"{type(error).__name__}: {error}",
        ) from error
    progress("Ready", folder.weight_bytes, folder.weight_bytes)
    return loaded


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
    if wished == "full":
        raise ModelNotUsable(
            f"The model in {folder.path} was saved in 4-bit, so it cannot run in full precision."
        )
    return "bnb_nf4"


def _read_weights(folder: ModelFolder, family: FamilyAdapter, placement: Placement) -> Any:  # noqa: ANN401
    transformers.utils.logging.set_verbosity_error()
    transformers.utils.logging.disable_progress_bar()
    config = AutoConfig.from_pretrained(folder.path, local_files_only=True, trust_remote_code=False)
    extra: dict[str, object] = {}
    if placement.weights == "bnb_nf4" and folder.quantisation is None:
        extra["quantization_config"] = BitsAndBytesConfig(
            load_in_4bit=True,
            bnb_4bit_quant_type="nf4",
            bnb_4bit_use_double_quant=True,
            bnb_4bit_compute_dtype=placement.dtype,
            llm_int8_skip_modules=list(family.skip_quantising),
        )
    model, report = AutoModelForImageTextToText.from_pretrained(
        folder.path,
        config=config,
        dtype=placement.dtype,
        attn_implementation=placement.attention,
        device_map={"": str(placement.device)},
        local_files_only=True,
        use_safetensors=True,
        trust_remote_code=False,
        ignore_mismatched_sizes=True,  # they are reported, and refused by name below
        output_loading_info=True,
        **extra,
    )
    _refuse_gaps(folder, report)
    return model.eval().requires_grad_(False)


def _refuse_gaps(folder: ModelFolder, report: dict[str, Any]) -> None:
    """Weights that were not in the files would be random numbers: that is no model."""
    gaps = sorted(str(name) for name in report.get("missing_keys", ()))
    wrong = sorted(str(entry) for entry in report.get("mismatched_keys", ()))
    if gaps or wrong:
        raise ModelNotUsable(
            f"The model in {folder.path} cannot be used: {len(gaps) + len(wrong)} of its "
            f"weights are missing or have the wrong shape, the first is {(gaps + wrong)[0]}.",
            "\n".join(gaps + wrong),
        )


def _describe(
    folder: ModelFolder,
    name: str,
    family: FamilyAdapter,
    placement: Placement,
    fits: ContextPlan,
    model: Any,  # noqa: ANN401
    started: float,
) -> ModelInfo:
    return ModelInfo(
        name=name,
        folder=folder.path,
        family=family.name,
        weights=placement.weights,
        device=placement.device.type,
        device_name=placement.device_name,
        dtype=str(placement.dtype).removeprefix("torch."),
        attention=placement.attention,
        max_context=fits.most_tokens,
        parameters=model.num_parameters(),
        weight_bytes=model.get_memory_footprint(),
        load_s=time.perf_counter() - started,
        notes=(placement.why, *fits.notes),
        kv=fits.kv,
        context_plan=fits.sentence,
    )


def _stop_tokens(model: Any, tokenizer: Any) -> frozenset[int]:  # noqa: ANN401
    """Every id that ends an answer, from the generation settings and from the tokenizer."""
    declared = model.generation_config.eos_token_id
    ids = declared if isinstance(declared, list) else [declared]
    return frozenset(int(i) for i in (*ids, tokenizer.eos_token_id) if i is not None)
