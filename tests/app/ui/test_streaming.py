"""However an answer arrives, it looks in the end as if it had come at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from app.ui.block_reader import BlockReader
from app.ui.code_block import CodeBlock
from app.ui.markdown_blocks import Block, parse

if TYPE_CHECKING:
    from app.ui.answer_view import AnswerView

PIECES = (
    "word ",
    "*x* ",
    "`y` ",
    "\n",
    "\n\n",
    "- ",
    "1. ",
    "2) ",
    "- [x] ",
    "    ",
    "> ",
    "# ",
    "---\n",
    "***\n",
    "```py\n",
    "```\n",
    "$",
    "$$",
    "\\[",
    "\\]\n",
    "\\(a\\)",
    "[a]",
    "[a]: /u\n",
    "[^1]",
    "[^1]: ",
    "[^2]",
    "| a | b |\n",
    "|---|---|\n",
    "<b>",
    "שלום ",
    "'t'",
    "\r\n",
    "\t",
)
MARKDOWN = st.lists(st.sampled_from(PIECES), max_size=24).map("".join)
CUTS = st.lists(st.integers(0, 200), max_size=12)


def prefixes(text: str, cuts: list[int]) -> list[str]:
    return [text[:cut] for cut in sorted({cut for cut in cuts if cut < len(text)})]


def shown(view: AnswerView) -> list[tuple[str, str]]:
    parts = [
        (segment.code if isinstance(segment, CodeBlock) else "", segment.text_view.toHtml())
        for segment in view.segments
    ]
    return parts if view.notes is None else [*parts, ("notes", view.notes.toHtml())]


def structure(blocks: list[Block]) -> list[tuple[str, int | None, str]]:
    return [
        (block.kind, block.number, " ".join(token.content for token in block.tokens))
        for block in blocks
    ]


@given(MARKDOWN, CUTS)
@settings(max_examples=300, deadline=None)
def test_blocks_read_in_pieces_are_those_read_at_once(text: str, cuts: list[int]) -> None:
    text = text.replace("\r\n", "\n")
    reader, blocks = BlockReader(), list[Block]()
    for prefix in [*prefixes(text, cuts), None]:
        reading = reader.read(text if prefix is None else prefix, complete=prefix is None)
        blocks = [*([] if reading.anew else blocks), *reading.final]
    assert structure(blocks) == structure(parse(text))


def test_answers_drawn_in_pieces_are_those_drawn_at_once(view: AnswerView) -> None:
    @example("> [a]: /u\n", [3])
    @example("[a]: /u\n> ", [1])
    @given(MARKDOWN, CUTS)
    @settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    def draw(text: str, cuts: list[int]) -> None:
        view.set_text("", growing=False)
        view.set_text(text, growing=False)
        at_once = shown(view)
        view.set_text("", growing=True)
        for prefix in prefixes(text, cuts):
            view.set_text(prefix, growing=True)
        view.set_text(text, growing=False)
        assert shown(view) == at_once

    draw()


def test_a_list_keeps_its_numbers_however_it_is_written() -> None:
    text = "1. a\n1. b\n1. c\n"
    reader, numbers = BlockReader(), list[int | None]()
    for end in range(1, len(text) + 1):
        numbers += [block.number for block in reader.read(text[:end]).final]
    numbers += [block.number for block in reader.read(text, complete=True).final]
    assert numbers == [1, 2, 3]


def test_an_address_that_comes_later_reaches_what_was_written_before(view: AnswerView) -> None:
    view.set_text("See [there].\n\nMore.\n\n", growing=True)
    view.set_text("See [there].\n\nMore.\n\n[there]: https://e.org/\n\nEnd", growing=True)
    document = view.segments[0].text_view.document()
    assert document.find("there").charFormat().anchorHref() == "https://e.org/"
    assert "[" not in document.toPlainText()


def test_a_growing_answer_reads_only_its_end_again() -> None:
    reader = BlockReader()
    text = "".join(f"Paragraph {n} of a long answer.\n\n" for n in range(200))
    reader.read(text + "Last")
    reading = reader.read(text + "Last one.")
    assert reading.final == ()
    assert [block.kind for block in reading.still_open] == ["prose"]
    assert reader._final_until == len(text)


def test_a_long_formula_stays_open_until_it_is_closed_or_given_up(view: AnswerView) -> None:
    view.set_text("Before\n\n$$\na\n- b\nc", growing=True)
    assert "$$" in view.segments[0].text_view.toPlainText()
    view.set_text("Before\n\n$$\na\n- b\nc\n$$\n\nAfter", growing=True)
    assert view.segments[0].text_view.toPlainText() == "Before\n\ufffc\nAfter"
