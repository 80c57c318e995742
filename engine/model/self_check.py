"""The first contact with a checkpoint: what it cannot do here is found out before anybody asks.

Ten seconds at most, once for a model as it stands on this machine. What fails is switched off, with
the reason in words; what there was no time for is left on.
"""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from engine.api.errors import EngineError
from engine.api.events import AbilityName, Switched
from engine.model import checks
from engine.model.allocation import is_out_of_memory
from engine.model.call_check import a_grammar_opens_a_call

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from engine.model.loaded_model import LoadedModel

log = logging.getLogger(__name__)

_MOST_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Check:
    """One thing to try, and what is switched off where it fails.

    `name` is kept on disk; `whether` says in words what is asked.
    """

    name: str
    ability: AbilityName
    run: Callable[[LoadedModel], str]
    whether: str = ""


# The cheap ones first. Reading in pieces is the ground of keeping, so it goes with it.
CHECKS: Sequence[Check] = (
    Check(
        "template-picture",
        "pictures",
        checks.pictures_are_shown,
        "Whether its chat template shows a picture",
    ),
    Check(
        "template-functions",
        "functions",
        checks.functions_are_shown,
        "Whether its chat template shows functions",
    ),
    Check(
        "feature-places",
        "pictures",
        checks.every_feature_has_its_place,
        "Whether a picture has as many places as features",
    ),
    Check(
        "pieces",
        "chunks",
        checks.pieces_equal_the_whole,
        "Whether a text can be read in pieces",
    ),
    Check(
        "kept",
        "reuse",
        checks.what_was_kept_equals_the_whole,
        "Whether what was read can be used again",
    ),
    Check(
        "pieces-with-picture",
        "chunks",
        checks.pieces_with_a_picture_equal_the_whole,
        "Whether a picture can be read in pieces",
    ),
    Check(
        "grammar",
        "functions",
        a_grammar_opens_a_call,
        "Whether a grammar can open a call",
    ),
)
_NEEDS_PICTURES = frozenset({"feature-places", "pieces-with-picture"})


@dataclass(frozen=True, slots=True)
class Findings:
    """What is switched off, and the names of the checks that were not made."""

    switched_off: tuple[Switched, ...] = ()
    unchecked: tuple[str, ...] = ()


def try_out(
    model: LoadedModel,
    still_wanted: Callable[[], None],
    table: Sequence[Check] = CHECKS,
    clock: Callable[[], float] = time.perf_counter,
) -> Findings:
    """Make the checks of `table` in order, each where there is time for one as long as any so far.

    `still_wanted` is called between them and may raise to give up.
    """
    started = clock()
    longest = 0.0
    off: dict[AbilityName, Switched] = {}
    unchecked = []
    for check in table:
        still_wanted()
        if check.ability in off or (check.name in _NEEDS_PICTURES and "pictures" in off):
            continue
        begun = clock()
        if begun - started + longest > _MOST_SECONDS:
            unchecked.append(check.name)
            continue
        reason = _outcome(check, model)
        longest = max(longest, clock() - begun)
        if reason is None:
            unchecked.append(check.name)
        elif reason:
            off[check.ability] = Switched(check.ability, reason)
    if "chunks" in off and "reuse" not in off:
        off["reuse"] = replace(off["chunks"], ability="reuse")
    model.features.clear()
    return Findings(tuple(off.values()), tuple(unchecked))


def apply(findings: Findings, model: LoadedModel) -> None:
    """Switch off on `model` what was found not to work; its description says that, and what is
    not known.
    """
    late = [c.whether for c in CHECKS if c.name in findings.unchecked]
    model.info = replace(
        model.info,
        switched_off=findings.switched_off,
        not_tried=tuple(f"{whether}: there was no time, or no memory." for whether in late),
    )
    if any(switched.ability == "chunks" for switched in findings.switched_off):
        model.reads_in_chunks = False


def _outcome(check: Check, model: LoadedModel) -> str | None:
    """Why the ability must be off, empty where all is well, `None` where it cannot be told."""
    try:
        return check.run(model)
    except EngineError as error:
        return error.sentence
    except Exception as fault:
        log.exception("the check %s failed", check.name)
        if is_out_of_memory(fault, 0):
            return None
        return f"Trying it out failed ({type(fault).__name__}: {fault})."
