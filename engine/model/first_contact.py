"""Trying out a model of a kind that nobody vouches for, before anybody relies on it.

Some architectures keep state on the model object, or take a prompt in one piece only. That shows
when the same few tokens are read in different ways.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from engine.api.errors import ModelNotUsable

if TYPE_CHECKING:
    import torch

    from engine.model.loaded_model import LoadedModel

_TRIED = 24
# As shares of the scores' own spread: rounding stays far below, a lost state does not.
_MOST_OFF = {"float32": 1e-3, "bfloat16": 0.1, "float16": 0.1}
_IN_ONE_GO = (
    "This model reads a prompt in one go, so stopping it may take a while where the prompt is long."
)


def make_acquaintance(model: LoadedModel) -> None:
    """Find out whether `model` reads in chunks, and tell it in its notes where it does not.

    Raises `ModelNotUsable` where what it says after single tokens is not what it says after all
    of them at once: such a model would answer nonsense.
    """
    whole = _scores(model, ())
    if _off(model, whole, _scores(model, range(_TRIED // 2, _TRIED))):
        raise ModelNotUsable(
            f"Tanka cannot run models of the kind “{model.info.family}” yet: token by token it "
            "says something else than in one go."
        )
    if _off(model, whole, _scores(model, (_TRIED // 3, 2 * _TRIED // 3))):
        model.reads_in_chunks = False
        model.info = replace(model.info, notes=(*model.info.notes, _IN_ONE_GO))


def _scores(model: LoadedModel, cuts: range | tuple[int, ...]) -> torch.Tensor:
    """The scores after a few tokens that are read in pieces between `cuts`."""
    tokens = list(range(_TRIED))
    positions = model.positions(_TRIED, ())
    cache = model.new_cache()
    scores = positions.new_empty(0)
    for start, end in zip((0, *cuts), (*cuts, _TRIED), strict=True):
        scores = model.forward(tokens[start:end], positions[:, start:end], cache)
    return scores


def _off(model: LoadedModel, whole: torch.Tensor, other: torch.Tensor) -> bool:
    most = _MOST_OFF[model.info.dtype] * float(whole.std())
    return not float((whole - other).abs().max()) <= most
