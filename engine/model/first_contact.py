"""Refusing a model of a kind that nobody vouches for where it cannot be gone on with.

Some architectures keep state on the model object. That shows when the same few tokens are read in
different ways.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.api.errors import ModelNotUsable
from engine.model.score_difference import is_rounded, share_of_spread

if TYPE_CHECKING:
    import torch

    from engine.model.loaded_model import LoadedModel

_TRIED = 24
# As shares of the scores' own spread: rounding stays far below, a lost state does not.
_MOST_OFF_EXACT = 1e-3
_MOST_OFF_ROUNDED = 0.1


def check_token_by_token(model: LoadedModel) -> None:
    """Raise `ModelNotUsable` where `model` says something else token by token than in one go.

    Such a model would answer nonsense. What it may do less than others, such as reading in chunks,
    is found out by the self-check.
    """
    whole = _scores(model, ())
    if _off(model, whole, _scores(model, range(_TRIED // 2, _TRIED))):
        raise ModelNotUsable(
            f"Tanka cannot run models of the kind “{model.info.family}” yet: token by token it "
            "says something else than in one go."
        )


def _scores(model: LoadedModel, cuts: range | tuple[()]) -> torch.Tensor:
    """The scores after a few tokens that are read in pieces between `cuts`."""
    tokens = list(range(_TRIED))
    positions = model.positions(_TRIED, ())
    cache = model.new_cache()
    scores = positions.new_empty(0)
    for start, end in zip((0, *cuts), (*cuts, _TRIED), strict=True):
        scores = model.forward(tokens[start:end], positions[:, start:end], cache)
    return scores


def _off(model: LoadedModel, whole: torch.Tensor, other: torch.Tensor) -> bool:
    most_off = _MOST_OFF_ROUNDED if is_rounded(model.info) else _MOST_OFF_EXACT
    return not share_of_spread(whole, other) <= most_off
