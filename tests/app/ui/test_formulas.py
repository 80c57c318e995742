"""Formulas: what counts as one, what is drawn, and what stands there when it cannot be."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QImage, QTextCursor
from PySide6.QtWidgets import QApplication

from app.ui.formula_drawing import draw
from app.ui.markdown_rules import Parser

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from app.ui.answer_view import AnswerView
    from app.ui.formulas import Formulas


def found(markdown: str) -> list[str]:
    """The formulas in `markdown`."""
    tokens = [*Parser().parse(markdown)]
    for token in tuple(tokens):
        tokens += token.children or []
    return [token.content for token in tokens if token.type.startswith("math")]


@pytest.mark.parametrize(
    ("markdown", "formulas"),
    [
        ("$x$ and $y_1$", ["x", "y_1"]),
        ("\\(x\\) and $$y$$ in a line", ["x", "y"]),
        ("$$\na\n= b\n$$", ["a\n= b"]),
        ("Text:\n\\[\na\n\\]\nmore", ["a"]),
        ("\\[ a = b \\].", ["a = b"]),
        ("> $$\n> a\n> $$", ["a"]),
        ("- one\n\n  $$a$$", ["a"]),
        ("$2n + 1$ and $3 \\text{ apples}$", ["2n + 1", "3 \\text{ apples}"]),
        ("It is $5, or $6 with tax, US$7 or $8.50-$9.", []),
        ("$20 for this and that$ no", []),
        ("$5/month and 10$/year", []),
        ("\\$x\\$ and $x\\$", []),
        ("`$x$` and `\\(x\\)`", []),
        ("```\n$$\nx\n$$\n```", []),
        ("as shown \\[1\\] and \\[see\\]", []),
        ("$ x $ and $$ $$", []),
        ("$$\na\n\nb\n$$", []),
    ],
)
def test_formulas_are_told_from_prices_code_and_brackets(
    markdown: str, formulas: list[str]
) -> None:
    assert found(markdown) == formulas


def test_a_drawing_reaches_around_its_baseline() -> None:
    plain, fraction = draw("x", display=False), draw(r"\frac{a}{b}", display=True)
    assert plain is not None
    assert fraction is not None
    assert fraction.ascent > plain.ascent
    assert fraction.descent > plain.descent
    assert plain.descent < 4


@pytest.mark.parametrize("source", [r"\frac{", r"x_{", r"\nosuchcommand{x}", "x" * 5000])
def test_what_cannot_be_drawn_is_no_drawing(source: str) -> None:
    assert draw(source, display=False) is None


def test_a_formula_is_drawn_in_ink_and_copied_as_its_source(
    qtbot: QtBot, view: AnswerView, formulas: Formulas
) -> None:
    view.show()
    with qtbot.waitSignal(formulas.drawn):
        view.set_text(r"Here $\frac{1}{2}$ ends.", growing=False)
    text = view.segments[0].text_view
    picture = formulas.picture((r"\frac{1}{2}", False), view._theme.colors.ink, 20, 40)
    colors = {
        QImage.pixelColor(picture, x, y).name()
        for x in range(picture.width())
        for y in range(picture.height())
        if picture.pixelColor(x, y).alpha() == 255
    }
    assert colors == {view._theme.colors.ink.name()}

    text.selectAll()
    text.copy()
    assert QGuiApplication.clipboard().text() == r"Here $\frac{1}{2}$ ends."
    assert text.accessibleDescription() == r"Here \frac{1}{2} ends."


def test_the_text_around_a_formula_stays_on_its_baseline(
    qtbot: QtBot, view: AnswerView, formulas: Formulas
) -> None:
    view.show()
    matrix = r"\begin{pmatrix}a&b\\c&d\end{pmatrix}"
    with qtbot.waitSignals([formulas.drawn, formulas.drawn]):
        view.set_text(f"one $x$ two\n\nthree ${matrix}$ four\n\nfive", growing=False)
    document = view.segments[0].text_view.document()
    layout = document.documentLayout()

    def height(text: str) -> float:
        return layout.blockBoundingRect(document.find(text).block()).height()

    qtbot.waitUntil(lambda: height("three") > 26)
    assert height("one") <= 25
    drawing = formulas.drawing((matrix, False))
    assert drawing is not None
    assert height("three") <= (drawing.ascent + drawing.descent) * 16.5 / 40 + 2


def test_formulas_stand_on_the_line_of_the_letters(
    qtbot: QtBot, view: AnswerView, formulas: Formulas
) -> None:
    """A minus sign is as high above the baseline alone as beside something that hangs low."""
    view.show()
    alone, deep = "-", r"-_{\frac{\frac{a}{b}}{c}}"
    assert formulas.drawing((alone, False)) is None
    qtbot.waitUntil(lambda: formulas.drawing((deep, False)) is not None)
    heights = []
    for source in (alone, deep):
        view.set_text("", growing=False)
        view.set_text(f"${source}$", growing=False)
        text = view.segments[0].text_view
        qtbot.waitUntil(lambda text=text: text.isVisible() and text.width() == view.width())
        picture = text.viewport().grab().toImage()
        dark = [y for y in range(picture.height()) if picture.pixelColor(5, y).lightness() < 160]
        block = text.document().firstBlock()
        line = block.layout().lineAt(0)
        top = text.document().documentLayout().blockBoundingRect(block).top()
        heights.append(top + line.y() + line.ascent() - dark[0])
    assert heights[0] == pytest.approx(heights[1], abs=1)
    assert heights[0] > 2


def test_a_formula_that_fails_is_shown_as_code(qtbot: QtBot, view: AnswerView) -> None:
    view.set_text("Before $\\frac{$ after", growing=False)
    qtbot.waitUntil(lambda: "\\frac{" in view.segments[0].text_view.toPlainText())
    document = view.segments[0].text_view.document()
    form = document.find("\\frac{").charFormat()
    assert form.background().color() == view._theme.colors.wash
    assert document.toPlainText() == "Before \\frac{ after"


def test_a_formula_is_drawn_once_for_all_answers(
    qtbot: QtBot, view: AnswerView, formulas: Formulas
) -> None:
    with qtbot.waitSignal(formulas.drawn):
        view.set_text("$a+b$", growing=False)
    with qtbot.assertNotEmitted(formulas.drawn):
        view.set_text("$a+b$ again, $a+b$", growing=False)
    assert formulas.drawing(("a+b", False)) is not None


def test_the_source_stands_there_until_the_picture_comes(
    qtbot: QtBot, view: AnswerView, formulas: Formulas
) -> None:
    view.show()
    view.set_text("$a+b+c+d+e+f$", growing=False)
    text = view.segments[0].text_view
    end = QTextCursor(text.document())
    end.movePosition(QTextCursor.MoveOperation.End)
    with qtbot.waitSignal(formulas.drawn):
        as_source = text.cursorRect(end).left()
    qtbot.waitUntil(lambda: text.cursorRect(end).left() != as_source)


def test_tasks_have_boxes_that_are_read_out_and_copied(view: AnswerView) -> None:
    view.set_text("- [x] one\n- [ ] two\n- [y] three\n- [ ]\n", growing=False)
    text = view.segments[0].text_view
    assert text.toPlainText().split("\n")[2:] == ["•\t[y] three", "•\t[ ]"]
    assert text.accessibleDescription().split("\n")[:2] == ["done\tone", "not done\ttwo"]
    text.selectAll()
    text.copy()
    assert QGuiApplication.clipboard().text().split("\n")[:2] == ["[x]\tone", "[ ]\ttwo"]


def test_a_done_box_is_filled(view: AnswerView) -> None:
    view.show()
    view.set_text("- [x] one\n- [ ] two\n", growing=False)
    QApplication.processEvents()
    picture = view.segments[0].text_view.viewport().grab().toImage()
    accent = view._theme.colors.accent.rgb()
    filled = {y > 24 for y in range(picture.height()) if picture.pixel(3, y) == accent}
    assert filled == {False}


def test_formulas_stand_in_text_from_right_to_left(
    qtbot: QtBot, view: AnswerView, formulas: Formulas
) -> None:
    with qtbot.waitSignal(formulas.drawn):
        view.set_text("שלום $x^2$ עולם", growing=False)
    block = view.segments[0].text_view.document().firstBlock()
    assert block.textDirection() == Qt.LayoutDirection.RightToLeft
    assert "\ufffc" in block.text()
