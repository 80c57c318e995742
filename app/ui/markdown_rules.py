"""What answers contain beyond CommonMark: formulas and footnotes, as rules of the parser.

Formulas stand between `$…$`, `$$…$$`, `\\(…\\)` or `\\[…\\]`. Footnotes are recognised whether or
not their definition has been read yet: in a growing answer it usually comes last.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from markdown_it import MarkdownIt

if TYPE_CHECKING:
    from markdown_it.rules_block import StateBlock
    from markdown_it.rules_inline import StateInline

# Where a formula was opened that the text so far neither closes nor gives up: a line's number.
UNSETTLED = "unsettled"

_BLOCK_CLOSERS = {"$$": "$$", "\\[": "\\]"}
_AFTER_FORMULA = " \t.,;"
_NOTE = re.compile(r"\[\^([^\]\[\s]+)\]")
_DEFINITION = re.compile(r"\[\^([^\]\[\s]+)\]:[ \t]*")
_NOTE_INDENT = 4
# "$20 for this and that$" speaks of money: a figure, then a word that is no command.
_COMMAND = re.compile(r"\\[A-Za-z]+\s*(\{[^{}]*\})?")
_PRICE = re.compile(r"\d[\d.,]*\s?\S*\s+.*?[A-Za-z]{2,}|\d[\d.,]*/[A-Za-z]{2,}")
_MATHEMATICAL = re.compile(r"[\\^_=+{}<>]")


class Parser(MarkdownIt):
    """CommonMark with tables, struck words, formulas and footnotes.

    Raw HTML stays text: what a model writes is never markup of ours. Addresses of any scheme are
    links here; which of them may be opened is decided where they are shown.
    """

    def __init__(self) -> None:
        super().__init__("commonmark", {"html": False, "inline_definitions": True})
        self.enable(["table", "strikethrough"])
        ends = ["paragraph", "reference", "blockquote", "list"]
        self.block.ruler.before("fence", "math_block", _math_block, {"alt": ends})
        self.block.ruler.before("reference", "footnote", _footnote, {"alt": ["paragraph", "list"]})
        self.inline.ruler.before("escape", "math_dollar", _math_dollar)
        self.inline.ruler.before("escape", "math_bracket", _math_bracket)
        self.inline.ruler.after("image", "footnote_ref", _footnote_ref)

    def validateLink(self, url: str) -> bool:
        """Every address may be shown."""
        del url
        return True


def _math_block(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """A formula in lines of its own. A blank line inside gives it up, as LaTeX does."""
    opener = _line(state, start)[:2]
    closer = _BLOCK_CLOSERS.get(opener)
    if closer is None or state.is_code_block(start):
        return False
    line, text = start, _line(state, start)[2:]
    while closer not in text:
        line += 1
        if line >= len(state.bMarks) - 1:
            state.env[UNSETTLED] = min(start, state.env.get(UNSETTLED, start))
        if line >= end or state.isEmpty(line) or state.sCount[line] < state.blkIndent:
            return False
        text = _line(state, line)
    before, _, after = text.partition(closer)
    inner = before if line == start else _inner(state, start, line, before)
    if after.strip(_AFTER_FORMULA) or not inner.strip():
        return False
    if not silent:
        token = state.push("math_block", "math", 0)
        token.content, token.markup = inner.strip(), opener
        token.map = [start, line + 1]
        state.line = line + 1
    return True


def _inner(state: StateBlock, start: int, last: int, before: str) -> str:
    lines = [_line(state, start)[2:], *(_line(state, n) for n in range(start + 1, last)), before]
    return "\n".join(lines)


def _line(state: StateBlock, line: int) -> str:
    return state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]]


def _math_dollar(state: StateInline, silent: bool) -> bool:
    """`$…$` and `$$…$$` within a line, by rules that leave prices alone."""
    src, begin = state.src, state.pos
    if src[begin] != "$" or (begin and src[begin - 1].isalnum()):
        return False
    marks = "$$" if src.startswith("$$", begin) else "$"
    close = _closing(src, begin + len(marks), marks, state.posMax)
    content = src[begin + len(marks) : close] if close > 0 else ""
    after = src[close + len(marks) : close + len(marks) + 1]
    if not content.strip() or "`" in content:
        return False
    if marks == "$" and (content != content.strip() or after.isdigit() or _is_price(content)):
        return False
    return _push_math(state, silent, content, marks, close + len(marks))


def _math_bracket(state: StateInline, silent: bool) -> bool:
    """`\\(…\\)` and `\\[…\\]` within a line; a bracket escaped in a sentence is no formula."""
    src, begin = state.src, state.pos
    opener = src[begin : begin + 2]
    closer = {"\\(": "\\)", "\\[": "\\]"}.get(opener)
    if closer is None:
        return False
    close = src.find(closer, begin + 2, state.posMax)
    content = src[begin + 2 : close] if close > 0 else ""
    if not content.strip(" \\") or "`" in content:
        return False
    if opener == "\\[" and not _MATHEMATICAL.search(content):
        return False
    return _push_math(state, silent, content, opener, close + 2)


def _closing(src: str, begin: int, marks: str, end: int) -> int:
    """Where the first `marks` after `begin` stand that no backslash escapes, or -1."""
    at = src.find(marks, begin, end)
    while at > 0 and (at - len(src[:at].rstrip("\\"))) % 2:
        at = src.find(marks, at + 1, end)
    return at


def _is_price(content: str) -> bool:
    return _PRICE.match(_COMMAND.sub("", content)) is not None


def _push_math(state: StateInline, silent: bool, content: str, marks: str, end: int) -> bool:
    if not silent:
        token = state.push("math_inline", "math", 0)
        token.content, token.markup = content.strip(), marks
    state.pos = end
    return True


def _footnote_ref(state: StateInline, silent: bool) -> bool:
    """`[^name]`; whether there is such a note is known at the end of the answer."""
    found = _NOTE.match(state.src, state.pos, state.posMax)
    if found is None:
        return False
    if not silent:
        token = state.push("footnote_ref", "", 0)
        token.content, token.meta = found[0], {"label": found[1].casefold()}
    state.pos = found.end()
    return True


def _footnote(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """`[^name]: text`, with further paragraphs indented by four."""
    # Inside of something, a line that is indented less ends that and begins a note.
    inside = state.level or state.blkIndent
    ends = silent and state.sCount[start] < state.blkIndent
    if (inside and not ends) or (not inside and state.is_code_block(start)):
        return False
    begin = state.bMarks[start] + state.tShift[start]
    found = _DEFINITION.match(state.src, begin, state.eMarks[start])
    if found is None:
        return False
    if silent:
        return True
    kept = state.bMarks[start], state.tShift[start], state.sCount[start]
    # The text after the colon counts as indented like the paragraphs that follow.
    state.bMarks[start], state.tShift[start], state.sCount[start] = found.end(), 0, _NOTE_INDENT
    state.blkIndent += _NOTE_INDENT
    opening = state.push("footnote_open", "", 1)
    opening.meta = {"label": found[1].casefold()}
    state.md.block.tokenize(state, start, end)
    opening.map = [start, state.line]
    state.push("footnote_close", "", -1)
    state.blkIndent -= _NOTE_INDENT
    state.bMarks[start], state.tShift[start], state.sCount[start] = kept
    return True
