"""`tanka doctor`: what this machine is, what the model runs on, and what is wrong, if anything."""

from __future__ import annotations

import json
import platform
import sys
from dataclasses import asdict
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table
from rich.text import Text

from engine.api.errors import EngineError
from engine.api.events import Failed, Finished
from engine.api.messages import user
from engine.api.requests import Generate, Limits, LoadModel
from engine.client import EngineClient
from engine.dialogue import events_of, load
from engine.machine import read_machine
from engine.network.report import local_time, network_report

if TYPE_CHECKING:
    from pathlib import Path

    from engine.api.events import ModelInfo
    from engine.api.requests import KvName, WeightsName

_LIBRARIES = ("tanka", "torch", "transformers", "bitsandbytes", "PySide6-Essentials")
_PROBE_TOKENS = 64


def run_doctor(
    model: Path | None,
    weights: WeightsName | None,
    kv: KvName | None,
    context: int | None,
    *,
    as_json: bool,
) -> bool:
    """Print what was found; returns whether a model could be loaded and answered."""
    facts: dict[str, object] = {
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        **{name: _version_of(name) for name in _LIBRARIES},
        **asdict(read_machine()),
    }
    client = EngineClient()
    try:
        info = load(client, LoadModel(model, weights, kv=kv, context=context))
        facts |= _model_facts(info) | _speeds(client)
        healthy = True
    except EngineError as error:
        facts |= {"problem": error.sentence, "details": error.details}
        healthy = False
    finally:
        client.close()
    sys.stdout.write(f"{json.dumps(facts)}\n") if as_json else _print(facts)
    return healthy


def run_network_doctor(*, as_json: bool) -> None:
    """Print what may connect, what enforces it, and every connection that is known."""
    report = network_report()
    facts = report.facts()
    if as_json:
        sys.stdout.write(f"{json.dumps(facts)}\n")
        return
    shown = ("mode", "enforced", "programs", "why_not", "ledger")
    _print({name: facts[name] for name in shown if facts[name]})
    if not report.entries:
        sys.stdout.write("No connection was ever made. They are listed here.\n")
        return
    table = Table("time", "host", "for", "sent", "received", box=None, pad_edge=False)
    for entry in report.entries:
        figures = (f"{entry.sent:,} bytes", f"{entry.received:,} bytes")
        table.add_row(local_time(entry.at), Text(entry.host), Text(entry.reason), *figures)
    Console().print(table)


def _model_facts(info: ModelInfo) -> dict[str, object]:
    return {
        "model": info.name,
        "family": info.family,
        "parameters": info.parameters,
        "weights": info.weights,
        "weight_bytes": info.weight_bytes,
        "draft_bytes": info.draft_bytes,
        "runs_on": f"{info.device} ({info.device_name})",
        "number_format": info.dtype,
        "attention": info.attention,
        "context_tokens": info.max_context,
        "kv": info.kv,
        "context_plan": info.context_plan,
        "load_s": round(info.load_s, 3),
        "why": " ".join(info.notes),
        "switched_off": [f"{off.ability}: {off.reason}" for off in info.switched_off],
        "not_tried": list(info.not_tried),
    }


def _speeds(client: EngineClient) -> dict[str, object]:
    """One short answer, to see that the model runs and how fast."""
    request = Generate((user("Hello."),), limits=Limits(max_tokens=_PROBE_TOKENS))
    for event in events_of(client, request):
        if isinstance(event, Failed):
            raise event.error
        if isinstance(event, Finished):
            timings = event.timings
            return {
                "first_token_s": None if timings.ttft_s is None else round(timings.ttft_s, 3),
                "decode_tok_s": None
                if timings.decode_tok_s is None
                else round(timings.decode_tok_s, 1),
            }
    raise AssertionError("a generate request ends with Finished or Failed")


def _version_of(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"


def _shown(value: object) -> str:
    match value:
        case int():
            return f"{value:,}"
        case list():
            return "\n".join(value) or "nothing"
        case _:
            return str(value)


def _print(facts: dict[str, object]) -> None:
    table = Table(show_header=False, box=None, pad_edge=False)
    for name, value in facts.items():
        table.add_row(name.replace("_", " "), Text(_shown(value)))
    Console().print(table)
