"""From messages to prompt tokens, through the model's own chat template.

The template gives text with one marker per picture; we put what the picture becomes in its place.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain, pairwise
from typing import TYPE_CHECKING, Protocol

from engine.api.errors import BadRequest, ModelNotUsable
from engine.prompt.conversation import check_conversation
from engine.prompt.forms import document_closing
from engine.prompt.spans import ImageSpan
from engine.prompt.template_values import answer_text, message_values, tool_values
from engine.prompt.transcripts import Opening, Transcript
from engine.text.detokenizer import Spoken

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import torch

    from engine.api.messages import Detail, ImagePart, Message
    from engine.api.requests import ToolSpec
    from engine.prompt.spans import PictureForm
    from engine.prompt.template_traits import ApplyTemplate, TemplateTraits
    from engine.prompt.transcripts import Transcripts
    from engine.text.thought import ThoughtMarks

    Values = Sequence[Mapping[str, object]]


class ChatModel(Protocol):
    """What rendering needs of a loaded model.

    `image_token` is what the template writes for a picture, `None` where the model sees none;
    `image_token_id` is the token at places that take features. Where `bidirectional_images`, the
    features of one picture see each other both ways, so that they must be computed together.
    Thoughts stand between `thought_marks`, where such marks are known.
    """

    image_token: str | None
    image_token_id: int
    bidirectional_images: bool
    special_strings: tuple[str, ...]
    thought_marks: ThoughtMarks | None

    def traits_when(self, thinking: bool | None) -> TemplateTraits:
        """How the chat template shows texts and answers where thinking is switched so."""

    def manner(self, thinking: bool | None) -> str:
        """A name for how thinking is switched; empty for what the model does anyway."""

    def apply_template(
        self,
        messages: Values,
        *,
        answer: bool,
        tools: Values = (),
        thinking: bool | None = None,
    ) -> str:
        """The chat template's text; with `answer`, up to where the assistant begins."""

    def tokenize(self, text: str) -> list[int]:
        """Token ids of `text`, special tokens recognised, nothing added."""

    def image_settings_key(self, detail: Detail) -> str:
        """Changes whenever the same picture, seen at `detail`, would give other features."""

    def picture_form(self, image: ImagePart) -> PictureForm:
        """What stands in a prompt for the picture, seen at its detail."""

    def positions(self, length: int, spans: Sequence[ImageSpan]) -> torch.Tensor:
        """Positions, shape (rows, length)."""


@dataclass(frozen=True, slots=True)
class Prompt:
    """A conversation as tokens. `keys` are `tokens` with content keys at image positions.

    `marks` are lengths worth a checkpoint, ascending. `images` are the pictures of `spans`. No
    chunk may end inside one of the ranges `uncut`. `spoken` is where the text of the answer stands
    that is to be continued. `rewritten` is how many tokens an earlier turn knew of this
    conversation, where the template shows them differently now; `switched` says that this is so
    since thinking is switched otherwise. `lasting` is the beginning that later turns will see
    again, where the template will show the rest differently. `opens_thought` says that what stands
    before the answer has opened a thought. `manner` is that of `ChatModel`.
    """

    text: str
    tokens: tuple[int, ...]
    keys: tuple[int, ...]
    spans: tuple[ImageSpan, ...]
    images: tuple[ImagePart, ...]
    marks: tuple[int, ...]
    positions: torch.Tensor
    uncut: tuple[tuple[int, int], ...] = ()
    spoken: Spoken = Spoken()
    rewritten: int = 0
    switched: bool = False
    lasting: Transcript | None = None
    opens_thought: bool = False
    manner: str = ""

    @property
    def image_tokens(self) -> int:
        """How many of the tokens are pictures, with the marks inside them."""
        return sum(span.end - span.start for span in self.spans)


