"""From a conversation to token ids, what is scored, and the pictures' patches.

The ids are those of the chat template (a test compares them); they are put together piece by
piece here because rendering and parsing a template for every sample would cost more than drawing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from tokenizer import END, IMAGE, IMAGE_END, IMAGE_START, START
from tool_lines import tool_block

from engine.evals.items import Document, Exchange, Item, Part, Picture, Text, ToolResult
from engine.model.families.lfm2_patches import (
    ImagePatches,
    PatchSettings,
    content_box,
    image_patches,
)
from engine.prompt.forms import document_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray
    from tokenizers import Tokenizer

CHARACTERS_A_PATCH = 3


@dataclass(frozen=True, slots=True)
class Answered:
    """Where an answer's tokens stand: `ids[first:end]`, the end of turn included."""

    first: int
    end: int
    task: str


@dataclass(slots=True)
class Sample:
    """One conversation as the model reads it."""

    source: str
    ids: list[int] = field(default_factory=list)
    answers: list[Answered] = field(default_factory=list)
    pictures: list[ImagePatches] = field(default_factory=list)
    readings: list[NDArray[np.int64]] = field(default_factory=list)
    # Stretches of a document's tokens, each with its page: (first, end, page).
    pages: list[tuple[int, int, int]] = field(default_factory=list)
    # Places where a cited page's number is due, each with the places of the value it belongs to;
    # and where a function's name or an argument is due, with the places it can be copied from.
    cited: list[tuple[int, list[int]]] = field(default_factory=list)
    called: list[tuple[int, list[int]]] = field(default_factory=list)
    level: int = 0


