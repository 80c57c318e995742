"""What a conversation must become: template and tokenizer alone, always from the beginning."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from transformers import AutoTokenizer

from engine.api.messages import ImagePart, TextPart

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from engine.api.messages import Message
    from soak.models import Kind

    Conversation = tuple[Message, ...]


class Reader:
    """Texts and tokens of one model's folder. Keys are token ids; a picture's are negative."""

    def __init__(self, kind: Kind, folder: Path) -> None:
        self.kind = kind
        self._tokenizer = AutoTokenizer.from_pretrained(folder)
        self._place = self._tokenizer.convert_tokens_to_ids(kind.place)
        self.end: int = self._tokenizer.eos_token_id
        self.end_mark: str = self._tokenizer.eos_token
        self._spoken = {
            self._tokenizer.decode([token]): token
            for token in self._tokenizer.get_vocab().values()
            if token not in self._tokenizer.all_special_ids
        }

    def text(self, messages: Conversation) -> str:
        """All that is shown, up to where an answer begins or goes on."""
        if messages[-1].role == "assistant":
            return self._shown(messages[:-1], answer=True) + messages[-1].text
        return self._shown(messages, answer=True)

    def borders(self, messages: Conversation, text: str) -> list[int]:
        """Offsets in `text` where questions begin, and where an answer will be shown otherwise."""
        starts = [
            self._shown(messages[:index], answer=False)
            for index, message in enumerate(messages)
            if index and message.role == "user"
        ]
        if self.kind.thinks:
            asked = messages[:-1] if messages[-1].role == "assistant" else messages
            starts.append(self._shown(asked, answer=False))
        return [len(start) for start in starts if text.startswith(start)]

    def keys(self, text: str, images: Sequence[ImagePart]) -> list[int]:
        """The keys of `text`, which has a marker for each of `images`."""
        pieces = text.split(self.kind.marker)
        assert len(pieces) == len(images) + 1, (len(pieces), len(images))
        shown = pieces[0] + "".join(
            self.kind.shown(image) + piece for image, piece in zip(images, pieces[1:], strict=True)
        )
        ids = self._tokenizer.encode(shown, add_special_tokens=False)
        for number, image in enumerate(_in_order(ids, self._place)):
            for offset, at in enumerate(image):
                ids[at] = -int(images[number].sha256[:12], 16) * 4096 - offset - 1
        return ids

    def pictures_in(self, text: str) -> int:
        """How many markers there are."""
        return text.count(self.kind.marker)

    def tokens(self, keys: Sequence[int]) -> list[int]:
        """Keys as token ids."""
        return [key if key >= 0 else self._place for key in keys]

    def token_of(self, text: str) -> int | None:
        """The token that says exactly this, and alone can."""
        return self._spoken.get(text)

    def _shown(self, messages: Conversation, *, answer: bool) -> str:
        values = [{"role": message.role, "content": _content(message)} for message in messages]
        return str(
            self._tokenizer.apply_chat_template(
                values, tokenize=False, add_generation_prompt=answer
            )
        )


def _content(message: Message) -> str | list[dict[str, str]]:
    if not message.images:
        return message.text
    return [
        {"type": "image"} if isinstance(part, ImagePart) else {"type": "text", "text": part.text}
        for part in message.parts
        if isinstance(part, ImagePart | TextPart)
    ]


def _in_order(ids: Sequence[int], place: int) -> list[list[int]]:
    """The places of each picture. Between two of them there is always some mark."""
    places = [at for at, token in enumerate(ids) if token == place]
    runs = [places[:1]] if places else []
    for before, at in pairwise(places):
        if at == before + 1:
            runs[-1].append(at)
        else:
            runs.append([at])
    return runs


def pictures_of(messages: Conversation) -> list[ImagePart]:
    """All pictures in order."""
    return [image for message in messages for image in message.images]
