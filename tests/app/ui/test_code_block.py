"""Code: its colours, how much of it is shown, and what can be done with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtGui import QColor, QGuiApplication, QTextBlock
from PySide6.QtWidgets import QLabel, QPushButton, QTextEdit

from app.ui.answer_view import AnswerView
from app.ui.code_block import FOLDED_LINES, CodeBlock
from app.ui.code_lines import CodeLines
from app.ui.highlighting import STYLE, highlight, language_name
from app.ui.table_block import FOLDED_ROWS, TableBlock
from app.ui.tokens import DARK, LIGHT, Colors

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from app.background import Background
    from app.ui.formulas import Formulas
    from app.ui.theme import Theme

READABLE = 4.5


@pytest.fixture
def view(qtbot: QtBot, theme: Theme, background: Background, formulas: Formulas) -> AnswerView:
    view = AnswerView(theme, background=background, formulas=formulas)
    qtbot.addWidget(view)
    view.resize(600, 300)
    view.show()
    return view


def block(view: AnswerView) -> CodeBlock:
    (segment,) = view.segments
    assert isinstance(segment, CodeBlock)
    return segment


def button(view: AnswerView, text: str) -> QPushButton:
    (found,) = (b for b in block(view).findChildren(QPushButton) if b.text().startswith(text))
    return found


def colours(view: AnswerView, line: int) -> dict[str, str]:
    """The words of a line that are coloured, with their colours."""
    shown: QTextBlock = block(view).text_view.document().findBlockByNumber(line)
    return {
        shown.text()[span.start : span.start + span.length]: span.format.foreground().color().name()
        for span in shown.layout().formats()
    }


def lightness(color: QColor) -> float:
    """Relative luminance of WCAG 2.x."""
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (color.redF(), color.greenF(), color.blueF())
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(colors: Colors, name: str, ground: str) -> float:
    darker, lighter = sorted(lightness(getattr(colors, one)) for one in (name, ground))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("colors", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("ground", ["raised", "sheet"])
@pytest.mark.parametrize("name", sorted(set(STYLE.values())))
def test_every_colour_of_code_can_be_read(colors: Colors, ground: str, name: str) -> None:
    assert contrast(colors, name, ground) >= READABLE


def test_words_have_the_colours_of_the_theme(qtbot: QtBot, view: AnswerView) -> None:
    view.set_text('```py\nfrom x import y  # why\nz = "s" + 12\n```', growing=False)
    colors = view._theme.colors
    qtbot.waitUntil(lambda: bool(colours(view, 1)))
    assert colours(view, 0) == {
        "from": colors.accent.name(),
        "import": colors.accent.name(),
        "# why": colors.ink3.name(),
    }
    assert colours(view, 1)['"s"'] == colors.ok.name()
    assert colours(view, 1)["12"] == colors.warn.name()
    assert "python" in [label.text() for label in block(view).findChildren(QLabel)]


def test_letters_beyond_the_basic_plane_do_not_shift_colours() -> None:
    assert highlight('"😀" # c', "python").lines[0][-1] == (5, 3, "ink3")


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("py", "python"),
        ("JS", "javascript"),
        ("c++", "cpp"),
        ("sh", "bash"),
        ("klingon", "klingon"),
    ],
)
def test_languages_have_their_usual_names(written: str, name: str) -> None:
    assert language_name(written) == name


def test_an_unknown_language_stays_plain(qtbot: QtBot, view: AnswerView) -> None:
    view.set_text("```klingon\nfrom x import y\n```", growing=False)
    lines = block(view).text_view
    assert isinstance(lines, CodeLines)
    with qtbot.waitSignal(lines.language_known) as known:
        pass
    assert known.args == ["klingon"]
    assert colours(view, 0) == {}
    assert block(view).code == "from x import y"


def test_lines_are_coloured_as_they_are_completed(qtbot: QtBot, view: AnswerView) -> None:
    view.set_text("```py\nimport a\nimport", growing=True)
    qtbot.waitUntil(lambda: list(colours(view, 0)) == ["import"])
    assert colours(view, 1) == {}
    view.set_text("```py\nimport a\nimport b\nx", growing=True)
    qtbot.waitUntil(lambda: list(colours(view, 1)) == ["import"])


def test_what_looks_the_same_is_not_coloured_again(qtbot: QtBot, view: AnswerView) -> None:
    view.set_text("```py\nimport a\nim", growing=True)
    qtbot.waitUntil(lambda: list(colours(view, 0)) == ["import"])
    changed: list[int] = []
    view.segments[0].text_view.document().contentsChange.connect(lambda at, *_: changed.append(at))
    view.set_text("```py\nimport a\nimport b\nx", growing=True)
    qtbot.waitUntil(lambda: list(colours(view, 1)) == ["import"])
    assert min(changed) >= len("import a")


def test_a_long_block_is_folded_until_all_is_asked_for(view: AnswerView) -> None:
    lines = [f"line {n}" for n in range(1, 131)]
    view.set_text("```\n" + "\n".join(lines) + "\n```", growing=False)
    text = block(view).text_view
    assert text.document().blockCount() == FOLDED_LINES
    button(view, "Copy").click()
    assert QGuiApplication.clipboard().text() == "\n".join(lines)

    show_all = button(view, "Show")
    assert show_all.text() == "Show all 130 lines"
    show_all.click()
    assert text.toPlainText() == "\n".join(lines)
    show_all.click()
    assert text.document().blockCount() == FOLDED_LINES


def test_a_short_block_has_nothing_to_unfold(view: AnswerView) -> None:
    view.set_text("```\n" + "x\n" * FOLDED_LINES + "```", growing=False)
    assert block(view).text_view.document().blockCount() == FOLDED_LINES
    assert not [
        b for b in block(view).findChildren(QPushButton) if b.isVisible() and "Show" in b.text()
    ]


def test_a_growing_block_stays_where_it_is_and_counts(qtbot: QtBot, view: AnswerView) -> None:
    code = "".join(f"x{n} = {n}\n" for n in range(2000))
    view.set_text("```py\n" + code[:200], growing=True)
    view.set_text("```py\n" + code, growing=True)
    qtbot.waitUntil(lambda: view.complete)
    assert block(view).text_view.document().blockCount() == FOLDED_LINES
    assert button(view, "Show").text() == "Show all 2,000 lines"


def test_a_long_block_is_coloured_beside_the_window(qtbot: QtBot, view: AnswerView) -> None:
    code = "\n".join(f"def f{n}(): return {n}" for n in range(500))
    view.set_text(f"```py\n{code}\n```", growing=False)
    button(view, "Show").click()
    qtbot.waitUntil(lambda: block(view).text_view.document().blockCount() == 500)
    assert colours(view, 499) == {}
    qtbot.waitUntil(lambda: "def" in colours(view, 499))


def test_long_lines_can_be_wrapped(qtbot: QtBot, view: AnswerView) -> None:
    view.set_text("```\n" + "word " * 200 + "\n```", growing=False)
    text = block(view).text_view
    qtbot.waitUntil(lambda: text.horizontalScrollBar().maximum() > 0)
    before = text.height()
    button(view, "Wrap").click()
    assert text.lineWrapMode() == QTextEdit.LineWrapMode.WidgetWidth
    qtbot.waitUntil(lambda: text.horizontalScrollBar().maximum() == 0 and text.height() > before)


def test_what_was_copied_is_said_for_two_seconds(qtbot: QtBot, view: AnswerView) -> None:
    view.set_text("```\nx\n```", growing=False)
    copy = button(view, "Copy")
    copy.click()
    assert copy.text() == "Copied"
    assert block(view)._copied.interval() == 2000
    qtbot.waitSignal(block(view)._copied.timeout, timeout=3000).wait()
    assert copy.text() == "Copy"


def test_an_unfolded_block_stays_unfolded_in_another_theme(view: AnswerView) -> None:
    view.set_text("```\n" + "x\n" * 100 + "```", growing=False)
    button(view, "Show").click()
    view._theme.changed.emit()
    assert block(view).unfolded


def test_a_table_can_be_copied_as_csv(view: AnswerView) -> None:
    view.set_text('| a | b |\n|---|---|\n| x, "y" | $z^2$ |\n', growing=False)
    (table,) = view.segments
    menu = table.text_view.createStandardContextMenu()
    table.text_view.fill_menu(menu)
    (copy,) = (action for action in menu.actions() if action.text() == "Copy as CSV")
    copy.trigger()
    assert QGuiApplication.clipboard().text() == 'a,b\n"x, ""y""",$z^2$\n'
    menu.deleteLater()


