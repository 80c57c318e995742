from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import (
    QFont,
    QGuiApplication,
    QTextBlock,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextLine,
)
from PySide6.QtWidgets import QPushButton, QScrollBar

from app.ui.answer_view import AnswerView
from app.ui.block_reader import BlockReader
from app.ui.code_block import CodeBlock
from app.ui.markdown_blocks import parse
from app.ui.prose_view import ProseView
from app.ui.table_block import TableBlock
from app.ui.theme import Theme

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from app.background import Background

SAMPLE = """# Title

A *paragraph* with **strong** words, `code` and a [link](https://example.org/a).

- one
- two
  1. nested

> quoted

| a | b |
|---|---|
| x | 12 |

```python
print(1)
```

The end."""


@pytest.fixture
def answer(qtbot: QtBot, background: Background) -> AnswerView:
    view = AnswerView(Theme(), background=background)
    qtbot.addWidget(view)
    view.resize(600, 400)
    return view


def texts(view: AnswerView) -> list[tuple[type, str]]:
    return [(type(s), s.text_view.toPlainText()) for s in view.segments]


def test_growing_text_looks_in_the_end_like_text_given_at_once(
    qtbot: QtBot, answer: AnswerView
) -> None:
    whole = AnswerView(Theme())
    qtbot.addWidget(whole)
    whole.resize(600, 400)
    whole.set_text(SAMPLE, growing=False)

    for end in range(1, len(SAMPLE) + 1):
        answer.set_text(SAMPLE[:end], growing=True)
    answer.set_text(SAMPLE, growing=False)

    assert texts(answer) == texts(whole)
    kinds = [kind for kind, _ in texts(answer)]
    assert kinds == [ProseView, TableBlock, CodeBlock, ProseView]
    assert [s.text_view.toHtml() for s in answer.segments] == [
        s.text_view.toHtml() for s in whole.segments
    ]


def test_finished_blocks_are_handed_out_once() -> None:
    reader = BlockReader()
    handed: list[str] = []

    for end in range(1, len(SAMPLE) + 1):
        reading = reader.read(SAMPLE[:end])
        handed += [block.kind for block in reading.final]
        assert len(reading.still_open) <= 2
        assert not reading.anew
    last = reader.read(SAMPLE, complete=True).final

    assert handed + [block.kind for block in last] == [block.kind for block in parse(SAMPLE)]


def test_only_the_open_block_is_drawn_again(answer: AnswerView) -> None:
    start = "First paragraph.\n\nSecond"
    answer.set_text(start, growing=True)
    view = answer.segments[0].text_view
    view.document().setModified(False)
    changes: list[int] = []
    view.document().contentsChange.connect(lambda at, *_: changes.append(at))

    answer.set_text(start + " one goes on", growing=True)

    assert changes
    assert min(changes) >= len("First paragraph.")


def test_paragraph_that_turns_out_to_be_a_table_leaves_nothing_behind(answer: AnswerView) -> None:
    answer.set_text("Before.\n\n| a | b |", growing=True)
    assert "| a | b |" in answer.segments[0].text_view.toPlainText()

    answer.set_text("Before.\n\n| a | b |\n|---|---|\n| 1 | 2 |", growing=True)

    assert [type(s) for s in answer.segments] == [ProseView, TableBlock]
    assert answer.segments[0].text_view.toPlainText() == "Before."


def test_raw_html_and_pictures_are_text_and_nothing_is_loaded(answer: AnswerView) -> None:
    answer.set_text(
        "<b>x</b> <img src='https://example.org/p.png'> ![alt](https://example.org/q.png)",
        growing=False,
    )

    view = answer.segments[0].text_view
    assert (
        view.toPlainText()
        == "<b>x</b> <img src='https://example.org/p.png'> alt (https://example.org/q.png)"
    )
    assert (
        view.loadResource(
            QTextDocument.ResourceType.ImageResource.value, QUrl("file:///etc/hostname")
        )
        is None
    )


