"""A table in an answer: rules instead of a grid, figures to the right, flush with the column."""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import (
    QFontMetrics,
    QGuiApplication,
    QTextBlockFormat,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextFrameFormat,
    QTextLength,
    QTextOption,
    QTextTable,
    QTextTableCell,
    QTextTableCellFormat,
    QTextTableFormat,
)

from app.ui.inline_objects import SOURCE, readable
from app.ui.inline_writer import InlineWriter, plain_text
from app.ui.markdown_blocks import has_links
from app.ui.text_view import TextView

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markdown_it.token import Token
    from PySide6.QtGui import QColor, QResizeEvent
    from PySide6.QtWidgets import QMenu, QWidget

    from app.ui.formulas import Formulas
    from app.ui.markdown_blocks import Block
    from app.ui.theme import Theme

_Cell = tuple["Token", ...]
_FIGURE = re.compile(r"[-+−±~≈<>≤≥$€£]?\s?\d[\d.,:\s]*\s?\S{0,5}$")
_FIXED = QTextBlockFormat.LineHeightTypes.FixedHeight.value
_AT_LEAST = QTextBlockFormat.LineHeightTypes.MinimumHeight.value
_CODE_WIDE = ("code_inline", "math_inline")
_ROW_PADDING, _COLUMN_GAP = 5, 16
# Text that is longer than this may break; a column narrower than this is hard to read.
_READABLE = 180