def test_a_long_table_is_folded_until_all_is_asked_for(view: AnswerView) -> None:
    rows = "".join(f"| {n} | ${n}^2$ |\n" for n in range(1, 101))
    view.set_text(f"| a | b |\n|---|---|\n{rows}", growing=False)
    (block,) = view.segments
    assert isinstance(block, TableBlock)
    assert block.text_view.toPlainText().split()[-2] == str(FOLDED_ROWS)
    assert block._table.csv().splitlines()[-1] == "100,$100^2$"
    assert block._fold.text() == "Show all 100 rows"
    assert not block._fold.isHidden()
    block._fold.click()
    assert block.text_view.toPlainText().split()[-2] == "100"
    assert view.unfolded == ((True, False),)
    view._theme.changed.emit()
    assert view.unfolded == ((True, False),)
    (block,) = view.segments
    block._fold.click()
    assert block.text_view.toPlainText().split()[-2] == str(FOLDED_ROWS)


def test_a_long_table_that_grows_is_not_laid_out_for_rows_unseen(view: AnswerView) -> None:
    rows = "".join(f"| {n} | {n} |\n" for n in range(1, 61))
    view.set_text(f"| a | b |\n|---|---|\n{rows}", growing=True)
    (block,) = view.segments
    changes: list[int] = []
    block.text_view.document().contentsChange.connect(lambda at, *_: changes.append(at))
    view.set_text(f"| a | b |\n|---|---|\n{rows}| 61 | 61 |\n", growing=True)
    assert changes == []
    assert block._fold.text() == "Show all 61 rows"
