"""The exact tokens that earlier turns became, by digest of the messages they answer.

Chat templates drop reasoning and tokenisers merge differently at borders, so tokens made from a
re-rendered history may differ from those the model really saw and wrote. The ones it saw are kept
here, and rendering covers only what is new.
"""

from __future__ import annotations

import hashlib
import json
from collections import OrderedDict
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, NamedTuple, Protocol

from engine.api.messages import (
    DocumentPart,
    ImagePart,
    TextPart,
    ToolCallPart,
    ToolResultPart,
)
from engine.text.detokenizer import Spoken

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.api.messages import Message, Part
    from engine.api.requests import ToolSpec
    from engine.prompt.spans import ImageSpan

# How thinking can be switched: as the model does anyway, or otherwise.
MANNERS = ("", "thinking", "not-thinking")
# Together, over all conversations kept; the latest one is always kept.
_MOST_TOKENS = 2_000_000


@dataclass(frozen=True, slots=True)
class Opening:
    """The text that an answer began behind, and how many tokens it became."""

    text: str = ""
    tokens: int = 0


@dataclass(frozen=True, slots=True)
class Transcript:
    """`tokens` are what `text`, the start of a rendered conversation, became.

    `keys` are the tokens with content keys at image positions; `marks` the lengths before each
    user turn; `spans` the pictures among the tokens. `spoken` is where the text of an unfinished
    answer stands. `opening` followed `text` when it was read, where later turns will see something
    else there.
    """

    text: str
    tokens: tuple[int, ...]
    keys: tuple[int, ...]
    spans: tuple[ImageSpan, ...]
    marks: tuple[int, ...]
    spoken: Spoken = Spoken()
    opening: Opening = Opening()


class Found(NamedTuple):
    """The longest transcript that a text really begins with; `None` if there is none.

    Where more was read or said that the text does not begin with, since the template shows it
    differently now, `rewritten` is how many tokens that were; 0 otherwise. `switched` says that
    this is so since thinking is switched otherwise.
    """

    transcript: Transcript | None
    rewritten: int = 0
    switched: bool = False


class Further(Protocol):
    """Where transcripts are that memory does not hold (`engine.prompt.transcript_files`)."""

    def keep(
        self, digest: str, transcript: Transcript, earlier: Sequence[tuple[str, Transcript]]
    ) -> None:
        """Take in a transcript, with those of earlier turns of its conversation."""

    def find(self, digest: str) -> Transcript | None:
        """The transcript kept under `digest`."""


class Transcripts:
    """The last few conversations' transcripts; the least recently used go first."""

    def __init__(self, further: Further | None = None) -> None:
        self._further = further
        self._kept: OrderedDict[str, Transcript] = OrderedDict()

    def keep(
        self,
        messages: Sequence[Message],
        transcript: Transcript,
        tools: Sequence[ToolSpec] = (),
        manner: str = "",
    ) -> None:
        """Remember `transcript` for a conversation with `tools` that begins with `messages`.

        Where thinking is switched, the same messages become another text: `manner` tells these
        apart.
        """
        *before, digest = (_known_under(d, manner) for d in digests(messages, tools))
        self._put(digest, transcript)
        if self._further is not None:
            earlier = [(known, self._kept[known]) for known in before if known in self._kept]
            self._further.keep(digest, transcript, earlier)

    def _put(self, digest: str, transcript: Transcript) -> None:
        self._kept[digest] = transcript
        self._kept.move_to_end(digest)
        while len(self._kept) > 1 and self._tokens_kept > _MOST_TOKENS:
            self._kept.popitem(last=False)

    def _get(self, digest: str) -> Transcript | None:
        transcript = self._kept.get(digest)
        if transcript is None and self._further is not None:
            transcript = self._further.find(digest)
            if transcript is not None:
                self._put(digest, transcript)
        return transcript

    @property
    def _tokens_kept(self) -> int:
        return sum(len(transcript.tokens) for transcript in self._kept.values())

    def find(
        self,
        messages: Sequence[Message],
        text: str,
        tools: Sequence[ToolSpec] = (),
        manner: str = "",
    ) -> Found:
        """The longest transcript of a beginning of `messages` that `text` really begins with.

        What was read in another manner may serve too: mostly only the end of a prompt differs.
        """
        rewritten, switched, earlier = 0, False, False
        # The whole of what is asked comes first, each beginning in its own manner before others.
        known = list(reversed(digests(messages, tools)))
        own_first = sorted(MANNERS, key=lambda other: other != manner)
        for digest, one in product(known, own_first):
            name = _known_under(digest, one)
            transcript = self._get(name)
            if transcript is None:
                continue
            begins, opening = text.startswith(transcript.text), transcript.opening
            if not rewritten and not (
                begins and text.startswith(opening.text, len(transcript.text))
            ):
                rewritten = len(transcript.tokens) + opening.tokens
                switched = one != manner
                # What was answered before is shown differently, whether it was switched or not.
                earlier = digest != known[0]
            if begins:
                self._kept.move_to_end(name)
                return Found(transcript, rewritten, switched and not earlier)
        return Found(None, rewritten, switched)


def _known_under(digest: str, manner: str) -> str:
    """The name of a transcript; that of the usual manner is the digest alone."""
    return f"{digest}-{manner}" if manner else digest


def digests(messages: Sequence[Message], tools: Sequence[ToolSpec] = ()) -> list[str]:
    """A digest per beginning of `messages`: the n-th covers the first n + 1 and all `tools`."""
    state = hashlib.sha256()
    for spec in sorted(tools, key=lambda spec: spec.name):
        for text in (spec.name, spec.description, spec.parameters):
            state.update(_framed(text))
    state.update(b"\x00tools")
    result = []
    for message in messages:
        state.update(_framed(message.role))
        for part in message.parts:
            # Beside calls an answer's text is often empty, and then as good as none.
            if part != TextPart(""):
                state.update(_framed(_identity(part)))
        state.update(b"\x00end")
        result.append(state.hexdigest())
    return result


def _identity(part: Part) -> str:
    match part:
        case TextPart(text):
            return f"text:{text}"
        case ImagePart(sha256=sha256, detail=detail):
            return f"image:{sha256}" if detail == "standard" else f"image:{sha256}:{detail}"
        case DocumentPart(name=name, pages=pages):
            body = "\x00".join(f"{page.number}:{page.text}" for page in pages)
            return f"document:{name}\x00{body}"
        case ToolCallPart(name, arguments):
            # Ids are given after the call was made; where a template shows them, the text differs.
            return f"call:{json.dumps([name, _without_spelling(arguments)])}"
        case ToolResultPart(text, name, call_id):
            return f"result:{json.dumps([text, name, call_id])}"


def _without_spelling(arguments: str) -> str:
    """JSON as one way of writing it; the order of keys stays, since templates show it."""
    return json.dumps(json.loads(arguments))


def _framed(text: str) -> bytes:
    data = text.encode("utf-8", "surrogatepass")
    return len(data).to_bytes(8, "big") + data
