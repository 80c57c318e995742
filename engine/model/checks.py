"""What is tried on a model when it is met for the first time: each function says what fails.

A check answers with the reason why an ability must be switched off, or with nothing. All of them
run on the loaded model itself, through the same rendering, reading and keeping as turns do.
"""

from __future__ import annotations

import hashlib
import io
from typing import TYPE_CHECKING

import torch
from PIL import Image

from engine.api.errors import ModelNotUsable
from engine.api.messages import ImagePart, Message, assistant, tool, user
from engine.cache.prefix_store import PrefixStore
from engine.decode.prefill import prefill
from engine.model.score_difference import is_rounded, share_of_spread
from engine.model.trial_call import CALL, FUNCTION, PLACE, RESULT
from engine.prompt.render import render
from engine.prompt.transcripts import Transcripts

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.api.requests import ToolSpec
    from engine.cache.prefix_store import Lease
    from engine.model.loaded_model import LoadedModel
    from engine.prompt.render import Prompt

# Differences of scores as shares of their own spread: rounding stays below, a lost state does not.
_MOST_OFF_EXACT = 1e-3
_MOST_OFF_ROUNDED = 0.25
_PIECES = 3
# Tokens that a kept answer has and the conversation has not, so that the cache is cut back.
_CUT_OFF = 2
_STORE_BYTES = 2**40


def pictures_are_shown(model: LoadedModel) -> str:
    """Does the chat template put a picture where it was, and one picture only?"""
    places = _prompt(model, _with_picture()).tokens.count(model.image_token_id)
    return "" if places else "A picture takes no place in the prompt."


def every_feature_has_its_place(model: LoadedModel) -> str:
    """Are there as many places in the prompt as the picture has features?"""
    prompt = _prompt(model, _with_picture())
    places = prompt.tokens.count(model.image_token_id)
    features = model.features.get(prompt.images[0])
    if features.shape[0] != places:
        return f"A picture has {features.shape[0]} features for {places} places in the prompt."
    if not bool(torch.isfinite(features).all()):
        return "What the model makes of a picture is no numbers."
    return ""


def functions_are_shown(model: LoadedModel) -> str:
    """Does the chat template show a function, its call and its result?"""
    asked = user("What is it like there?")
    _prompt(model, (asked,), (FUNCTION,))  # refuses with its own reason
    messages = (
        asked,
        assistant("", CALL),
        tool(RESULT, CALL.name, CALL.call_id),
        user("Thank you."),
    )
    try:
        text = _prompt(model, messages, (FUNCTION,)).text
    except ModelNotUsable:
        return "This model's chat template cannot show a call of a function and its result."
    shown = {
        "a function": text.count(CALL.name) > 1,  # once where it is offered, once called
        "a call": PLACE in text,
        "a result": RESULT in text,
    }
    missing = [name for name, is_shown in shown.items() if not is_shown]
    return f"This model's chat template does not show {missing[0]}." if missing else ""


def pieces_equal_the_whole(model: LoadedModel) -> str:
    """Is a text that is read in pieces understood as one that is read in one go?"""
    return _pieces_differ(model, _prompt(model, _conversation()))


def pieces_with_a_picture_equal_the_whole(model: LoadedModel) -> str:
    """The same with a picture, through which the pieces may cut."""
    return _pieces_differ(model, _prompt(model, _with_picture()))


def what_was_kept_equals_the_whole(model: LoadedModel) -> str:
    """Does a cache that is cut back and read on give what reading anew gives?"""
    store = PrefixStore(model.new_cache, _STORE_BYTES)
    first, second = _prompt(model, _conversation()[:1]), _prompt(model, _conversation())
    with store.lease(first.keys) as lease:
        _read(model, first, lease, len(first.tokens))
        _say_something(model, first, lease)
    with store.lease(second.keys) as lease:
        scores = _read(model, second, lease, len(second.tokens))
    if _differ(model, _whole(model, second), scores):
        return "What was kept of an earlier turn gave other scores than reading everything anew."
    return ""


def _conversation() -> tuple[Message, ...]:
    return (
        user("The red boat left the harbour at nine. Which one left?"),
        assistant("The red one."),
        user("And when?"),
    )


def _with_picture() -> tuple[Message, ...]:
    return (user(_picture(), "What is this?"),)


def _picture() -> ImagePart:
    data = io.BytesIO()
    Image.linear_gradient("L").resize((96, 64)).convert("RGB").save(data, "PNG")
    content = data.getvalue()
    return ImagePart("gradient.png", hashlib.sha256(content).hexdigest(), 96, 64, content)


def _prompt(
    model: LoadedModel, messages: tuple[Message, ...], tools: tuple[ToolSpec, ...] = ()
) -> Prompt:
    return render(messages, model, Transcripts(), tools)


def _pieces_differ(model: LoadedModel, prompt: Prompt) -> str:
    store = PrefixStore(model.new_cache, _STORE_BYTES)
    with store.lease(prompt.keys) as lease:
        scores = _read(model, prompt, lease, len(prompt.tokens) // _PIECES)
    if _differ(model, _whole(model, prompt), scores):
        return "Read in pieces, a prompt gave other scores than read in one go."
    return ""


def _features(model: LoadedModel, prompt: Prompt) -> Callable[[int, int], torch.Tensor | None]:
    return lambda start, end: model.features.between(start, end, prompt.spans, prompt.images)


def _whole(model: LoadedModel, prompt: Prompt) -> torch.Tensor:
    """The next token's scores, read in one go."""
    return model.forward(
        prompt.tokens,
        prompt.positions,
        model.new_cache(),
        _features(model, prompt)(0, len(prompt.tokens)),
    )


def _read(model: LoadedModel, prompt: Prompt, lease: Lease, chunk_size: int) -> torch.Tensor:
    """The next token's scores, read on from what `lease` holds as turns do."""
    *_, last = prefill(model, prompt, lease, _features(model, prompt), chunk_size)
    assert last.logits is not None
    return last.logits


def _say_something(model: LoadedModel, prompt: Prompt, lease: Lease) -> None:
    """Feed a few tokens, as if they had been answered."""
    position = int(prompt.positions.max()) + 1
    for token in prompt.tokens[:_CUT_OFF]:
        here = torch.full((prompt.positions.shape[0], 1), position, dtype=torch.long)
        model.forward((token,), here, lease.cache)
        lease.keys.append(token)
        position += 1


def _differ(model: LoadedModel, whole: torch.Tensor, other: torch.Tensor) -> bool:
    """Whether scores differ by more than rounding. Scores that are no numbers tell nothing."""
    if not bool(torch.isfinite(whole).all()):
        return False
    most_off = _MOST_OFF_ROUNDED if is_rounded(model.info) else _MOST_OFF_EXACT
    return not share_of_spread(whole, other) <= most_off
