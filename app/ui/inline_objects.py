"""What stands in a line of text without being letters: formulas and the boxes of task lists.

Each is one character of the document. It carries the source that is copied in its place, and the
words that are read out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import (
    QFontMetricsF,
    QPainter,
    QPen,
    QPyTextObject,
    QTextBlock,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextFormat,
)

from app.ui.formula_drawing import DRAWN_SIZE
from app.ui.links import pieces

if TYPE_CHECKING:
    from collections.abc import Iterator

    from markdown_it.token import Token
    from PySide6.QtCore import QObject, QRect

    from app.ui.formula_drawing import Drawing
    from app.ui.formulas import Formulas, Key
    from app.ui.theme import Theme

OBJECT = "\ufffc"
_USER = QTextFormat.Property.UserProperty.value
# What is copied and what is read out in place of an object.
SOURCE = _USER + 10
SPOKEN = _USER + 11
_FORMULA = _USER + 12
_DISPLAY = _USER + 13
_DONE = _USER + 14
_FORMULA_TYPE = QTextFormat.ObjectTypes.UserObject.value + 1
_BOX_TYPE = QTextFormat.ObjectTypes.UserObject.value + 2
_STRUT_TYPE = QTextFormat.ObjectTypes.UserObject.value + 3
# Keeps a strut in the line of its formula.
JOINER = "\u2060"

# The letters of formulas are smaller than those of texts at the same size.
_SCALE, _DISPLAY_SCALE = 1.1, 1.2
_BOX, _BOX_BELOW = 14, 2
_AROUND = 1
# What hangs so far below the letters touches no other line. Where more does, the line keeps this
# much above its baseline, as lines without formulas do.
_ROOM_BELOW, _ROOM_ABOVE = 6.0, 20.0
_IN_THE_MIDDLE = QTextCharFormat.VerticalAlignment.AlignMiddle


def formula_format(base: QTextCharFormat, token: Token, formulas: Formulas) -> QTextCharFormat:
    """`base` for the formula that `token` holds."""
    form = QTextCharFormat(base)
    display = is_display(token)
    drawing = formulas.drawing((token.content, display))
    if drawing is not None and not display and _hangs_low(drawing, form):
        form.setVerticalAlignment(_IN_THE_MIDDLE)
    closers = {"\\(": "\\)", "\\[": "\\]"}
    source = f"{token.markup}{token.content}{closers.get(token.markup, token.markup)}"
    form.setObjectType(_FORMULA_TYPE)
    form.setProperty(_FORMULA, token.content)
    form.setProperty(_DISPLAY, display)
    form.setProperty(SOURCE, source)
    form.setProperty(SPOKEN, token.content)
    form.setToolTip(token.content)
    return form


def strut_format(formula: QTextCharFormat) -> QTextCharFormat:
    """What stands before `formula` and has no width: it keeps the room above the baseline.

    Qt centres an object that reaches below the baseline, so that above it there is never enough.
    """
    form = QTextCharFormat(formula)
    form.setObjectType(_STRUT_TYPE)
    form.setVerticalAlignment(QTextCharFormat.VerticalAlignment.AlignNormal)
    form.setProperty(SOURCE, "")
    form.setProperty(SPOKEN, "")
    return form


def is_display(token: Token) -> bool:
    """Whether the formula is written as for a line of its own."""
    return token.markup in ("$$", "\\[")


def box_format(base: QTextCharFormat, done: bool) -> QTextCharFormat:
    """`base` for the box of a task."""
    form = QTextCharFormat(base)
    form.setObjectType(_BOX_TYPE)
    form.setProperty(_DONE, done)
    form.setProperty(SOURCE, "[x]" if done else "[ ]")
    form.setProperty(SPOKEN, "done" if done else "not done")
    form.setToolTip("Done" if done else "Not done")
    return form


class InlineObjects(QPyTextObject):
    """Measures and draws the objects of one document."""

    def __init__(
        self, theme: Theme, formulas: Formulas, document: QTextDocument, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._formulas = formulas
        self._document = document
        self._waiting: set[Key] = set()
        layout = document.documentLayout()
        for kind in (_FORMULA_TYPE, _BOX_TYPE, _STRUT_TYPE):
            layout.registerHandler(kind, self)
        formulas.drawn.connect(self._drawn)

    def intrinsicSize(self, document: QTextDocument, position: int, form: QTextFormat) -> QSizeF:
        """How much room the object takes; what hangs below the baseline is not counted."""
        char = form.toCharFormat()
        if form.objectType() == _BOX_TYPE:
            return QSizeF(_BOX, _BOX - _BOX_BELOW)
        key = _key(form)
        drawing = self._formulas.drawing(key)
        if form.objectType() == _STRUT_TYPE:
            return QSizeF(0, _strut_height(drawing, char))
        if drawing is None:
            self._waiting.add(key)
            letters = QFontMetricsF(self._theme.font("code"))
            return QSizeF(letters.horizontalAdvance(_one_line(key[0])), letters.ascent())
        scale = _scale(char, key)
        above, below = drawing.ascent * scale, drawing.descent * scale
        wide = drawing.width * scale + 2 * _AROUND
        if char.verticalAlignment() == _IN_THE_MIDDLE:
            return QSizeF(wide, 2 * below + _half_x(char))
        # In a line of its own nothing is above or below.
        return QSizeF(wide, above + below if _alone(document, position) else above)

    def drawObject(
        self,
        painter: QPainter,
        rect: QRectF | QRect,
        document: QTextDocument,
        position: int,
        form: QTextFormat,
    ) -> None:
        """Draw the object; but for formulas that hang low, `rect` ends at the baseline."""
        rect = QRectF(rect)
        if form.objectType() == _BOX_TYPE:
            self._draw_box(painter, rect, bool(form.property(_DONE)))
        if form.objectType() != _FORMULA_TYPE:
            return
        key, char = _key(form), form.toCharFormat()
        drawing = self._formulas.drawing(key)
        if drawing is None:
            painter.setFont(self._theme.font("code"))
            painter.setPen(self._theme.colors.ink2)
            painter.drawText(rect.bottomLeft(), _one_line(key[0]))
            return
        scale = _scale(char, key)
        width, height = drawing.width * scale, (drawing.ascent + drawing.descent) * scale
        ratio = painter.device().devicePixelRatioF()
        color = char.foreground().color()
        picture = self._formulas.picture(key, color, round(width * ratio), round(height * ratio))
        top = rect.top()
        if char.verticalAlignment() == _IN_THE_MIDDLE:
            # Qt gives such an object another place than it has measured.
            top = _baseline(document, position) - drawing.ascent * scale
        place = QRectF(rect.left() + _AROUND, round(top * ratio) / ratio, width, height)
        painter.drawImage(place, picture)

    def _draw_box(self, painter: QPainter, rect: QRectF, done: bool) -> None:
        colors = self._theme.colors
        box = QRectF(rect.left() + 0.5, rect.top() + 0.5, _BOX - 1, _BOX - 1)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(colors.accent if done else colors.edge, 1))
        painter.setBrush(colors.accent if done else Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(box, 3, 3)
        if done:
            painter.setPen(QPen(colors.on_accent, 1.6, c=Qt.PenCapStyle.RoundCap))
            corners = ((3.0, 6.8), (5.6, 9.4), (10.2, 4.0))
            points = [QPointF(box.left() + x, box.top() + y) for x, y in corners]
            painter.drawPolyline(points)
        painter.restore()

    def _drawn(self, key: Key) -> None:
        if key in self._waiting and not self._formulas.failed(key):
            self._waiting.discard(key)
            self._align(key)
            self._document.markContentsDirty(0, self._document.characterCount())

    def _align(self, key: Key) -> None:
        """Give room below the baseline to a formula that needs it, now that this is known."""
        drawing = self._formulas.drawing(key)
        if drawing is None or key[1]:
            return
        for piece in pieces(self._document):
            form = piece.charFormat()
            if form.objectType() == _FORMULA_TYPE and _key(form) == key:
                form.setVerticalAlignment(
                    _IN_THE_MIDDLE if _hangs_low(drawing, form) else form.verticalAlignment()
                )
                cursor = QTextCursor(self._document)
                cursor.setPosition(piece.position())
                end = piece.position() + piece.length()
                cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
                cursor.setCharFormat(form)


def readable(document: QTextDocument, what: int, begin: int = 0, end: int | None = None) -> str:
    """The text from `begin` to `end` with what stands for each object: `SOURCE` or `SPOKEN`."""
    end = document.characterCount() - 1 if end is None else end
    lines, block = [], document.findBlock(begin)
    while block.isValid() and block.position() <= end:
        lines.append("".join(_pieces(block, what, begin, end)))
        block = block.next()
    return "\n".join(lines).replace("\u2028", "\n").replace("\u00a0", " ")


def selected_source(cursor: QTextCursor) -> str | None:
    """What is copied of a selection that holds objects; nothing where there are none."""
    if OBJECT not in cursor.selectedText():
        return None
    return readable(cursor.document(), SOURCE, cursor.selectionStart(), cursor.selectionEnd())


def _pieces(block: QTextBlock, what: int, begin: int, end: int) -> Iterator[str]:
    walk = block.begin()
    while not walk.atEnd():
        piece = walk.fragment()
        first = max(0, begin - piece.position())
        text = piece.text()[first : max(0, end - piece.position())]
        stands_for = str(piece.charFormat().property(what) or "")
        yield text.replace(OBJECT, stands_for).replace(JOINER, "")
        walk += 1


def _key(form: QTextFormat) -> Key:
    return str(form.property(_FORMULA)), bool(form.property(_DISPLAY))


def _scale(char: QTextCharFormat, key: Key) -> float:
    size = char.font().pixelSize()
    return size * (_DISPLAY_SCALE if key[1] else _SCALE) / DRAWN_SIZE


def _hangs_low(drawing: Drawing, form: QTextCharFormat) -> bool:
    return drawing.descent * form.font().pixelSize() * _SCALE / DRAWN_SIZE > _ROOM_BELOW


def _baseline(document: QTextDocument, position: int) -> float:
    block = document.findBlock(position)
    line = block.layout().lineForTextPosition(position - block.position())
    return document.documentLayout().blockBoundingRect(block).top() + line.y() + line.ascent()


def _half_x(form: QTextCharFormat) -> float:
    """Half of an x: Qt centres objects half as high above the baseline."""
    return QFontMetricsF(form.font()).xHeight() / 2


def _strut_height(drawing: Drawing | None, form: QTextCharFormat) -> float:
    if drawing is None or not _hangs_low(drawing, form):
        return 0
    return max(_ROOM_ABOVE, drawing.ascent * form.font().pixelSize() * _SCALE / DRAWN_SIZE)


def _alone(document: QTextDocument, position: int) -> bool:
    return document.findBlock(position).length() == 2


def _one_line(source: str) -> str:
    return " ".join(source.split())