def test_strong_words_and_headings_have_the_weights_of_the_type_table(answer: AnswerView) -> None:
    answer.set_text("# Top\n\nplain **strong**", growing=False)

    document = answer.segments[0].text_view.document()
    heading = document.begin().begin().fragment().charFormat()
    strong = QTextCursor(document.lastBlock())
    strong.movePosition(QTextCursor.MoveOperation.EndOfBlock)

    assert (heading.font().pixelSize(), heading.fontWeight()) == (20, QFont.Weight.DemiBold)
    assert strong.charFormat().fontWeight() == QFont.Weight.DemiBold
    assert strong.charFormat().font().pixelSize() == 15
    assert document.lastBlock().blockFormat().lineHeight() == 24


def test_figures_stand_to_the_right_and_words_to_the_left(answer: AnswerView) -> None:
    answer.set_text(
        "| Well | Peak |\n|---|---|\n| AV-07 | 58.3 mg/L |\n| AV-11 | 7 % |", growing=False
    )

    view = answer.segments[0].text_view
    sides = {
        block.text(): bool(block.blockFormat().alignment() & Qt.AlignmentFlag.AlignRight)
        for block in _blocks(view.document())
    }
    assert sides["58.3 mg/L"]
    assert sides["Peak"]
    assert not sides["AV-07"]


def test_cells_have_their_bold_words_code_and_links(answer: AnswerView) -> None:
    answer.set_text(
        "| a | b | c |\n|---|---|---|\n| **strong** x | `code` y | [link](https://e.org/) z |",
        growing=False,
    )
    document = answer.segments[0].text_view.document()

    def look(word: str) -> QTextCharFormat:
        return document.find(word).charFormat()

    assert look("strong").fontWeight() == QFont.Weight.DemiBold
    assert look("x").fontWeight() == QFont.Weight.Normal
    assert look("code").background().color() == answer._theme.colors.wash
    assert look("y").background().style() == Qt.BrushStyle.NoBrush
    assert look("link").anchorHref() == "https://e.org/"
    assert look("link").foreground().color() == answer._theme.colors.accent
    assert look("z").anchorHref() == ""
    assert look("z").foreground().color() == answer._theme.colors.ink


@pytest.mark.parametrize(("columns", "scrolls"), [(3, False), (9, True)])
def test_table_fills_the_column_or_scrolls_sideways(
    qtbot: QtBot, answer: AnswerView, columns: int, scrolls: bool
) -> None:
    answer.show()
    rows = ["| some words in a cell " * columns + "|" for _ in range(3)]
    rows.insert(1, "|---" * columns + "|")
    answer.set_text("\n".join(rows), growing=False)
    table = answer.segments[0].text_view
    bar = table.horizontalScrollBar()
    qtbot.waitUntil(lambda: table.width() == answer.width() and (bar.maximum() > 0) == scrolls)

    lines = {round(block.layout().lineCount()) for block in _blocks(table.document())}
    assert max(lines) == 1


def first_line(view: AnswerView, text: str) -> tuple[QTextLine, int]:
    """The first line of the block that holds `text`, and where in it `text` begins."""
    document = view.segments[0].text_view.document()
    block = document.find(text).block()
    return block.layout().lineAt(0), block.text().index(text)


def test_items_from_right_to_left_keep_their_marks_and_letters(
    qtbot: QtBot, answer: AnswerView
) -> None:
    answer.show()
    answer.set_text("- " + "אבג " * 60 + "\n- one\n\n1. דהו\n", growing=False)
    width = answer.width()
    qtbot.waitUntil(lambda: answer.segments[0].width() == width)

    line, begins = first_line(answer, "אבג")
    assert line.cursorToX(0)[0] == width  # the mark is at the edge
    assert line.cursorToX(begins)[0] == width - 20
    assert line.naturalTextRect().left() >= 0
    layout = answer.segments[0].text_view.document().find("אבג").block().layout()
    assert layout.lineAt(1).naturalTextRect().right() == width - 20
    line, begins = first_line(answer, "דהו")
    assert line.naturalTextRect().right() == width
    assert line.cursorToX(begins)[0] == pytest.approx(width - 28)
    line, begins = first_line(answer, "one")
    assert (line.cursorToX(0)[0], line.cursorToX(begins)[0]) == (0, 20)


