"""The draft model that may lie beside a checkpoint, in its folder `draft`.

It is a help and never a need: whatever is wrong with it is said in the model's notes, and the model
works without it.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from transformers import AutoConfig, AutoTokenizer

from engine.api.errors import EngineError, ModelNotUsable
from engine.model.families.table import adapter_for
from engine.model.folder import check_folder
from engine.model.vocabularies import compare

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from engine.model.families.base import FamilyAdapter
    from engine.model.folder import ModelFolder
    from engine.model.loaded_model import LoadedModel

log = logging.getLogger(__name__)

FOLDER = "draft"


@dataclass(frozen=True, slots=True)
class DraftFolder:
    """A checked draft model, not loaded yet."""

    folder: ModelFolder
    family: FamilyAdapter
    tokenizer: Any


@dataclass(frozen=True, slots=True)
class Pairing:
    """What was found beside a model: a draft model that fits it, or why there is none."""

    draft: DraftFolder | None = None
    note: str = ""


def look_beside(path: Path, tokenizer: Any) -> Pairing:  # noqa: ANN401 - transformers has no types
    """The draft model beside the model at `path`, which has this tokenizer."""
    place = path / FOLDER
    if not (place / "config.json").is_file():
        return Pairing()
    try:
        return Pairing(_checked(place, tokenizer))
    except EngineError as error:
        return Pairing(note=not_used(error.sentence))
    except Exception as fault:
        log.exception("a draft model cannot be used")
        return Pairing(note=not_used(f"{type(fault).__name__}: {fault}"))


def load_beside(
    pairing: Pairing, load: Callable[[DraftFolder], LoadedModel]
) -> tuple[LoadedModel | None, str]:
    """The draft model loaded by `load`, if there is one, and what there is to say of it."""
    if pairing.draft is None:
        return None, pairing.note
    try:
        model = load(pairing.draft)
    except EngineError as error:
        return None, not_used(error.sentence)
    info = model.info
    return model, (
        f"A draft model proposes words: {info.parameters / 1e6:.1f} million parameters, "
        f"{info.weight_bytes / 2**20:.1f} MB."
    )


def not_used(reason: str) -> str:
    """The note for a draft model that is left out."""
    return f"The draft model is not used: {reason[:1].lower()}{reason[1:]}"


def _checked(place: Path, tokenizer: Any) -> DraftFolder:  # noqa: ANN401
    folder = check_folder(place, converses=False)
    if folder.quantisation is not None:
        raise ModelNotUsable("It was saved in 4-bit, and so small a model is faster in full.")
    family = adapter_for(folder)
    own = AutoTokenizer.from_pretrained(place, local_files_only=True, trust_remote_code=False)
    vocabularies = [t.backend_tokenizer.get_vocab(with_added_tokens=True) for t in (tokenizer, own)]
    if difference := compare(*vocabularies):
        raise ModelNotUsable(difference.sentence)
    config = AutoConfig.from_pretrained(place, local_files_only=True, trust_remote_code=False)
    if family.image_token is not None or family.layer_kinds(config) is None:
        raise ModelNotUsable("It is no plain language model of a kind that Tanka knows.")
    if int(config.get_text_config().vocab_size) <= max(vocabularies[1].values()):
        raise ModelNotUsable("It has fewer entries than its vocabulary.")
    return DraftFolder(folder, family, own)
