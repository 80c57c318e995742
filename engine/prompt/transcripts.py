"""The exact tokens that earlier turns became, by digest of the messages they answer.

Chat templates drop reasoning and tokenisers merge differently at borders, so tokens made from a
re-rendered history may differ from those the model really saw and wrote. The ones it saw are kept
here, and rendering covers only what is new.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.api.messages import DocumentPart, ImagePart, TextPart
from engine.text.detokenizer import Spoken

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.api.messages import Message, Part
    from engine.prompt.spans import ImageSpan

# Together, over all conversations kept; the latest one is always kept.
_MOST_TOKENS = 2_000_000


@dataclass(frozen=True, slots=True)
class Transcript:
    """`tokens` are what `text`, the start of a rendered conversation, became.

    `keys` are the tokens with content keys at image positions; `marks` the lengths before each
    user turn; `spans` the pictures among the tokens. `spoken` is where the text of an unfinished
    answer stands.
    """

    text: str
    tokens: tuple[int, ...]
    keys: tuple[int, ...]
    spans: tuple[ImageSpan, ...]
    marks: tuple[int, ...]
    spoken: Spoken = Spoken()


class Transcripts:
    """The last few conversations' transcripts; the least recently used go first."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, Transcript] = OrderedDict()

    def keep(self, messages: Sequence[Message], transcript: Transcript) -> None:
        """Remember `transcript` for a conversation that begins with `messages`."""
        digest = digests(messages)[-1]
        self._kept[digest] = transcript
        self._kept.move_to_end(digest)
        while len(self._kept) > 1 and self._tokens_kept > _MOST_TOKENS:
            self._kept.popitem(last=False)

    @property
    def _tokens_kept(self) -> int:
        return sum(len(transcript.tokens) for transcript in self._kept.values())

    def find(self, messages: Sequence[Message], text: str) -> Transcript | None:
        """The longest transcript of a beginning of `messages` that `text` really begins with."""
        for digest in reversed(digests(messages)):
            transcript = self._kept.get(digest)
            if transcript is not None and text.startswith(transcript.text):
                self._kept.move_to_end(digest)
                return transcript
        return None


def digests(messages: Sequence[Message]) -> list[str]:
    """A digest per beginning of `messages`: the n-th covers the first n + 1 of them."""
    state = hashlib.sha256()
    result = []
    for message in messages:
        state.update(_framed(message.role))
        for part in message.parts:
            state.update(_framed(_identity(part)))
        state.update(b"\x00end")
        result.append(state.hexdigest())
    return result


def _identity(part: Part) -> str:
    match part:
        case TextPart(text):
            return f"text:{text}"
        case ImagePart(sha256=sha256):
            return f"image:{sha256}"
        case DocumentPart(name=name, pages=pages):
            body = "\x00".join(f"{page.number}:{page.text}" for page in pages)
            return f"document:{name}\x00{body}"


def _framed(text: str) -> bytes:
    data = text.encode("utf-8", "surrogatepass")
    return len(data).to_bytes(8, "big") + data