class TableView(TextView):
    """Shows one table; where its words do not fit the column, it scrolls sideways."""

    def __init__(self, theme: Theme, formulas: Formulas, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self._formulas = formulas
        self.show_objects(formulas)
        self._table: QTextTable | None = None
        self._rows: list[list[_Cell]] = []
        # With those that are not shown.
        self._all_rows: list[list[_Cell]] = []
        self._aligned: list[bool] = []
        # How wide each column would be without breaking any line.
        self._natural: list[int] = []
        self.setAccessibleName("Table")
        # Words stay whole: a table too wide for the column scrolls sideways instead.
        self.setWordWrapMode(QTextOption.WrapMode.WordWrap)

    def draw(
        self, final: Sequence[Block], still_open: Sequence[Block], most: int | None = None
    ) -> int:
        """Show the one table given; rows that are there already stay as they are.

        No more than `most` rows below the head are shown; returns how many there are.
        """
        (block,) = (*final, *still_open)
        self._all_rows = rows = _rows(block)
        count = len(rows) - 1
        rows = rows if most is None else rows[: most + 1]
        aligned = _right_aligned(block, rows)
        edit = QTextCursor(self.document())
        edit.beginEditBlock()
        begun = self._table is None or aligned != self._aligned or rows[0] != self._rows[0]
        if self._table is None or begun:
            self._table = self._begin(edit, len(rows[0]))
            self._rows = []
            self._natural = [0] * len(rows[0])
        self._aligned = aligned
        self._write_rows(self._table, rows)
        self._set_widths(self._table)
        edit.endEditBlock()
        if begun:
            # The view's own caret went along with the text and would scroll its end into sight.
            self.moveCursor(QTextCursor.MoveOperation.Start)
        self.contents_changed(has_links=has_links(block), complete=bool(final))
        return count

    def resizeEvent(self, event: QResizeEvent) -> None:
        """What fits may be another arrangement now."""
        if self._table is not None:
            self._set_widths(self._table)
        super().resizeEvent(event)

    def csv(self) -> str:
        """The whole table as comma-separated values, formulas as they were written."""
        lines = io.StringIO()
        writer = csv.writer(lines, lineterminator="\n")
        writer.writerows([map(self._written, row) for row in self._all_rows])
        return lines.getvalue()

    def fill_menu(self, menu: QMenu) -> None:
        """What the context menu of a table has more than that of other text."""
        menu.addSeparator()
        copy = menu.addAction("Copy as CSV")
        copy.triggered.connect(lambda: QGuiApplication.clipboard().setText(self.csv()))

    def _written(self, content: _Cell) -> str:
        document = QTextDocument()
        cursor = QTextCursor(document)
        InlineWriter(cursor, QTextCharFormat(), self._theme, self._formulas).write(content)
        return readable(document, SOURCE)

    def _set_widths(self, table: QTextTable) -> None:
        """Fill the column; where that would squeeze words into slivers, scroll instead."""
        form = table.format().toTableFormat()
        needed = [min(width, _READABLE) for width in self._natural]
        fixed = QTextLength.Type.FixedLength
        # Of a whole width Qt makes one pixel too much, by rounding columns up.
        room = self.viewport().width() - 1
        if sum(needed) <= room:
            form.setWidth(QTextLength(fixed, room))
            form.clearColumnWidthConstraints()
        else:
            form.setWidth(QTextLength(fixed, sum(needed)))
            form.setColumnWidthConstraints([QTextLength(fixed, width) for width in needed])
        if form != table.format().toTableFormat():
            table.setFormat(form)

    def _begin(self, edit: QTextCursor, columns: int) -> QTextTable:
        edit.select(QTextCursor.SelectionType.Document)
        edit.removeSelectedText()
        table = edit.insertTable(1, columns, self._table_format())
        self._flatten_ends(table)
        return table

    def _write_rows(self, table: QTextTable, rows: list[list[_Cell]]) -> None:
        """Write what differs from the rows shown: as a rule the last one, and a new one."""
        same = 0
        for old, new in zip(self._rows, rows, strict=False):
            if old != new:
                break
            same += 1
        if table.rows() > len(rows):
            table.removeRows(len(rows), table.rows() - len(rows))
        elif table.rows() < len(rows):
            table.appendRows(len(rows) - table.rows())
        for number in range(same, len(rows)):
            for column, content in enumerate(rows[number]):
                cell = table.cellAt(number, column)
                last = column == len(rows[number]) - 1
                self._write(cell, content, number == 0, last, self._aligned[column])
                self._measure(column, content, last)
        self._rows = rows

    def _measure(self, column: int, content: _Cell, last: bool) -> None:
        words = QFontMetrics(self._theme.font("body_strong"))
        code = QFontMetrics(self._theme.font("code"))
        width = sum(
            (code if token.type in _CODE_WIDE else words).horizontalAdvance(plain_text(token))
            for token in content
        )
        width += 2 if last else 2 + _COLUMN_GAP
        self._natural[column] = max(self._natural[column], width)

    def _write(
        self, cell: QTextTableCell, content: _Cell, head: bool, last: bool, right: bool
    ) -> None:
        colors = self._theme.colors
        cell.setFormat(_cell_format(colors.edge if head else colors.line, last))
        block = QTextBlockFormat()
        grows = any(token.type == "math_inline" for token in content)
        block.setLineHeight(self._theme.px(20), _AT_LEAST if grows else _FIXED)
        block.setAlignment(Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft)
        form = QTextCharFormat()
        font = self._theme.font("body_strong" if head else "body")
        form.setFont(font)
        form.setForeground(colors.ink2 if head else colors.ink)
        cursor = cell.firstCursorPosition()
        cursor.setPosition(cell.lastPosition(), QTextCursor.MoveMode.KeepAnchor)
        cursor.removeSelectedText()
        cursor.setBlockFormat(block)
        InlineWriter(cursor, form, self._theme, self._formulas).write(content)

    def _flatten_ends(self, table: QTextTable) -> None:
        """Qt keeps an empty line before and after a table; here they take no room."""
        flat = QTextBlockFormat()
        flat.setLineHeight(1, _FIXED)
        before = QTextCursor(self.document())
        after = QTextCursor(self.document())
        after.setPosition(table.lastPosition() + 1)
        for cursor in (before, after):
            cursor.setBlockFormat(flat)

    @staticmethod
    def _table_format() -> QTextTableFormat:
        form = QTextTableFormat()
        form.setBorder(0)
        form.setCellSpacing(0)
        form.setCellPadding(0)
        form.setBorderCollapse(True)
        form.setWidth(QTextLength(QTextLength.Type.PercentageLength, 100))
        form.setHeaderRowCount(1)
        return form


def _cell_format(rule: QColor, last: bool) -> QTextTableCellFormat:
    form = QTextTableCellFormat()
    form.setTopPadding(_ROW_PADDING)
    form.setBottomPadding(_ROW_PADDING)
    form.setRightPadding(0 if last else _COLUMN_GAP)
    form.setBottomBorder(1)
    form.setBottomBorderStyle(QTextFrameFormat.BorderStyle.BorderStyle_Solid)
    form.setBottomBorderBrush(rule)
    return form


def _rows(block: Block) -> list[list[_Cell]]:
    """The table's cells by rows, the head first, all of the head's length."""
    rows: list[list[_Cell]] = []
    for token in block.tokens:
        if token.type == "tr_open":
            rows.append([])
        elif token.type == "inline":
            rows[-1].append(tuple(token.children or ()))
    width = len(rows[0])
    return [[*row, *[()] * (width - len(row))][:width] for row in rows]


def _right_aligned(block: Block, rows: list[list[_Cell]]) -> list[bool]:
    """Which columns stand to the right: those the text says, and those that hold only figures."""
    said = [str(t.attrs.get("style", "")) for t in block.tokens if t.type == "th_open"]
    return [
        "right" in style or (not style and _figures([row[i] for row in rows[1:]]))
        for i, style in enumerate(said)
    ]


def _figures(cells: list[_Cell]) -> bool:
    filled = [text for cell in cells if (text := "".join(map(plain_text, cell)))]
    return bool(filled) and all(_FIGURE.match(text) for text in filled)
