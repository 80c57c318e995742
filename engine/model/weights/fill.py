"""Putting weights into an empty model: from its checkpoint, or from a stored file."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

import torch

from engine.model.weights.base import copied

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from engine.model.device import Placement
    from engine.model.weights.base import Told, WeightBackend

_HALF = (torch.bfloat16, torch.float16)


def fill_from_checkpoint(
    model: Any,  # noqa: ANN401 - transformers' models carry no useful types
    mapped: Any,  # noqa: ANN401
    packed: Mapping[str, WeightBackend],
    backend: WeightBackend,
    placement: Placement,
    told: Told,
) -> None:
    """Pack the layers named in `packed` and copy all else, one tensor of `mapped` at a time.

    Layers of `mapped` that are packed already, as `backend` would, are taken over as they are.
    """
    copier = _Copier(mapped, placement, told)
    for name, source in list(mapped.named_modules()):
        layer = (
            packed[name].pack(source.weight, told)
            if name in packed
            else backend.take_over(source, told)
        )
        if layer is not None:
            model.set_submodule(name, layer)
        done = () if layer is None else ("weight",)
        copier.copy(source, model.get_submodule(name), name, done)
    _move_buffers(model, placement.device)


def fill_from_store(
    model: Any,  # noqa: ANN401
    tensors: Mapping[str, torch.Tensor],
    same: Mapping[str, str],
    packed: Mapping[str, WeightBackend],
    device: torch.device,
) -> None:
    """Build the layers named in `packed` and put every other tensor where its name says.

    `same` names tensors that are another one. Raises `ValueError`, `KeyError` or `AttributeError`
    where these are not the model's.
    """
    parts: dict[str, dict[str, torch.Tensor]] = defaultdict(dict)
    others: dict[str, torch.Tensor] = {}
    for name, tensor in tensors.items():
        layer = _layer_of(name, packed)
        if layer is None:
            others[name] = tensor.to(device)
        else:
            parts[layer][name.removeprefix(f"{layer}.")] = tensor
    for name, backend in packed.items():
        _rebuild(model, name, parts[name], backend, device)
    parameters = {name: _parameter(tensor) for name, tensor in others.items()}
    for name, origin in (*zip(others, others, strict=True), *same.items()):
        _put(model, name, parameters[origin])
    _move_buffers(model, device)
    empty = [name for name, tensor in model.state_dict().items() if tensor.is_meta]
    if empty:
        raise ValueError(f"nothing for {empty[0]}")


def held_tensors(model: Any) -> tuple[dict[str, torch.Tensor], dict[str, str]]:  # noqa: ANN401
    """Every tensor of `model` once, by name, and the further names of those that have several."""
    tensors: dict[str, torch.Tensor] = {}
    same: dict[str, str] = {}
    names: dict[tuple[int, torch.Size], str] = {}
    for name, tensor in model.state_dict().items():
        known = names.setdefault((tensor.data_ptr(), tensor.shape), name)
        if known == name or not tensor.numel():
            tensors[name] = tensor
        else:
            same[name] = known
    return tensors, same


class _Copier:
    """Copies parameters and kept buffers of modules; one that stands in two places stays one."""

    def __init__(self, mapped: Any, placement: Placement, told: Told) -> None:  # noqa: ANN401
        self._kept_buffers = set(mapped.state_dict())
        # Parameters that transformers keeps in float32 though the checkpoint is in 16 bits.
        self._half = mapped.config.dtype in _HALF
        self._placement = placement
        self._told = told
        self._copies: dict[int, torch.nn.Parameter] = {}

    def copy(
        self, source: torch.nn.Module, target: torch.nn.Module, name: str, done: Collection[str]
    ) -> None:
        for key, parameter in source.named_parameters(recurse=False):
            if key not in done:
                setattr(target, key, self._parameter(parameter))
        for key, buffer in source.named_buffers(recurse=False):
            if (f"{name}.{key}" if name else key) in self._kept_buffers:
                dtype = target.get_buffer(key).dtype
                setattr(target, key, copied(buffer, self._placement.device, dtype, self._told))

    def _parameter(self, source: torch.nn.Parameter) -> torch.nn.Parameter:
        known = self._copies.get(id(source))
        if known is None:
            copy = copied(source.data, self._placement.device, self._dtype(source), self._told)
            known = self._copies[id(source)] = _parameter(copy)
        return known

    def _dtype(self, source: torch.Tensor) -> torch.dtype:
        if not source.is_floating_point() or (self._half and source.dtype == torch.float32):
            return source.dtype
        return self._placement.dtype


def _rebuild(
    model: Any,  # noqa: ANN401
    name: str,
    parts: dict[str, torch.Tensor],
    backend: WeightBackend,
    device: torch.device,
) -> None:
    linear = model.get_submodule(name)
    bias = parts.pop("bias", None)
    if (bias is None) != (linear.bias is None):
        raise ValueError(f"{name} has a bias in one place only")
    layer = backend.restore(linear.in_features, linear.out_features, parts)
    if bias is not None:
        layer.register_parameter("bias", _parameter(bias.to(device)))
    model.set_submodule(name, layer)


def _put(model: Any, name: str, tensor: torch.nn.Parameter) -> None:  # noqa: ANN401
    path, _, key = name.rpartition(".")
    module = model.get_submodule(path)
    if getattr(module, key).shape != tensor.shape:
        raise ValueError(f"{name} of {tuple(tensor.shape)}")
    is_buffer = key in dict(module.named_buffers(recurse=False))
    setattr(module, key, tensor.data if is_buffer else tensor)


def _layer_of(name: str, packed: Collection[str]) -> str | None:
    """The packed layer that the tensor `name` belongs to; names of its parts may have dots."""
    path = name
    while path:
        path = path.rpartition(".")[0]
        if path in packed:
            return path
    return None


def _parameter(tensor: torch.Tensor) -> torch.nn.Parameter:
    return torch.nn.Parameter(tensor, requires_grad=False)


def _move_buffers(model: Any, device: torch.device) -> None:  # noqa: ANN401
    for module in model.modules():
        for key, buffer in list(module.named_buffers(recurse=False)):
            setattr(module, key, buffer.to(device))