def test_the_rule_of_a_quote_stands_where_its_lines_begin(qtbot: QtBot, answer: AnswerView) -> None:
    answer.show()
    answer.set_text("> one\n\nbetween\n\n> ציטוט", growing=False)
    view = answer.segments[0].text_view
    qtbot.waitUntil(lambda: view.width() == answer.width())
    picture = view.viewport().grab().toImage()
    rule = answer._theme.colors.line.rgb()
    sides = [
        {x < 300 for x in (1, picture.width() - 2) if picture.pixel(x, y) == rule}
        for y in (12, picture.height() - 12)
    ]
    assert sides == [{True}, {False}]


@pytest.mark.parametrize("at", [0, 40])
def test_another_theme_leaves_tables_and_code_where_they_were_scrolled_to(
    qtbot: QtBot, answer: AnswerView, at: int
) -> None:
    answer.show()
    cells = "|".join("unbreakablelongword" for _ in range(9))
    line = "x" * 300
    answer.set_text(f"|{cells}|\n|{'---|' * 9}\n|{cells}|\n\n```\n{line}\n```", growing=False)

    def bars() -> list[QScrollBar]:
        return [segment.text_view.horizontalScrollBar() for segment in answer.segments]

    qtbot.waitUntil(lambda: all(bar.maximum() > at for bar in bars()))
    assert [bar.value() for bar in bars()] == [0, 0]
    for bar in bars():
        bar.setValue(at)
    before = answer.segments
    answer._theme.changed.emit()
    assert answer.segments != before
    qtbot.waitUntil(lambda: all(bar.maximum() > at for bar in bars()))
    qtbot.wait(20)
    assert [bar.value() for bar in bars()] == [at, at]


def test_code_can_be_copied_once_it_is_complete(answer: AnswerView) -> None:
    answer.set_text("```py\nx = 1", growing=True)
    code = answer.segments[0]
    (button,) = (b for b in code.findChildren(QPushButton) if b.text() == "Copy")
    assert button.isHidden()

    answer.set_text("```py\nx = 1\ny = 2\n```\n", growing=False)
    button.click()

    assert not button.isHidden()
    assert QGuiApplication.clipboard().text() == "x = 1\ny = 2"
    assert button.text() == "Copied"


def test_long_lines_of_code_begin_at_their_beginning(qtbot: QtBot, answer: AnswerView) -> None:
    answer.show()
    line = "x = " + "f(argument) + " * 40
    for end in range(1, len(line), 50):
        answer.set_text("```\n" + line[:end], growing=True)
    code = answer.segments[0].text_view
    qtbot.waitUntil(lambda: code.horizontalScrollBar().maximum() > 0)

    assert code.horizontalScrollBar().value() == 0


def test_caret_stands_in_the_last_part_only_while_text_grows(answer: AnswerView) -> None:
    answer.set_text("words\n\n```\ncode", growing=True)
    assert [s.text_view.caret_shown for s in answer.segments] == [False, True]

    answer.set_text("words\n\n```\ncode", growing=False)
    assert not any(s.text_view.caret_shown for s in answer.segments)


def test_answer_that_is_continued_grows_on_from_where_it_stood(answer: AnswerView) -> None:
    answer.set_text("It goes", growing=False)
    answer.set_text("It goes", growing=True)
    answer.set_text("It goes on.", growing=True)
    answer.set_text("It goes on.", growing=False)

    assert texts(answer) == [(ProseView, "It goes on.")]


def _blocks(document: QTextDocument) -> list[QTextBlock]:
    block, found = document.begin(), []
    while block.isValid():
        found.append(block)
        block = block.next()
    return found


@pytest.mark.parametrize("width", [496, 500, 600, 664, 665, 720])
def test_a_table_that_fits_never_scrolls(view: AnswerView, width: int) -> None:
    view.resize(width, 300)
    view.set_text(
        "| Well | Mean | Peak |\n|---|---:|---:|\n| AV-07 | 47.8 mg/L | 58.3 mg/L |\n",
        growing=False,
    )
    view.show()
    (table,) = view.segments
    assert table.text_view.horizontalScrollBar().maximum() == 0
