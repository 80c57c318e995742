"""Thoughts told from answers: whatever the cuts, nothing is lost, and the whole says the same."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.text.dialects import DIALECTS, parse_calls, thought_marks
from engine.text.thought import Piece, ThoughtMarks, ThoughtSplitter, split, thought_of

THINK = ThoughtMarks("<think>", "</think>")
CHANNEL = thought_marks("gemma4")
MARKS = st.sampled_from([THINK, CHANNEL])
TEXTS = st.lists(
    st.sampled_from(
        [
            *("<think>", "</think>", "<thi", "nk>", "</", "<", ">", " ", "\n", "\n\n", "Hm", "So."),
            *("<|channel>thought", "<channel|>", "<|chan", "thought\n", "|>", "é", "\u2003"),
        ]
    ),
    max_size=9,
).map("".join)


def joined(pieces: list[Piece]) -> list[tuple[str, str]]:
    """Neighbours of one part as one."""
    result: list[tuple[str, str]] = []
    for piece in pieces:
        assert piece.text
        if result and result[-1][0] == piece.part:
            result[-1] = (piece.part, result[-1][1] + piece.text)
        else:
            result.append((piece.part, piece.text))
    return result


def said(pieces: list[Piece]) -> str:
    return "".join(piece.text for piece in pieces)


@given(MARKS, TEXTS, st.booleans(), st.lists(st.integers(0, 60)))
def test_any_cuts_give_the_same_parts(
    marks: ThoughtMarks, text: str, opened: bool, cuts: list[int]
) -> None:
    splitter = ThoughtSplitter(marks, opened=opened)
    places = [0, *sorted(min(cut, len(text)) for cut in cuts), len(text)]
    pieces = [piece for start, end in pairwise(places) for piece in splitter.hear(text[start:end])]
    pieces += splitter.close()
    assert said(pieces) == text
    assert joined(pieces) == joined(split(text, marks, opened=opened))


@given(MARKS, TEXTS, st.booleans(), st.integers(0, 60), st.lists(st.integers(0, 60)))
def test_an_answer_that_goes_on_is_told_once(
    marks: ThoughtMarks, text: str, opened: bool, cut: int, cuts: list[int]
) -> None:
    """What a cut held back was told then; what follows is of the part that it would have been."""
    cut = min(cut, len(text))
    first = ThoughtSplitter(marks, opened=opened)
    before = first.hear(text[:cut]) + first.close()
    second = ThoughtSplitter(marks, opened=opened, said=text[:cut])
    places = [cut, *sorted(min(max(c, cut), len(text)) for c in cuts), len(text)]
    after = [piece for start, end in pairwise(places) for piece in second.hear(text[start:end])]
    after += second.close()
    assert said(before) + said(after) == text
    whole = [part for part, told in joined(split(text, marks, opened=opened)) for _ in told]
    assert [part for piece in after for part in [piece.part] * len(piece.text)] == whole[cut:]


@given(TEXTS, st.booleans())
def test_a_whole_thought_is_what_a_pattern_finds(text: str, opened: bool) -> None:
    """`re` as the oracle: a thought stands first, and the first closing mark ends it."""
    found = re.match(r"\s*<think>(.*?)(</think>|\Z)", text, re.DOTALL)
    if found is None and opened:
        found = re.match(r"(.*?)(</think>|\Z)", text, re.DOTALL)
    thought = thought_of(text, THINK, opened=opened)
    if found is None:
        assert thought is None
        return
    assert thought is not None
    end = found.end() if found[2] else None
    assert (thought.text, thought.end) == (found[1] if found[2] else thought.text, end)
    assert thought.opened is text.lstrip().startswith("<think>")


@pytest.mark.parametrize(
    ("text", "opened", "parts"),
    [
        ("Hi.", False, [("answer", "Hi.")]),
        ("\n Hi.", False, [("answer", "\n Hi.")]),
        (" <b", False, [("answer", " <b")]),
        ("a </think> b", False, [("answer", "a </think> b")]),
        ("a <think> b", False, [("answer", "a <think> b")]),
        (
            "\n<think>\nHm.\n</think>\n\nSo.",
            False,
            [("mark", "\n<think>\n"), ("thought", "Hm."), ("mark", "\n</think>\n\n"),
             ("answer", "So.")],
        ),
        ("Hm.\n</think>\n\nSo.", True,
         [("thought", "Hm."), ("mark", "\n</think>\n\n"), ("answer", "So.")]),
        ("<think>Hm.</think>So.", True,
         [("mark", "<think>"), ("thought", "Hm."), ("mark", "</think>"), ("answer", "So.")]),
        ("</think>So.", True, [("mark", "</think>"), ("answer", "So.")]),
        ("Hm, sev </thi", True, [("thought", "Hm, sev </thi")]),
        ("<think>\n\n</think>\n\nSo.", False, [("mark", "<think>\n\n</think>\n\n"),
                                                ("answer", "So.")]),
        ("", True, []),
    ],
)  # fmt: skip
def test_parts_of_answers(text: str, opened: bool, parts: list[tuple[str, str]]) -> None:
    assert joined(split(text, THINK, opened=opened)) == parts


def test_only_what_may_be_a_mark_is_held_back() -> None:
    splitter = ThoughtSplitter(THINK)
    assert splitter.hear("<thi") == []
    assert splitter.hear("n>") == [Piece("answer", "<thin>")]
    assert splitter.hear(" <think>") == [Piece("answer", " <think>")]
    thinking = ThoughtSplitter(THINK, opened=True)
    assert thinking.hear("One\n<") == [Piece("thought", "One")]
    assert thinking.hear("b> ") == [Piece("thought", "\n<b>")]
    assert thinking.hear("</think>") == [Piece("mark", " </think>")]
    assert thinking.hear("\n") == [Piece("mark", "\n")]
    assert thinking.hear("Two ") == [Piece("answer", "Two ")]


def test_a_prompt_opens_a_thought_by_its_end() -> None:
    assert THINK.opened_by("<|im_start|>assistant\n<think>\n")
    assert not THINK.opened_by("<|im_start|>assistant\n<think>\n\n</think>\n\n")
    assert not THINK.opened_by("<|im_start|>assistant\n")


def test_gemmas_thoughts_stand_in_a_channel() -> None:
    assert CHANNEL is not None
    assert joined(split("<|channel>thought\nHm.\n<channel|>So.", CHANNEL)) == [
        ("mark", "<|channel>thought\n"), ("thought", "Hm."), ("mark", "\n<channel|>"),
        ("answer", "So."),
    ]  # fmt: skip
    parsed = parse_calls("<|channel>thought\nHm.<channel|>So.", "gemma4")
    assert (parsed.reasoning, parsed.text) == ("\nHm.", "So.")
    form = DIALECTS["gemma4"]
    assert form is not None
    assert set(CHANNEL.tokens) <= set(form.marks)