class ChatEncoder:
    """Encodes conversations with one tokenizer."""

    def __init__(self, tokenizer: Tokenizer, patches: PatchSettings) -> None:
        self._tokenizer = tokenizer
        self._patches = patches
        self._id = {
            t: tokenizer.token_to_id(t) for t in (START, END, IMAGE, IMAGE_START, IMAGE_END)
        }
        self._page_mark = tokenizer.token_to_id("[p.")
        self._document_end = tokenizer.token_to_id("</document>")
        self.encode_character = lru_cache(maxsize=4096)(self.encode)

    def encode(self, text: str) -> list[int]:
        """Return the ids of a text without control tokens."""
        return self._tokenizer.encode(text, add_special_tokens=False).ids

    def spell(self, text: str) -> list[int]:
        """Return the ids of a text with every character on its own, as reading is learnt."""
        return [i for character in text for i in self.encode_character(character)]

    def sample(self, item: Item, source: str) -> Sample:
        """Return a whole conversation, every answer scored."""
        sample = Sample(source)
        if item.system or item.tools:
            self._open(sample, "system")
            head = [text for text in (item.system, tool_block(item.tools)) if text]
            sample.ids += self.encode("\n\n".join(head))
            self._close(sample)
        for exchange in item.exchanges:
            self._ask(sample, exchange.asked)
            self._answer(sample, exchange)
        return sample

    def _ask(self, sample: Sample, asked: tuple[Part, ...]) -> None:
        if isinstance(asked[0], ToolResult):
            self._give_results(sample, asked)
            return
        self._open(sample, "user")
        text = ""
        for index, part in enumerate(asked):
            if isinstance(part, Picture):
                found = image_patches(part.image, self._patches)
                sample.pictures.append(found)
                sample.readings.append(self._reading(part, found))
                sample.ids += [
                    self._id[IMAGE_START],
                    *[self._id[IMAGE]] * found.tokens,
                    self._id[IMAGE_END],
                ]
                text = "\n"
            elif isinstance(part, Document):
                text += document_text(part.name, part.pages) + "\n"
            elif isinstance(part, Text):
                text += part.text
            if index == len(asked) - 1 or isinstance(asked[index + 1], Picture):
                ids = self.encode(text)
                sample.pages += self._pages(ids, len(sample.ids))
                sample.ids += ids
                text = ""
        self._close(sample)

    def _give_results(self, sample: Sample, results: tuple[Part, ...]) -> None:
        for result in results:
            assert isinstance(result, ToolResult)
            self._open(sample, "tool")
            sample.ids += self.encode(f"<tool_response>\n{result.text}\n</tool_response>")
            self._close(sample)

    def _pages(self, ids: list[int], offset: int) -> Iterator[tuple[int, int, int]]:
        """Yield the stretches between page marks, up to the end of the document."""
        marks = [i for i, token in enumerate(ids) if token in (self._page_mark, self._document_end)]
        for first, end in pairwise(marks):
            if ids[first] == self._page_mark:
                number = self._tokenizer.decode(ids[first + 1 : first + 5]).partition("]")[0]
                yield offset + first, offset + end, int(number)

    def _answer(self, sample: Sample, exchange: Exchange) -> None:
        self._open(sample, "assistant")
        first = len(sample.ids)
        sample.ids += (self.spell if exchange.spelled else self.encode)(exchange.said)
        if exchange.copied and not exchange.spelled:
            self._cite(sample, first, self.encode(exchange.copied[-1]))
        if exchange.calls:
            self._call(sample, first, exchange)
        if exchange.scored:
            sample.answers.append(Answered(first, len(sample.ids) + 1, exchange.task))
        self._close(sample)

    def _cite(self, sample: Sample, first: int, value: list[int]) -> None:
        """Note where the value of a citation stands in the document: its last token."""
        if self._page_mark not in sample.ids[first:]:
            return
        document = max((end for _, end, _ in sample.pages), default=0)
        ends = [start + len(value) - 1 for start in _places_of(value, sample.ids[:document])]
        if ends:
            sample.cited.append((sample.ids.index(self._page_mark, first) + 1, ends))

    def _call(self, sample: Sample, first: int, exchange: Exchange) -> None:
        """Note where the name and the arguments of calls stand: their first tokens."""
        said, at = exchange.said, 0
        for copied in exchange.copied:
            at = said.find(copied, at)
            if at < 0:
                return
            starts = list(_places_of(self.encode(copied), sample.ids[:first]))
            if starts:
                sample.called.append((first + len(self.encode(said[:at])) - 1, starts))
            at += len(copied)

    def _reading(self, picture: Picture, found: ImagePatches) -> NDArray[np.int64]:
        """Return for each patch the ids of the characters that can be told there.

        A causal model has seen a character whole at the patch after its middle, in the lowest
        row that it stands in.
        """
        margin, image = self._patches.trim_margin, picture.image
        whole = (0, 0, image.width, image.height)
        left, top, right, bottom = whole if margin is None else content_box(image, margin)
        reading = np.zeros((found.tokens, CHARACTERS_A_PATCH), dtype=np.int64)
        filled = [0] * found.tokens
        for glyph in picture.glyphs:
            column = int((glyph.x - left) / (right - left) * found.width) + 1
            row = int((glyph.y - 2 - top) / (bottom - top) * found.height)
            patch = min(row, found.height - 1) * found.width + min(column, found.width - 1)
            if filled[patch] < CHARACTERS_A_PATCH:
                reading[patch, filled[patch]] = self.encode_character(glyph.character)[0]
                filled[patch] += 1
        return reading

    def turn_head(self, role: str) -> list[int]:
        """Return what opens a turn."""
        return [self._id[START], *self.encode_character(f"{role}\n")]

    def turn_tail(self) -> list[int]:
        """Return what closes a turn."""
        return [self._id[END], *self.encode_character("\n")]

    def _open(self, sample: Sample, role: str) -> None:
        sample.ids += self.turn_head(role)

    def _close(self, sample: Sample) -> None:
        sample.ids += self.turn_tail()


def _places_of(wanted: list[int], ids: list[int]) -> Iterator[int]:
    """Yield where a stretch of tokens begins in others."""
    for start in range(len(ids) - len(wanted) + 1):
        if ids[start] == wanted[0] and ids[start : start + len(wanted)] == wanted:
            yield start
