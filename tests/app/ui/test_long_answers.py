"""Answers beyond all measure: drawn in pieces, and only their end is looked at again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from app.bench import answers
from app.ui.block_reader import BlockReader
from app.ui.code_block import CodeBlock
from app.ui.long_blocks import LONG_PARAGRAPH
from app.ui.markdown_blocks import parse
from app.ui.prose_view import LONG, ProseView

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytestqt.qtbot import QtBot

    from app.ui.answer_view import AnswerView

CODE = "".join(f"value_{n} = compute({n})\n" for n in range(400))
SENTENCES = "".join(f"Sentence {n} has **strong** words and `code` in it. " for n in range(400))
WORDS = "wort " * 3000
ONE_WORD = "wort" * 3000
KANJI = "川の水は澄んでいる。" * 900
MIXED = "".join(answers.tokens(5000))
PROSE = "".join(f"Paragraph {n} says a little about something.\n\n" for n in range(300))
LIST = "".join(f"{n}. Item with *some* words\n" for n in range(1, 500))
TEXTS = {
    "code": f"Here:\n\n```py\n{CODE}```\n\nDone.",
    "open code": f"Here:\n\n~~~py\n{CODE}",
    "sentences": f"# Head\n\n{SENTENCES}\n\nEnd.",
    "words": WORDS,
    "one word": ONE_WORD,
    "kanji": KANJI,
    "mixed": MIXED,
    "prose": PROSE,
    "list": LIST,
    "headings": "".join(f"## Part {n}\n\nText of it, and more.\n\n" for n in range(300)),
}


def shown(view: AnswerView) -> list[tuple[str, str]]:
    return [
        (segment.code if isinstance(segment, CodeBlock) else "", segment.text_view.toPlainText())
        for segment in view.segments
    ]


def gaps(view: AnswerView) -> list[int]:
    return [view._stack.itemAt(2 * n).sizeHint().height() for n in range(len(view.segments))]


def read(text: str, step: int) -> Iterator[tuple[str, bool, str]]:
    """Final blocks of a text that comes in steps."""
    reader = BlockReader()
    for end in range(step, len(text), step):
        for block in reader.read(text[:end]).final:
            yield block.kind, block.goes_on, "".join(token.content for token in block.tokens)
    for block in reader.read(text, complete=True).final:
        yield block.kind, block.goes_on, "".join(token.content for token in block.tokens)


@pytest.mark.parametrize("name", TEXTS)
def test_however_it_comes_it_is_drawn_the_same(qtbot: QtBot, view: AnswerView, name: str) -> None:
    text = TEXTS[name]
    view.set_text(text, growing=False)
    assert not view.complete
    qtbot.waitUntil(lambda: view.complete)
    at_once = (shown(view), gaps(view))
    view.set_text("", growing=False)
    for end in range(50, len(text), 170):
        view.set_text(text[:end], growing=True)
    view.set_text(text, growing=False)
    qtbot.waitUntil(lambda: view.complete)
    assert (shown(view), gaps(view)) == at_once


@pytest.mark.parametrize("name", ["code", "open code", "sentences", "words", "one word", "kanji"])
def test_blocks_are_the_same_in_small_and_large_steps(name: str) -> None:
    text = TEXTS[name]
    assert list(read(text, 37)) == list(read(text, 2500)) == list(read(text, len(text)))


def test_code_that_grows_is_read_to_its_end_and_no_further() -> None:
    text = "Say:\n\n```py\nx = 1\n" + CODE
    reader = BlockReader()
    reader.read(text)
    assert reader._code is not None
    assert reader.read(text + "``").still_open[0].code.endswith("\n``")
    reading = reader.read(text + "```\n\nAfter")
    assert [block.kind for block in (*reading.final, *reading.still_open)] == ["code", "prose"]
    assert reading.final[0].code == "x = 1\n" + CODE.removesuffix("\n")


@pytest.mark.parametrize("mark", ["```", "~~~", "````"])
def test_code_that_grows_is_the_code_that_is_parsed(mark: str) -> None:
    text = f"{mark}py info\n  a\n\n\tb ``` c\n``\n"
    for end in range(len(mark) + 9, len(text) + 1):
        reader = BlockReader()
        reader.read(text[: end - 1])
        grown = reader.read(text[:end]).still_open
        (parsed,) = parse(text[:end])
        # A last line of nothing but spaces is none for the parser, as long as it ends there.
        same = grown[0].code.rstrip(), grown[0].language
        assert same == (parsed.code.rstrip(), parsed.language)


def test_an_endless_paragraph_is_broken_at_the_end_of_sentences() -> None:
    parts = [content for _, _, content in read(SENTENCES, 200)]
    assert len(parts) > 5
    assert all(len(part) <= 2 * LONG_PARAGRAPH for part in parts)
    assert all(part.endswith(".") for part in parts)
    assert all(part.count("**") % 2 == 0 and part.count("`") % 2 == 0 for part in parts)
    assert " ".join(parts) == SENTENCES.strip()
    assert [goes_on for _, goes_on, _ in read(SENTENCES, 200)] == [False] + [True] * (
        len(parts) - 1
    )


def test_a_paragraph_of_a_page_stays_one() -> None:
    text = SENTENCES[: 2 * LONG_PARAGRAPH]
    assert len(list(read(text, 100))) == 1


def test_long_prose_stands_in_several_views_without_a_seam(qtbot: QtBot, view: AnswerView) -> None:
    view.show()
    for name, gap in (("prose", 12), ("list", 4), ("words", 0)):
        view.set_text(TEXTS[name], growing=False)
        qtbot.waitUntil(lambda: view.complete)
        assert len(view.segments) > 2
        assert gaps(view) == [0] + [gap] * (len(view.segments) - 1)
        for segment in view.segments:
            assert isinstance(segment, ProseView)
            assert segment.extent < LONG + 2 * LONG_PARAGRAPH
        view.resize(600, view.sizeHint().height())
        first, second = view.segments[0], view.segments[1]
        qtbot.waitUntil(lambda f=first, s=second, g=gap: s.y() == f.y() + f.height() + g)


def test_headings_keep_their_distance_from_code_and_tables(view: AnswerView) -> None:
    view.set_text("```\nx\n```\n\n## Head\n\n| a |\n|---|\n| b |\n\nText", growing=False)
    assert gaps(view) == [0, 20, 12, 12]


def test_an_address_that_comes_late_reaches_a_long_text(qtbot: QtBot, view: AnswerView) -> None:
    text = f"See [there].\n\n{PROSE}"
    view.set_text(text, growing=True)
    qtbot.waitUntil(lambda: view.complete)
    view.set_text(f"{text}[there]: https://e.org/\n\nEnd", growing=True)
    qtbot.waitUntil(lambda: view.complete)
    document = view.segments[0].text_view.document()
    assert document.find("there").charFormat().anchorHref() == "https://e.org/"
    assert view.segments[-1].text_view.toPlainText().endswith("End")


def test_a_text_that_is_replaced_while_it_is_drawn_is_forgotten(
    qtbot: QtBot, view: AnswerView
) -> None:
    view.set_text(PROSE, growing=False)
    assert not view.complete
    view.set_text("Short.", growing=False)
    assert view.complete
    qtbot.wait(0)
    assert shown(view) == [("", "Short.")]


def test_an_unfolded_block_that_grows_is_appended_to(qtbot: QtBot, view: AnswerView) -> None:
    view.set_text(f"```py\n{CODE}", growing=True)
    qtbot.waitUntil(lambda: view.complete)
    (block,) = view.segments
    assert isinstance(block, CodeBlock)
    block.look_like(unfolded=True, wrapped=False)
    changes: list[tuple[int, int]] = []
    block.text_view.document().contentsChange.connect(
        lambda at, gone, _new: changes.append((at, gone))
    )
    end = block.text_view.document().characterCount() - 2
    view.set_text(f"```py\n{CODE}more = 1\n", growing=True)
    assert block.text_view.toPlainText().endswith("more = 1")
    assert changes
    assert all(at >= end and gone <= 1 for at, gone in changes)
