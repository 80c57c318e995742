"""A model with its weights in place: from what is kept on disk, or from its checkpoint."""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import transformers

from engine.model.weights.checkpoint import empty_model, mapped_model, tensor_shapes
from engine.model.weights.fill import fill_from_checkpoint, fill_from_store, held_tensors
from engine.model.weights.full import Full
from engine.model.weights.head import attach_empty_head
from engine.model.weights.int8_rows import Int8Rows
from engine.model.weights.layers import asked_to_keep, choose_layers, head_layers
from engine.model.weights.stored import NotKept, StoreKey, WeightStore
from engine.model.weights.table import backend_for
from engine.paths import FolderNotUsable, cache_dir

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from engine.api.requests import WeightsName
    from engine.model.device import Placement
    from engine.model.families.base import FamilyAdapter
    from engine.model.folder import ModelFolder
    from engine.model.weights.base import WeightBackend

    Progress = Callable[[str, int, int], None]

log = logging.getLogger(__name__)

STORE = "weights"
_READ_FROM_STORE = "Its 4-bit weights were kept on disk from an earlier start."


@dataclass(frozen=True, slots=True)
class Weights:
    """A model ready to run. `name` is the backend that it really has, `notes` say the rest.

    `read_bytes` is what was last told as the total to read, `row_limits` the backend's.
    """

    model: Any
    name: WeightsName
    parameters: int
    weight_bytes: int
    read_bytes: int
    notes: tuple[str, ...]
    row_limits: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class _Plan:
    """Which layers are packed how. `stored`: whether the result is worth keeping on disk.

    `backend` is that of most layers.
    """

    backend: WeightBackend
    packed: Mapping[str, WeightBackend]
    stored: bool
    notes: tuple[str, ...]


@dataclass(slots=True)
class _Steps:
    """Turns bytes taken in into progress that never goes back; the total may grow."""

    progress: Progress
    step: str = ""
    total: int = 0
    loaded: int = 0

    def begin(self, step: str, total: int) -> None:
        """A step that takes in `total` bytes begins."""
        self.step = step
        self.total = self.loaded + total
        self.told(0)

    def told(self, taken: int) -> None:
        """`taken` more bytes."""
        self.loaded = min(self.total, self.loaded + taken)
        self.progress(self.step, self.loaded, self.total)

    def still(self, _: int) -> None:
        """The step goes on without taking anything in."""
        self.told(0)


@dataclass(frozen=True, slots=True)
class Prepared:
    """A model without weights, and how they will be kept. `packed_values` counts those in 4-bit.

    `largest_matrix` is how many of them the largest packed layer has. `head_values` counts those of
    a head in 8-bit; where it is `tied`, the embedding keeps them too.
    """

    model: Any
    plan: _Plan
    parameters: int
    packed_values: int
    largest_matrix: int
    head_values: int = 0
    tied: bool = False


def prepare_weights(folder: ModelFolder, family: FamilyAdapter, placement: Placement) -> Prepared:
    """Build the model of `folder` without memory. Raises `ModelNotUsable` where that fails."""
    model = empty_model(folder, placement)
    of_head = attach_empty_head(model, tensor_shapes(folder), placement.dtype)
    plan = _plan(model, folder, family, placement)
    plan = replace(plan, notes=(*plan.notes, *of_head))
    sizes = {name: model.get_submodule(name).weight.numel() for name in plan.packed}
    packed = [size for name, size in sizes.items() if plan.packed[name] is plan.backend]
    tied = {id(p) for p in model.get_input_embeddings().parameters()}
    heads = [name for name, backend in plan.packed.items() if backend is not plan.backend]
    return Prepared(
        model,
        plan,
        parameters=sum(parameter.numel() for parameter in model.parameters()),
        packed_values=sum(packed),
        largest_matrix=max(packed, default=0),
        head_values=sum(sizes[name] for name in heads),
        tied=any(id(model.get_submodule(name).weight) in tied for name in heads),
    )


