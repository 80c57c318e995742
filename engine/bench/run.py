"""`tanka bench`: run suites and print their rows.

Suites that need the window belong to the application and come in through `extra_suites`.
"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING

from rich.console import Console

from engine.api.errors import BadRequest
from engine.bench import context, decode, drafting, resume, reuse, weights
from engine.bench.report import Row, table
from engine.machine import read_machine

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    Suite = Callable[[], list[Row]]

SUITES: Mapping[str, Suite] = {
    "reuse": reuse.run,
    "resume": resume.run,
    "decode": decode.run,
    "drafting": drafting.run,
    "weights": weights.run,
    "context": context.run,
}
# These take so long that they run only where they are named.
LONG_SUITES: Mapping[str, Suite] = {"context_long": context.run_long}
# Named here so that the engine alone can say where they are.
WINDOW_SUITES = ("gui", "store")


def run_suites(
    wanted: Sequence[str] | None,
    *,
    as_json: bool,
    extra_suites: Mapping[str, Suite] | None = None,
) -> bool:
    """Run the suites named, or all, and print; returns whether every bar holds.

    Raises `BadRequest` for a name that is no suite here.
    """
    usual = {**SUITES, **(extra_suites or {})}
    suites = {**usual, **LONG_SUITES}
    names = tuple(usual) if wanted is None else tuple(wanted)
    for name in names:
        if name not in suites:
            raise BadRequest(_unknown(name, suites))
    console = Console(stderr=True)
    rows: list[Row] = []
    for name in names:
        console.print(f"{name}…", style="dim")
        rows += suites[name]()
    if as_json:
        report = {"machine": asdict(read_machine()), "rows": [row.to_dict() for row in rows]}
        sys.stdout.write(f"{json.dumps(report)}\n")
    else:
        Console().print(table(rows))
    return all(row.holds for row in rows)


def _unknown(name: str, suites: Mapping[str, Suite]) -> str:
    if name in WINDOW_SUITES:
        return f"The suite “{name}” needs the window: it is part of “tanka bench”."
    return f"There is no suite “{name}”. There are: {', '.join(suites)}."
