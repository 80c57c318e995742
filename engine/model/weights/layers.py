"""Which linear layers of a model are packed, and which stay in full precision and why."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

import torch

from engine.api.errors import ModelNotUsable

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from engine.model.folder import ModelFolder
    from engine.model.weights.base import WeightBackend

_FILE = "tanka.json"
_MAX_BYTES = 2**16
_NAMED_IN_A_NOTE = 3


@dataclass(frozen=True, slots=True)
class Layers:
    """Names of modules, from the root. `unsuited` could not be packed for their sizes.

    `kept` are the entries that keep layers in full precision, `unknown` those that name none.
    """

    packed: tuple[str, ...]
    unsuited: tuple[str, ...]
    kept: tuple[str, ...]
    unknown: tuple[str, ...]

    def notes(self, requirement: str, heads: Collection[str] = ()) -> tuple[str, ...]:
        """What stays in full precision, in sentences, and which `heads` are kept in 8 bits."""
        notes = []
        if kept := [entry for entry in self.kept if entry not in heads]:
            notes.append(f"In full precision: {', '.join(kept)}.")
        if heads:
            notes.append(f"In 8-bit: {', '.join(heads)}.")
        if self.unsuited:
            notes.append(
                f"In full precision too, as their sizes are not {requirement}: "
                f"{_some(self.unsuited)}."
            )
        if self.unknown:
            notes.append(f"The model has no layers named {_some(self.unknown)} to keep.")
        return tuple(notes)


def choose_layers(model: torch.nn.Module, keep: Sequence[str], backend: WeightBackend) -> Layers:
    """Sort the linear layers of `model`; `keep` names modules, with `*` for any part of a name.

    A layer whose matrix is used elsewhere too (a head tied to the embedding) is never packed.
    """
    uses = Counter(id(p) for _, p in model.named_parameters(remove_duplicate=False))
    packed: list[str] = []
    unsuited: list[str] = []
    matched: set[str] = set()
    for name, module in model.named_modules():
        entries = [entry for entry in keep if _names(entry, name)]
        matched.update(entries)
        if type(module) is not torch.nn.Linear or entries or uses[id(module.weight)] > 1:
            continue
        fits = backend.takes(module.in_features, module.out_features)
        (packed if fits else unsuited).append(name)
    return Layers(
        tuple(packed),
        tuple(unsuited),
        tuple(entry for entry in keep if entry in matched),
        tuple(entry for entry in keep if entry not in matched),
    )


def head_layers(
    model: Any,  # noqa: ANN401 - transformers' models carry no useful types
    keep: Sequence[str],
    backend: WeightBackend,
) -> dict[str, WeightBackend]:
    """The layer that gives the scores, if `backend` takes it and `keep` does not name it.

    Unlike other layers it may share its matrix with the embedding, which keeps it.
    """
    head = model.get_output_embeddings()
    for name, module in model.named_modules():
        if module is not head or type(module) is not torch.nn.Linear:
            continue
        asked = any(_names(entry, name) for entry in keep)
        if not asked and backend.takes(module.in_features, module.out_features):
            return {name: backend}
    return {}


def asked_to_keep(folder: ModelFolder) -> tuple[str, ...]:
    """Layers that the model's folder wants in full precision.

    They stand under `tanka: {"keep": […]}` in its config.json or under `keep` in its tanka.json.
    Raises `ModelNotUsable` where they cannot be read.
    """
    return (*_entries(folder, folder.config.get("tanka", {}), "config.json"), *_from_file(folder))


def _from_file(folder: ModelFolder) -> Iterable[str]:
    file = folder.path / _FILE
    if not file.is_file():
        return ()
    try:
        if file.stat().st_size > _MAX_BYTES:
            raise ValueError("too large")
        content: Any = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise _not_readable(folder, _FILE, str(error)) from error
    return _entries(folder, content, _FILE)


def _entries(folder: ModelFolder, content: object, file: str) -> Iterable[str]:
    names = content.get("keep", []) if isinstance(content, dict) else None
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise _not_readable(folder, file, "keep is no list of names")
    return names


def _not_readable(folder: ModelFolder, file: str, details: str) -> ModelNotUsable:
    return ModelNotUsable(
        f"The model in {folder.path} cannot be used: its {file} does not say in a list of names "
        "under “keep” which layers stay in full precision.",
        details,
    )


def _names(entry: str, module: str) -> bool:
    return module == entry or module.startswith(f"{entry}.") or fnmatchcase(module, entry)


def _some(names: Sequence[str]) -> str:
    more = len(names) - _NAMED_IN_A_NOTE
    shown = ", ".join(names[:_NAMED_IN_A_NOTE])
    return f"{shown} and {more} more" if more > 0 else shown