def render(
    messages: Sequence[Message],
    model: ChatModel,
    transcripts: Transcripts,
    tools: Sequence[ToolSpec] = (),
    *,
    thinking: bool | None = None,
) -> Prompt:
    """Tokens of `messages` up to where the answer begins, or goes on if the last is the model's.

    `thinking` is that of `Generate`. Where the last message holds calls, no answer begins. Raises
    `BadRequest` where the conversation cannot be one, or not with this model.
    """
    check_conversation(messages)
    images = [image for message in messages for image in message.images]
    if images and model.image_token is None:
        raise BadRequest("This model cannot see pictures. Remove them, or choose another model.")
    shown = _template_text(messages, tools, model, thinking)
    text, manner = shown.text, model.manner(thinking)
    found = transcripts.find(messages, text, tools, manner)
    known = found.transcript
    builder = _Builder(model, known, images)
    borders = [b for b in shown.borders if known is None or b > len(known.text)]
    builder.add(text, borders, shown.lasting)
    return replace(
        builder.prompt(text, found.rewritten),
        switched=found.switched,
        opens_thought=shown.opens_thought,
        manner=manner,
    )


@dataclass(frozen=True, slots=True)
class _Shown:
    """What the template makes of a conversation.

    `borders` are offsets in the whole `text`: where user messages begin and where documents end.
    `lasting` is how much of the text later turns will show again; `None` for all of it.
    """

    text: str
    borders: list[int]
    lasting: int | None
    opens_thought: bool


def _template_text(
    messages: Sequence[Message],
    tools: Sequence[ToolSpec],
    model: ChatModel,
    thinking: bool | None,
) -> _Shown:
    traits, marks = model.traits_when(thinking), model.thought_marks
    apply = partial(model.apply_template, thinking=thinking)
    values = [message_values(m, model.special_strings, traits, marks) for m in messages]
    functions = tool_values(tools, model.special_strings)
    last = messages[-1]
    goes_on = last.role == "assistant" and not last.calls
    head = list(chain.from_iterable(values[:-1] if goes_on else values))
    text = apply(head, answer=not last.calls, tools=functions)
    _refuse_unshown(text, head, functions, apply, answer=not last.calls)
    opens_thought = marks is not None and marks.opened_by(text)
    beginnings = [
        list(chain.from_iterable(values[:index]))
        for index, message in enumerate(messages)
        if message.role == "user" and (index or tools)
    ]
    if not traits.answers_stay:
        # The template will show the answer behind other words: only that should be read again.
        beginnings.append(head)
    starts = [_text_or_nothing(before, functions, apply, answer=False) for before in beginnings]
    borders = [len(start) for start in starts if text.startswith(start)]
    lasting = None if traits.answers_stay else max(borders, default=0)
    borders += _ends_of_documents(text)
    if goes_on:
        text += answer_text(last.text, model.special_strings, marks, opened=opens_thought)
    within = sorted({border for border in borders if 0 < border < len(text)})
    return _Shown(text, within, lasting, opens_thought)


def _refuse_unshown(
    text: str, values: Values, tools: Values, apply: ApplyTemplate, *, answer: bool
) -> None:
    """Refuse functions, calls or results that the template leaves out without a word."""
    poorer: list[tuple[Values, Values]] = []
    if tools:
        poorer.append((values, ()))
    if any("tool_calls" in value for value in values):
        callless = [{k: v for k, v in value.items() if k != "tool_calls"} for value in values]
        poorer.append((callless, tools))
    if any(value["role"] == "tool" for value in values):
        poorer.append(([value for value in values if value["role"] != "tool"], tools))
    if any(_text_or_nothing(v, t, apply, answer=answer) == text for v, t in poorer):
        raise BadRequest("This model's chat template knows no functions.")


def _text_or_nothing(values: Values, tools: Values, apply: ApplyTemplate, *, answer: bool) -> str:
    """The template's text; nothing where it refuses these messages (a system text alone, say)."""
    try:
        return apply(values, answer=answer, tools=tools)
    except ModelNotUsable:
        return ""


def _ends_of_documents(text: str) -> list[int]:
    """Offsets after each document: what comes before them is tokenised, and kept, by itself."""
    mark = f"\n{document_closing()}\n"
    ends, at = [], text.find(mark)
    while at >= 0:
        ends.append(at + len(mark))
        at = text.find(mark, ends[-1] - 1)
    return [end for end in ends if end < len(text)]


