"""What helps to find a fault, for the clipboard: nothing of conversations, no file's path."""

from __future__ import annotations

import platform
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Literal, get_args, get_origin

from PySide6.QtCore import qVersion
from PySide6.QtGui import QGuiApplication

from app.about import NAME, app_version
from app.wording import size

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pydantic import BaseModel

    from engine import ModelInfo
    from engine.machine import Machine

_PACKAGES = ("torch", "transformers", "bitsandbytes", "tokenizers", "PySide6-Essentials")


def diagnostics(
    machine: Machine | None, model: ModelInfo | None, settings: tuple[BaseModel, ...]
) -> str:
    """Versions, machine, model and settings, line by line."""
    parts = (_versions(), _machine(machine), _model(model), _all_settings(settings))
    return "\n\n".join("\n".join(part) for part in parts)


def _versions() -> Iterator[str]:
    yield f"{NAME} {app_version()}"
    yield f"Python {platform.python_version()}, Qt {qVersion()}"
    yield f"{platform.system()} {platform.release()}, {platform.machine()}"
    yield f"Windows through {QGuiApplication.platformName()}"
    for name in _PACKAGES:
        try:
            yield f"{name} {version(name)}"
        except PackageNotFoundError:
            yield f"{name}: not installed"


def _machine(machine: Machine | None) -> Iterator[str]:
    if machine is None:
        yield "Machine: not looked at yet"
        return
    yield f"Processor: {machine.processor}, {machine.logical_cores or '–'} cores"
    yield f"Memory: {_bytes(machine.memory_bytes)}, {_bytes(machine.memory_available_bytes)} free"
    yield f"Disk: {_bytes(machine.disk_free_bytes)} free"
    for card in machine.gpus:
        yield f"Card: {card.name}, {_bytes(card.memory_bytes)}, driver {card.driver}"


def _model(model: ModelInfo | None) -> Iterator[str]:
    if model is None:
        yield "Model: none is loaded"
        return
    yield f"Model: {model.name}, {model.family}, {model.weights}, {size(model.weight_bytes)}"
    yield f"Runs on: {model.device_name}, {model.dtype}, {model.attention}"
    yield f"Context: {model.max_context:,}, kept as {model.kv}"
    for off in model.switched_off:
        yield f"Off: {off.ability}"


def _all_settings(settings: tuple[BaseModel, ...]) -> Iterator[str]:
    yield "Settings:"
    for one in settings:
        for name, field in type(one).model_fields.items():
            yield f"  {name}: {_told(getattr(one, name), field.annotation)}"


def _told(value: object, annotation: object) -> str:
    """Numbers, switches and choices as they are; of all else only whether there is something."""
    if value is None or isinstance(value, bool | int | float) or _is_choice(annotation):
        return str(value)
    return "set" if value else "not set"


def _is_choice(annotation: object) -> bool:
    """Whether only words of our own can stand there."""
    if get_origin(annotation) is Literal:
        return True
    parts = get_args(annotation)
    return bool(parts) and all(part is type(None) or _is_choice(part) for part in parts)


def _bytes(count: int | None) -> str:
    return "–" if count is None else size(count)
