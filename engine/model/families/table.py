"""The families Tanka can run: one row each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.api.errors import ModelNotUsable
from engine.model.architecture import check_drivable, is_known
from engine.model.families.gemma3 import Gemma3
from engine.model.families.gemma4 import Gemma4
from engine.model.families.lfm2_vl import Lfm2Vl
from engine.model.families.qwen3_vl import Qwen3Vl
from engine.model.families.qwen_vl import qwen2_5_vl, qwen3_5
from engine.model.families.smolvlm import SmolVlm
from engine.model.families.text_only import TextOnly

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from engine.model.families.base import FamilyAdapter
    from engine.model.folder import ModelFolder

    MakeAdapter = Callable[[Mapping[str, object], Mapping[str, object]], FamilyAdapter]

FAMILIES: Mapping[str, MakeAdapter] = {
    "gemma3": Gemma3.from_folder,
    "gemma4": Gemma4.from_folder,
    "lfm2_vl": Lfm2Vl.from_folder,
    "qwen2_5_vl": qwen2_5_vl,
    "qwen3_5": qwen3_5,
    "qwen3_vl": Qwen3Vl.from_folder,
    "smolvlm": SmolVlm.from_folder,
}


def adapter_for(folder: ModelFolder) -> FamilyAdapter:
    """The adapter of the folder's family, or one for text alone, which says so in its notes.

    Raises `ModelNotUsable` for what nobody knows.
    """
    make = FAMILIES.get(folder.model_type)
    if make is None and is_known(folder.model_type):
        check_drivable(folder.model_type)
        return TextOnly(folder.model_type)
    if make is None:
        raise ModelNotUsable(
            f"Tanka cannot run models of the kind “{folder.model_type}” yet. "
            f"It runs best: {', '.join(sorted(FAMILIES))}."
        )
    try:
        return make(folder.config, folder.preprocessor)
    except (KeyError, TypeError, ValueError) as error:
        raise ModelNotUsable(
            f"The model in {folder.path} cannot be used: its image settings are damaged.",
            f"{type(error).__name__}: {error}",
        ) from error
