"""Does a grammar open a call? The last thing that is tried of a model met for the first time."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import torch

from engine.api.messages import assistant, tool, user
from engine.api.requests import Limits, SamplingParams
from engine.decode.decode import decode
from engine.decode.sampler import Sampler
from engine.model.trial_call import CALL, FUNCTION, PLACE, RESULT
from engine.prompt.render import render
from engine.prompt.transcripts import Transcripts
from engine.text.dialects import DIALECTS, parse_calls
from engine.text.speaker import Speaker

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.model.loaded_model import LoadedModel
    from engine.text.dialects import Dialect


class OneText:
    """A mask that allows one text only, which has these tokens; see `TokenMask`."""

    def __init__(self, tokens: Sequence[int]) -> None:
        self._tokens = tuple(tokens)
        self._at = 0

    @property
    def stopped(self) -> bool:
        """Whether all of it has been said."""
        return self._at == len(self._tokens)

    def compute_mask(self) -> torch.Tensor:
        """The next token alone."""
        mask = torch.zeros(max(self._tokens) + 1, dtype=torch.bool)
        mask[self._tokens[self._at]] = True
        return mask

    def consume(self, _token: int) -> None:
        """One token on."""
        self._at += 1

    def rollback(self, count: int) -> None:
        """So many back."""
        self._at -= count


def a_grammar_opens_a_call(model: LoadedModel) -> str:
    """Can the mark before a call be demanded, and is a call read as the template writes it?

    Says why not, or nothing. Models of a dialect without calls have nothing to be tried.
    """
    form = DIALECTS[model.dialect]
    if form is None:
        return ""
    call = parse_calls(_written(model, form), model.dialect, (FUNCTION,)).calls
    if [(each.name, each.arguments) for each in call] != [(CALL.name, {"place": PLACE})]:
        return "A call cannot be read as this model's chat template writes it."
    if _demanded(model, form.opening).strip() != form.opening:
        return "The mark that opens a call is not seen in an answer that must begin with it."
    return ""


def _written(model: LoadedModel, form: Dialect) -> str:
    """A call as the model's own chat template writes it."""
    result = tool(RESULT, CALL.name, CALL.call_id)
    messages = (user("Where?"), assistant("", CALL), result, user("Thank you."))
    text = render(messages, model, Transcripts(), (FUNCTION,)).text
    # Templates explain their marks where they list functions; the call is what holds the place.
    start = text.rfind(form.opening, 0, text.find(PLACE))
    end = text.find(form.closing, start)
    return text[start : end + len(form.closing)] if 0 <= start < end else ""


def _demanded(model: LoadedModel, mark: str) -> str:
    """What an answer is heard to say that may say nothing but `mark`."""
    prompt = render((user("Where?"),), model, Transcripts(), (FUNCTION,))
    wanted = model.tokenize(mark)
    sampler = Sampler(SamplingParams(), (), OneText(wanted))
    speaker = Speaker(
        model.tokenizer,
        model.stop_tokens,
        Limits(),
        len(wanted) + 1,
        prompt.spoken,
        model.call_marks,
    )
    cache = model.new_cache()
    scores = model.forward(prompt.tokens, prompt.positions, cache)
    if bool(torch.isnan(scores).any()):
        return mark  # scores that are no numbers tell nothing
    with closing(decode(model, scores, prompt.positions, cache, sampler)) as tokens:
        said = "".join(speaker.hear(token) for token in tokens)
    return said + speaker.close()
