"""What a model on this computer needs, and what it is: from its folder, without loading it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tokenizers import Tokenizer

from engine.api.errors import EngineError, ModelNotUsable
from engine.catalogue.fit import Fit, fit
from engine.catalogue.sizes import text_sizes
from engine.catalogue.weighing import weigh
from engine.model.folder import check_folder
from engine.model.sizes import shape_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from engine.catalogue.fit import Place
    from engine.model.folder import ModelFolder
    from engine.model.plan import ModelShape


@dataclass(frozen=True, slots=True)
class Installed:
    """A model's folder, looked at. `sees_pictures` where it has a part that takes them in.

    `shape` is what it would be in memory at `place`, `as_draft` in full precision.
    """

    path: Path
    model_type: str
    quantisation: str | None
    parameters: int
    context: int
    sees_pictures: bool
    place: Place
    shape: ModelShape
    as_draft: ModelShape

    def fit(self, tokens: int, draft: Installed | None = None) -> Fit:
        """How it fits with so many tokens, and with a draft model beside it."""
        shape = self.shape if draft is None else replace(self.shape, draft=draft.as_draft)
        return fit(shape, self.place, tokens)


def look_at(path: Path, place: Place) -> Installed:
    """Look at the checked model in `path`; raises `ModelNotUsable`."""
    folder = check_folder(path, converses=False)
    try:
        return _look(folder, place)
    except (OSError, ValueError) as fault:
        raise ModelNotUsable(f"The model in {path} cannot be read.", repr(fault)) from fault


def vocabulary(path: Path) -> Mapping[str, int]:
    """Every entry of the model's vocabulary with its number; raises `ModelNotUsable`."""
    try:
        tokenizer = Tokenizer.from_file(str(path / "tokenizer.json"))
    except Exception as fault:  # its own errors are plain ones
        raise ModelNotUsable(f"The vocabulary in {path} cannot be read.", str(fault)) from fault
    return tokenizer.get_vocab(with_added_tokens=True)


def context_of(path: Path) -> int | None:
    """The context that a model declares, `None` where its folder does not tell."""
    try:
        return text_sizes(check_folder(path, converses=False).config).context
    except EngineError:
        return None


def _look(folder: ModelFolder, place: Place) -> Installed:
    sizes = text_sizes(folder.config)
    return Installed(
        path=folder.path,
        model_type=folder.model_type,
        quantisation=folder.quantisation,
        parameters=folder.values,
        context=sizes.context or 0,
        sees_pictures="vision_config" in folder.config,
        place=place,
        shape=shape_of(sizes, weigh(folder, place.weights)),
        as_draft=shape_of(sizes, weigh(folder, "full")),
    )