class _Builder:
    """Collects tokens, keys and spans of one prompt, beginning with a known transcript."""

    def __init__(
        self, model: ChatModel, known: Transcript | None, images: Sequence[ImagePart]
    ) -> None:
        self._model = model
        self._known = known
        self._images = tuple(images)
        self._together = model.bidirectional_images
        self._tokens = list(known.tokens) if known else []
        self._keys = list(known.keys) if known else []
        self._spans = list(known.spans) if known else []
        self._marks = list(known.marks) if known else []
        self._covered = len(known.text) if known else 0
        self._lasting: Transcript | None = None

    def add(self, text: str, borders: Sequence[int], lasting: int | None) -> None:
        """Tokenise what of `text` is not covered, piece by piece between `borders`.

        One of those may be `lasting`: what has been tokenised up to there is a transcript.
        """
        for start, end in pairwise([self._covered, *borders, len(text)]):
            if start == lasting:
                self._lasting = self._transcript(text[:start])
            self._add_piece(text[start:end])
            self._marks.append(len(self._tokens))

    def _transcript(self, text: str) -> Transcript:
        """What `text`, all that has been tokenised so far, became."""
        return Transcript(
            text,
            tuple(self._tokens),
            tuple(self._keys),
            tuple(self._spans),
            tuple(sorted(set(self._marks))),
        )

    def prompt(self, text: str, rewritten: int) -> Prompt:
        """The finished prompt; every picture must have found its place."""
        if len(self._spans) != len(self._images):
            raise ModelNotUsable(
                "This model's chat template does not show pictures to the model.",
                f"{len(self._images)} images, {len(self._spans)} markers",
            )
        spans = tuple(self._spans)
        whole = self._known is not None and len(self._known.text) == len(text)
        return Prompt(
            text=text,
            tokens=tuple(self._tokens),
            keys=tuple(self._keys),
            spans=spans,
            images=self._images,
            marks=tuple(sorted(set(self._marks))),
            positions=self._model.positions(len(self._tokens), spans),
            uncut=tuple(run for s in spans for run in s.runs) if self._together else (),
            spoken=self._known.spoken if self._known is not None and whole else Spoken(),
            rewritten=rewritten,
            lasting=None if self._lasting is None else self._opened(self._lasting, text),
        )

    def _opened(self, lasting: Transcript, text: str) -> Transcript:
        """`lasting` with what follows it in the whole `text`."""
        after = len(self._tokens) - len(lasting.tokens)
        return replace(lasting, opening=Opening(text[len(lasting.text) :], after))

    def _add_piece(self, piece: str) -> None:
        marker = self._model.image_token
        text, *rest = piece.split(marker) if marker else [piece]
        for following in rest:
            ending = self._add_image(text)
            text = following if following.startswith(ending) else ending + following
        self._add_text(text)

    def _add_image(self, text: str) -> str:
        """Add `text` and the next picture; returns the text that the picture's form ends with.

        A form's own texts are tokenised together with what stands around them: tokenisers merge
        line breaks, say, across that border. Marks that the template wrote itself stand once.
        """
        if len(self._spans) >= len(self._images):
            raise ModelNotUsable("This model's chat template shows more pictures than there are.")
        image = self._images[len(self._spans)]
        form = self._model.picture_form(image)
        settings = self._model.image_settings_key(image.detail)
        keys = image_keys(image.sha256, settings, form.features)
        runs: list[tuple[int, int]] = []
        for part in form.parts:
            if isinstance(part, str):
                text += "" if text.endswith(part) else part
            else:
                self._add_text(text)
                text, start = "", len(self._tokens)
                self._tokens += [self._model.image_token_id] * part
                self._keys += keys[:part]
                del keys[:part]
                runs.append((start, start + part))
        self._spans.append(ImageSpan(tuple(runs), form.grid, image.sha256))
        self._marks.append(len(self._tokens))
        return text

    def _add_text(self, text: str) -> None:
        tokens = self._model.tokenize(text) if text else []
        self._tokens += tokens
        self._keys += tokens


def image_keys(sha256: str, settings_key: str, count: int) -> list[int]:
    """Keys of a picture's tokens: negative, so never a token id, and made from its content."""
    digest = hashlib.sha256(f"{sha256}\x00{settings_key}".encode()).digest()
    first = int.from_bytes(digest[:7], "big")
    return [-1 - first - offset for offset in range(count)]
