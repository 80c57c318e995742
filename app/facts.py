"""True statements for "On this machine": what runs where, what is kept, what is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.settings import window_settings_path
from app.wording import memory, size
from engine.paths import data_dir, resume_dir

if TYPE_CHECKING:
    from engine import ModelInfo
    from engine.machine import Machine


def facts(
    model: ModelInfo | None, machine: Machine | None, *, warm_resume: bool, connections: int = 0
) -> tuple[tuple[str, str], ...]:
    """Name and statement of each fact; what is not known yet is left out.

    `warm_resume` is the setting of that name; `connections` is how many the ledger lists.
    """
    kept = (
        f"Conversations, their attachments and drafts, in {data_dir()}; the settings, in "
        f"{window_settings_path().parent}. What is deleted is removed from the disk."
    )
    if warm_resume:
        kept += (
            " What the model computed for them stays, with their text, so that it need not read "
            f"the same again: in {resume_dir()}."
        )
    return (
        *_model_facts(model),
        *_machine_facts(machine),
        ("Kept", kept),
        ("Sent", _sent(connections)),
    )


def _sent(connections: int) -> str:
    """Questions and documents are never sent; what was fetched is in the ledger."""
    if not connections:
        return "Nothing. No connection was ever made."
    if connections == 1:
        return "Nothing of yours. One connection was made; it is listed under Connections."
    return (
        f"Nothing of yours. {connections:,} connections were made; they are listed under "
        "Connections."
    )


def _model_facts(model: ModelInfo | None) -> tuple[tuple[str, str], ...]:
    if model is None:
        return (("Model", "None is loaded."),)
    weights = "full precision" if model.weights == "full" else "4-bit"
    draft = f", and a draft model of {size(model.draft_bytes)}" if model.draft_bytes else ""
    return (
        ("Model", f"{model.name}, {weights}, {size(model.weight_bytes)}{draft}"),
        ("Folder", str(model.folder)),
        ("Runs on", model.device_name),
    )


def _machine_facts(machine: Machine | None) -> tuple[tuple[str, str], ...]:
    if machine is None or machine.memory_bytes is None:
        return ()
    return (("Memory", f"{memory(machine.memory_bytes)}, {machine.system}"),)
