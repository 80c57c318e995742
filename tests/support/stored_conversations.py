"""Hypothesis strategies for everything the store keeps, and a clock that a test moves."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from hypothesis import strategies as st

from app.drafts import Draft
from app.store import Conversation, Folder, Turn, TurnError
from app.turn_tree import choose
from engine import (
    DETAILS,
    DocumentPage,
    DocumentPart,
    ImagePart,
    Message,
    TextPart,
    ToolCallPart,
    ToolResultPart,
)

# No half characters: no file can hold them.
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
times = st.floats(0, 4e9)


@dataclass
class Clock:
    now: float = 1_700_000_000.0

    def __call__(self) -> float:
        self.now += 1.0
        return self.now


def picture(data: bytes, name: str = "shot.png") -> ImagePart:
    return ImagePart(name, hashlib.sha256(data).hexdigest(), 4, 3, data)


def document(*pages: str, name: str = "report.pdf") -> DocumentPart:
    numbered = tuple(DocumentPage(n, text) for n, text in enumerate(pages, 1))
    return DocumentPart(name, hashlib.sha256(repr(pages).encode()).hexdigest(), 99, numbered)


text_parts = st.builds(TextPart, texts)
image_parts = st.builds(
    lambda name, width, data, detail: ImagePart(
        name, hashlib.sha256(data).hexdigest(), width, 2, data, detail
    ),
    texts, st.integers(1, 9000), st.binary(max_size=30), st.sampled_from(DETAILS),
)  # fmt: skip
document_parts = st.builds(
    lambda name, size, pages: DocumentPart(
        name,
        hashlib.sha256(repr(pages).encode()).hexdigest(),
        size,
        tuple(DocumentPage(n, text) for n, text in enumerate(pages, 1)),
    ),
    texts, st.integers(0, 10**9), st.lists(texts, max_size=3),
)  # fmt: skip
call_parts = st.builds(ToolCallPart, texts, texts, texts)
result_parts = st.builds(ToolResultPart, texts, texts, texts)

attachments = st.one_of(image_parts, document_parts)
questions = st.builds(
    lambda parts: Message("user", tuple(parts)),
    st.lists(st.one_of(text_parts, attachments), max_size=3),
)
messages = st.one_of(
    questions,
    st.builds(
        lambda parts: Message("assistant", tuple(parts)),
        st.lists(st.one_of(text_parts, call_parts), max_size=3),
    ),
    st.builds(lambda parts: Message("tool", tuple(parts)), st.lists(result_parts, max_size=2)),
    st.builds(lambda part: Message("system", (part,)), text_parts),
)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(-1e9, 1e9) | texts,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(texts, inner, max_size=2),
    max_leaves=4,
)
figures = st.dictionaries(texts, json_values, max_size=2)
errors = st.none() | st.builds(TurnError, texts, texts, texts)
states = st.sampled_from(["queued", "answering", "done", "cancelled", "cut", "failed"])
drafts = st.builds(
    lambda text, files: Draft(text, tuple(files)), texts, st.lists(attachments, max_size=2)
)


@st.composite
def trees(draw: st.DrawFn, prefix: str = "t", size: int = 8) -> tuple[Turn, ...]:
    """Turns in an order in which parents come first."""
    turns: list[Turn] = []
    for n in range(draw(st.integers(0, size))):
        parent = draw(st.none() | st.sampled_from(turns)) if turns else None
        turns.append(
            Turn(
                f"{prefix}{n}", parent.id if parent else None, draw(questions), draw(times),
                draw(states), draw(texts), draw(texts), draw(figures), draw(errors),
            )
        )  # fmt: skip
    return tuple(turns)


@st.composite
def conversations(draw: st.DrawFn, key: str = "c") -> Conversation:
    turns = draw(trees(prefix=f"{key}-", size=5))
    shown: dict[str | None, str] = {}
    for turn in draw(st.lists(st.sampled_from(turns), max_size=3)) if turns else []:
        shown = choose(turns, shown, turn.id)
    return Conversation(
        id=key, title=draw(texts), created=draw(times), changed=draw(times),
        titled_by_person=draw(st.booleans()), folder_id=draw(st.sampled_from([None, "f"])),
        pinned=draw(st.booleans()), system_prompt=draw(texts), draft=draw(drafts), turns=turns,
        shown=shown, options=draw(figures),
    )  # fmt: skip


FOLDER = Folder("f", "Rivers", 5.0)
