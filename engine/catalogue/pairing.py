"""Which model on this computer may draft for which: judged, with the reason where it may not.

The rules are those that the engine applies when it loads a pair (`engine.model.draft`); here they
are told beforehand. A draft model lies in the folder `draft` of the model it drafts for.
"""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.api.errors import BadRequest, EngineError
from engine.catalogue.installed import look_at, vocabulary
from engine.model.vocabularies import compare

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from engine.catalogue.fit import Place
    from engine.catalogue.records import KeptModel
    from engine.model.vocabularies import Difference

_FOLDER = "draft"
# Above this share of the model's size a draft costs about as much as it saves.
_LARGE_SHARE = 0.25
_GB = 1024**3
_MB = 1024**2


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether `draft` may draft. `reason` says why not, `caution` what speaks against it.

    `adds_bytes` is the memory that it takes beside the model.
    """

    draft: KeptModel
    accepted: bool
    reason: str = ""
    caution: str = ""
    adds_bytes: int = 0


def judge(
    model: KeptModel, others: Sequence[KeptModel], place: Place, tokens: int
) -> tuple[Verdict, ...]:
    """A verdict on each of `others` beside `model`, with a context of `tokens`.

    Reads vocabularies: takes a moment for each. Raises `ModelNotUsable` where `model` itself cannot
    be read.
    """
    entries = vocabulary(model.folder)
    verdicts = []
    for other in others:
        if other.id == model.id:
            continue
        try:
            verdicts.append(_judge_one(model, other, entries, place, tokens))
        except EngineError as fault:
            verdicts.append(Verdict(other, accepted=False, reason=fault.sentence))
    return tuple(verdicts)


def _judge_one(
    model: KeptModel, other: KeptModel, entries: Mapping[str, int], place: Place, tokens: int
) -> Verdict:
    main, draft = look_at(model.folder, place), look_at(other.folder, place)
    difference = compare(entries, vocabulary(other.folder))
    if difference is not None:
        return Verdict(other, accepted=False, reason=_in_words(difference))
    if draft.sees_pictures:
        return Verdict(other, accepted=False, reason="It takes pictures; a draft reads text alone.")
    if draft.quantisation is not None:
        return Verdict(
            other,
            accepted=False,
            reason="It was saved in 4-bit, and so small a model is faster in full.",
        )
    alone, pair = main.fit(tokens), main.fit(tokens, draft)
    adds = pair.needed_bytes - alone.needed_bytes
    memory = place.memory_bytes
    if memory is not None and pair.needed_bytes > memory:
        needs = f"The pair needs {_gb(pair.needed_bytes)} of your {_gb(memory)}."
        return Verdict(other, accepted=False, reason=needs, adds_bytes=adds)
    caution = ""
    if draft.parameters > _LARGE_SHARE * main.parameters:
        share = draft.parameters / main.parameters
        caution = f"It has {share:.0%} of the model's size, so the gain may be small."
    return Verdict(other, accepted=True, caution=caution, adds_bytes=adds)


def put_beside(model: KeptModel, draft: KeptModel | None) -> None:
    """Let `draft` draft for `model`, or nothing. Raises `EngineError`.

    Its files are linked, or copied where the system does not link.
    """
    if model.origin == "in place":
        raise BadRequest(
            "This model is used where it is, and Tanka writes nothing there. Import a copy of it "
            "to give it a draft model."
        )
    place = model.folder / _FOLDER
    try:
        if place.exists():
            shutil.rmtree(place)
        if draft is not None:
            _link_all(draft, place)
    except OSError as fault:
        with suppress(OSError):
            shutil.rmtree(place)
        raise BadRequest("The draft model could not be put in place.", repr(fault)) from fault


def _link_all(draft: KeptModel, place: Path) -> None:
    place.mkdir(mode=0o700)
    for file in draft.files:
        source, target = draft.folder / file.name, place / file.name
        try:
            os.link(source, target)
        except OSError:
            shutil.copyfile(source, target)


def _in_words(difference: Difference) -> str:
    if difference.entries != difference.other_entries:
        return (
            f"Different vocabulary: {difference.other_entries:,} entries against "
            f"{difference.entries:,}. Its guesses cannot be checked token by token."
        )
    return (
        f"Vocabulary has the same length, but {difference.differing:,} entries differ, the first "
        f"at {difference.first:,}."
    )


def _gb(count: int) -> str:
    return f"{count / _GB:.1f} GB" if count >= _GB else f"{max(1, round(count / _MB)):,} MB"
