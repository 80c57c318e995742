"""The examples of the CommonMark specification, through our own reader and onto real widgets.

The specification's file is not ours to ship: `COMMONMARK_EXAMPLES` names it, a JSON list of objects
with `markdown`, `html`, `section` and `example`, as the specification is published.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

from app.ui.answer_view import AnswerView
from app.ui.code_block import CodeBlock
from app.ui.markdown_rules import Parser

if TYPE_CHECKING:
    from app.background import Background
    from app.ui.formulas import Formulas
    from app.ui.theme import Theme

VARIABLE = "COMMONMARK_EXAMPLES"
EXAMPLES, DIFFER_BY_RAW_HTML = 652, 72

# Written for this test; for every kind of block and of inline there is one.
OWN = [
    ("# A *title*\n", "<h1>A <em>title</em></h1>\n"),
    ("Over\nunder\n---\n", "<h2>Over\nunder</h2>\n"),
    ("one\ntwo  \nthree\\\nfour\n", "<p>one\ntwo<br />\nthree<br />\nfour</p>\n"),
    ("***both*** `a``b` **x\n", "<p><em><strong>both</strong></em> <code>a``b</code> **x</p>\n"),
    ("- a\n\n- b\n", "<ul>\n<li>\n<p>a</p>\n</li>\n<li>\n<p>b</p>\n</li>\n</ul>\n"),
    ("7) a\n8) b\n", '<ol start="7">\n<li>a</li>\n<li>b</li>\n</ol>\n'),
    ("> a\nb\n> > c\n", None),
    ("~~~ py\n<x>\n~~~\n", '<pre><code class="language-py">&lt;x&gt;\n</code></pre>\n'),
    ("    two\n\n    three\n", "<pre><code>two\n\nthree\n</code></pre>\n"),
    ("a\n\n***\n", "<p>a</p>\n<hr />\n"),
    ('[a](<b c> "t") <c:d>\n', None),
    ("[later] and [Later][]\n\n[later]: /there 'T'\n", None),
    ("![p *q*](r)\n", '<p><img src="r" alt="p q" /></p>\n'),
    ("&copy; &#65; \\* &nothing;\n", "<p>© A * &amp;nothing;</p>\n"),
    ("<b>no</b>\n", "<p>&lt;b&gt;no&lt;/b&gt;</p>\n"),
    ("| a | b |\n|---|--:|\n| c | d |\n", None),
    ("costs $5 or $6\n", "<p>costs $5 or $6</p>\n"),
    ("1. a\n1. b\n\n   c\n1. d\n", None),
    ("a[^1] b[^2]\n\n[^1]: one\n\n    more\n", None),
    ("$$\na\n- b\n$$\n\n\\[\nc\n", None),
]


class Example(NamedTuple):
    number: int
    section: str
    markdown: str
    html: str


def render(markdown: str, *, html: bool = False) -> str:
    """What our parser reads, as HTML; with `html`, raw HTML would be let through."""
    parser = Parser()
    parser.options["html"] = html
    tokens = [token for token in parser.parse(markdown) if token.type != "definition"]
    rendered = str(parser.renderer.render(tokens, parser.options, {}))
    # The renderer, which serves this comparison only, has no line between the tags of such quotes.
    return rendered.replace("<blockquote></blockquote>", "<blockquote>\n</blockquote>")


@pytest.fixture
def view(qtbot, theme: Theme, background: Background, formulas: Formulas) -> AnswerView:
    view = AnswerView(theme, background=background, formulas=formulas)
    qtbot.addWidget(view)
    return view


def shown(view: AnswerView) -> list[tuple[str, str]]:
    """All that can be seen, with its look."""
    parts = [
        (
            segment.code if isinstance(segment, CodeBlock) else "",
            segment.text_view.toHtml(),
        )
        for segment in view.segments
    ]
    return parts if view.notes is None else [*parts, ("notes", view.notes.toHtml())]


def drawn_at_once_and_streamed(view: AnswerView, markdown: str) -> tuple[object, object]:
    view.set_text("", growing=False)
    view.set_text(markdown, growing=False)
    at_once = shown(view)
    view.set_text("", growing=True)
    for end in range(1, len(markdown) + 1):
        view.set_text(markdown[:end], growing=True)
    view.set_text(markdown, growing=False)
    return at_once, shown(view)


@pytest.mark.parametrize(("markdown", "html"), [(m, h) for m, h in OWN if h is not None])
def test_what_is_read_is_commonmark(markdown: str, html: str) -> None:
    assert render(markdown) == html


@pytest.mark.parametrize("markdown", [markdown for markdown, _ in OWN])
def test_streamed_is_drawn_as_at_once(view: AnswerView, markdown: str) -> None:
    at_once, streamed = drawn_at_once_and_streamed(view, markdown)
    assert streamed == at_once


@pytest.fixture(scope="module")
def examples() -> list[Example]:
    place = os.environ.get(VARIABLE)
    if not place:
        pytest.skip(f"set {VARIABLE} to the specification's spec.json")
    listed = json.loads(Path(place).read_text(encoding="utf-8"))
    return [Example(e["example"], e["section"], e["markdown"], e["html"]) for e in listed]


@pytest.mark.slow
def test_the_specification_is_followed_but_for_raw_html(examples: list[Example]) -> None:
    differing = [e for e in examples if render(e.markdown) != e.html]
    for_another_reason = [e for e in differing if render(e.markdown, html=True) != e.html]
    assert len(examples) == EXAMPLES
    assert len(differing) == DIFFER_BY_RAW_HTML
    assert for_another_reason == []


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_every_example_is_streamed_as_at_once(view: AnswerView, examples: list[Example]) -> None:
    wrong = []
    for example in examples:
        at_once, streamed = drawn_at_once_and_streamed(view, example.markdown)
        if at_once != streamed:
            wrong.append(example.number)
    assert wrong == []