def read_weights(
    folder: ModelFolder, prepared: Prepared, placement: Placement, progress: Progress
) -> Weights:
    """Load what `folder` holds as `placement` says, into the model that was prepared for it.

    Raises `ModelNotUsable` for weights that are missing or do not fit. `progress` may raise: then
    nothing is left behind, in memory or on disk.
    """
    steps = _Steps(progress)
    model, plan = prepared.model, prepared.plan
    if plan.stored:
        notes = _through_store(model, folder, plan, placement, steps)
    else:
        notes = ()
        _from_checkpoint(model, folder, plan, placement, steps)
    tensors, _ = held_tensors(model)
    return Weights(
        model,
        plan.backend.name,
        prepared.parameters,
        weight_bytes=sum(tensor.nbytes for tensor in tensors.values()),
        read_bytes=steps.total,
        notes=(*plan.notes, *notes),
        row_limits=plan.backend.row_limits,
    )


def _plan(model: Any, folder: ModelFolder, family: FamilyAdapter, placement: Placement) -> _Plan:  # noqa: ANN401
    backend = backend_for(placement, _cache_folder())
    if folder.quantisation is not None:
        return _Plan(backend, {}, stored=False, notes=("It was saved in 4-bit.",))
    asked = asked_to_keep(folder)
    layers = choose_layers(model, (*family.skip_quantising, *asked), backend)
    if not layers.packed:
        note = f"In full precision: it has no layers whose sizes are {backend.requirement}."
        full = Full(placement.device, placement.dtype)
        return _Plan(full, {}, stored=False, notes=(note,))
    stored = backend.parameters is not None
    heads = head_layers(model, asked, Int8Rows()) if backend.name == "int4pack" else {}
    packed = dict.fromkeys(layers.packed, backend) | heads
    notes = (*backend.notes, *layers.notes(backend.requirement, heads)) if stored else ()
    return _Plan(backend, packed, stored, notes)


def _through_store(
    model: Any,  # noqa: ANN401
    folder: ModelFolder,
    plan: _Plan,
    placement: Placement,
    steps: _Steps,
) -> tuple[str, ...]:
    """Take the weights from the store, or put them there; returns what there is to say of it."""
    cache = _cache_folder()
    key = _key(folder, plan, placement)
    if cache is None:
        _from_checkpoint(model, folder, plan, placement, steps)
        return (_not_kept("there is no folder for it"),)
    store = WeightStore(cache / STORE)
    if _from_store(model, store, key, plan, placement, steps):
        return (_READ_FROM_STORE,)
    _from_checkpoint(model, folder, plan, placement, steps)
    return _keep(model, store, key, steps)


def _key(folder: ModelFolder, plan: _Plan, placement: Placement) -> StoreKey:
    circumstances = {
        "backend": plan.backend.name,
        "parameters": plan.backend.parameters,
        "packed": sorted(f"{name} {type(how).__name__}" for name, how in plan.packed.items()),
        "dtype": str(placement.dtype),
        "transformers": transformers.__version__,
    }
    return StoreKey.of(folder, circumstances)


def _from_checkpoint(
    model: Any,  # noqa: ANN401
    folder: ModelFolder,
    plan: _Plan,
    placement: Placement,
    steps: _Steps,
) -> None:
    steps.begin("Reading the weights", folder.weight_bytes)
    mapped = mapped_model(folder, model)
    fill_from_checkpoint(model, mapped, plan.packed, plan.backend, placement, steps.told)


def _from_store(
    model: Any,  # noqa: ANN401
    store: WeightStore,
    key: StoreKey,
    plan: _Plan,
    placement: Placement,
    steps: _Steps,
) -> bool:
    steps.begin("Reading the 4-bit weights", store.size(key))
    stored = store.find(key, steps.told)
    if stored is None:
        return False
    try:
        same = json.loads(stored.about)
        fill_from_store(model, stored.tensors, same, plan.packed, placement.device)
    except (ValueError, KeyError, AttributeError) as fault:
        log.warning("the kept weights do not fit the model: %r", fault)
        return False
    return True


def _keep(model: Any, store: WeightStore, key: StoreKey, steps: _Steps) -> tuple[str, ...]:  # noqa: ANN401
    steps.begin("Keeping the 4-bit weights", 0)
    tensors, same = held_tensors(model)
    try:
        store.keep(key, tensors, json.dumps(same), steps.still)
    except NotKept as reason:
        return (_not_kept(str(reason)),)
    return ()


def _not_kept(reason: str) -> str:
    return (
        f"Its 4-bit weights could not be kept on disk, since {reason}: the next start will take "
        "as long as this one."
    )


def _cache_folder() -> Path | None:
    try:
        return cache_dir()
    except FolderNotUsable:
        log.warning("there is no cache folder", exc_info=True)
        return None
