"""From messages to prompt tokens, through the model's own chat template.

The template gives text with one marker per picture; we put the picture's tokens in its place.
Text that a person, a document or the model wrote can never become a special token: a marker inside
it is broken by a space, and the space is visible.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Protocol

from engine.api.errors import BadRequest, ModelNotUsable
from engine.api.messages import DocumentPart, ImagePart, Message, TextPart
from engine.prompt.forms import document_closing, document_text
from engine.prompt.spans import ImageSpan
from engine.text.detokenizer import Spoken

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import torch

    from engine.prompt.transcripts import Transcript, Transcripts


class ChatModel(Protocol):
    """What rendering needs of a loaded model."""

    image_token: str
    image_token_id: int
    image_settings_key: str
    special_strings: tuple[str, ...]

    def apply_template(self, messages: Sequence[Mapping[str, object]], *, answer: bool) -> str:
        """The chat template's text; with `answer`, up to where the assistant begins."""

    def tokenize(self, text: str) -> list[int]:
        """Token ids of `text`, special tokens recognised, nothing added."""

    def image_grid(self, image: ImagePart) -> tuple[int, int]:
        """(rows, columns) of image tokens."""

    def positions(self, length: int, spans: Sequence[ImageSpan]) -> torch.Tensor:
        """Positions, shape (rows, length)."""


@dataclass(frozen=True, slots=True)
class Prompt:
    """A conversation as tokens. `keys` are `tokens` with content keys at image positions.

    `marks` are lengths worth a checkpoint, ascending. `images` are the pictures of `spans`.
    `spoken` is where the text of the answer stands that is to be continued.
    """

    text: str
    tokens: tuple[int, ...]
    keys: tuple[int, ...]
    spans: tuple[ImageSpan, ...]
    images: tuple[ImagePart, ...]
    marks: tuple[int, ...]
    positions: torch.Tensor
    spoken: Spoken = Spoken()

    @property
    def image_tokens(self) -> int:
        """How many of the tokens are pictures."""
        return sum(span.end - span.start for span in self.spans)


def render(messages: Sequence[Message], model: ChatModel, transcripts: Transcripts) -> Prompt:
    """Tokens of `messages` up to where the answer begins, or goes on if the last is the model's.

    Raises `BadRequest` where the conversation cannot be one.
    """
    check_conversation(messages)
    text, borders = _template_text(messages, model)
    known = transcripts.find(messages, text)
    builder = _Builder(model, known, [i for m in messages for i in m.images])
    builder.add(text, [b for b in borders if known is None or b > len(known.text)])
    return builder.prompt(text)


def check_conversation(messages: Sequence[Message]) -> None:
    """Refuse what no chat template means: no question, or pictures outside user messages."""
    if not any(message.role == "user" for message in messages):
        raise BadRequest("There is no question to answer.")
    last = messages[-1]
    wordless = not last.text.strip() and all(isinstance(p, TextPart) for p in last.parts)
    if last.role == "user" and wordless:
        raise BadRequest("There is no question to answer.")
    for message in messages:
        plain = all(isinstance(part, TextPart) for part in message.parts)
        if message.role != "user" and not plain:
            raise BadRequest("Only questions can hold pictures and documents.")


def _template_text(messages: Sequence[Message], model: ChatModel) -> tuple[str, list[int]]:
    """The whole text, and offsets in it: where user messages begin and where documents end."""
    plain = [_plain(message, model) for message in messages]
    goes_on = messages[-1].role == "assistant"
    head = plain[:-1] if goes_on else plain
    text = model.apply_template(head, answer=True)
    borders = []
    for index, message in enumerate(messages):
        if message.role == "user" and index:
            start = _start_of(plain[:index], model)
            if start and text.startswith(start):
                borders.append(len(start))
    borders += _ends_of_documents(text)
    if goes_on:
        text += neutralise(messages[-1].text, model.special_strings)
    return text, sorted(set(borders))


def _start_of(messages: Sequence[Mapping[str, object]], model: ChatModel) -> str:
    """The text of a beginning; nothing where the template refuses it (a system text alone, say)."""
    try:
        return model.apply_template(messages, answer=False)
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


def _plain(message: Message, model: ChatModel) -> dict[str, object]:
    """The message as chat templates take it: a string, or parts where there are pictures."""
    if not message.images:
        return {"role": message.role, "content": _joined(message, model)}
    parts: list[dict[str, str]] = []
    for part in message.parts:
        if isinstance(part, ImagePart):
            parts.append({"type": "image"})
        else:
            parts.append({"type": "text", "text": _part_text(part, model)})
    return {"role": message.role, "content": _with_breaks(parts)}


def _joined(message: Message, model: ChatModel) -> str:
    texts = [_part_text(p, model) for p in message.parts if not isinstance(p, ImagePart)]
    return "\n".join(texts)


def _with_breaks(parts: list[dict[str, str]]) -> list[dict[str, str]]:
    """A line break between neighbouring text parts, as there is where no picture is near."""
    for part, following in pairwise(parts):
        if part["type"] == following["type"] == "text":
            part["text"] += "\n"
    return parts


def _part_text(part: TextPart | DocumentPart, model: ChatModel) -> str:
    if isinstance(part, TextPart):
        return neutralise(part.text, model.special_strings)
    text = document_text(
        part.name, [page.text for page in part.pages], [page.number for page in part.pages]
    )
    return neutralise(text, model.special_strings)


def neutralise(text: str, special_strings: Sequence[str]) -> str:
    """`text` with every special token broken by a space after its first character.

    Half a pair of surrogates becomes U+FFFD: it is no character, and no tokenizer takes it.
    """
    text = text.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
    for special in special_strings:
        if special in text:
            text = text.replace(special, f"{special[0]} {special[1:]}")
    return text


class _Builder:
    """Collects tokens, keys and spans of one prompt, beginning with a known transcript."""

    def __init__(
        self, model: ChatModel, known: Transcript | None, images: Sequence[ImagePart]
    ) -> None:
        self._model = model
        self._known = known
        self._images = tuple(images)
        self._tokens = list(known.tokens) if known else []
        self._keys = list(known.keys) if known else []
        self._spans = list(known.spans) if known else []
        self._marks = list(known.marks) if known else []
        self._covered = len(known.text) if known else 0

    def add(self, text: str, borders: Sequence[int]) -> None:
        """Tokenise what of `text` is not covered, piece by piece between `borders`."""
        for start, end in pairwise([self._covered, *borders, len(text)]):
            self._add_piece(text[start:end])
            self._marks.append(len(self._tokens))

    def prompt(self, text: str) -> Prompt:
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
            spoken=self._known.spoken if self._known is not None and whole else Spoken(),
        )

    def _add_piece(self, piece: str) -> None:
        before, *rest = piece.split(self._model.image_token)
        self._add_text(before)
        for text in rest:
            self._add_image()
            self._add_text(text)

    def _add_text(self, text: str) -> None:
        tokens = self._model.tokenize(text) if text else []
        self._tokens += tokens
        self._keys += tokens

    def _add_image(self) -> None:
        if len(self._spans) >= len(self._images):
            raise ModelNotUsable("This model's chat template shows more pictures than there are.")
        image = self._images[len(self._spans)]
        rows, columns = self._model.image_grid(image)
        start, count = len(self._tokens), rows * columns
        span = ImageSpan(start, start + count, (rows, columns), image.sha256)
        self._spans.append(span)
        self._tokens += [self._model.image_token_id] * count
        self._keys += image_keys(image.sha256, self._model.image_settings_key, count)
        self._marks.append(len(self._tokens))


def image_keys(sha256: str, settings_key: str, count: int) -> list[int]:
    """Keys of a picture's tokens: negative, so never a token id, and made from its content."""
    digest = hashlib.sha256(f"{sha256}\x00{settings_key}".encode()).digest()
    first = int.from_bytes(digest[:7], "big")
    return [-1 - first - offset for offset in range(count)]
