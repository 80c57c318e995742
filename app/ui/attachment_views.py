"""How attachments look above a question: documents as chips, pictures as thumbnails."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from app.drafts import count_key
from app.ui.flow_layout import FlowLayout
from app.ui.parts import Text
from app.ui.picture import Picture, fitted
from app.ui.plain_tip import plain_tip
from app.ui.tokens import RADIUS_CHIP
from engine import DocumentPart, ImagePart

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent

    from app.background import Background
    from app.conversation import Turn
    from app.ui.theme import Theme
    from app.ui.tokens import TypeStyle

_NAME_LIMIT = 360
_KILO = 1000


class Badge(QWidget):
    """The kind of a document in a few capitals, outlined."""

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__()
        self._theme = theme
        self._text = kind_of(name)
        self.setFont(theme.font("label", 9))
        self.setAccessibleName(self._text)
        self._resize()
        theme.changed.connect(self._resize)

    def _resize(self) -> None:
        width = self.fontMetrics().horizontalAdvance(self._text) + 10
        self.setFixedSize(max(width, self._theme.px(26)), self._theme.px(16))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the capitals in their frame."""
        del event
        colors = self._theme.colors
        ink = colors.danger if self._text == "PDF" else colors.ink2
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(ink, 1))
        frame = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(frame, RADIUS_CHIP - 1, RADIUS_CHIP - 1)
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self._text)
        painter.end()


class AttachmentRow(QWidget):
    """Everything attached to one question."""

    def __init__(self, theme: Theme, background: Background, turn: Turn) -> None:
        super().__init__()
        flow = FlowLayout(self, gap=8)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        for part in turn.question.parts:
            if isinstance(part, DocumentPart):
                flow.addWidget(_document(theme, part, turn.attachment_tokens.get(count_key(part))))
            elif isinstance(part, ImagePart):
                tokens = turn.attachment_tokens.get(count_key(part))
                flow.addWidget(_picture(theme, background, part, tokens))
        if not flow.count():
            self.hide()


def _document(theme: Theme, part: DocumentPart, tokens: int | None) -> QWidget:
    chip = QFrame()
    chip.setProperty("surface", "card")
    theme.fix(chip, height=36)
    row = QHBoxLayout(chip)
    row.setContentsMargins(8, 0, 12, 0)
    row.setSpacing(6)
    row.addWidget(Badge(theme, part.name))
    row.addWidget(named(theme, part.name, "body_medium"))
    facts = " · ".join((extent(part), *_cost(tokens)))
    row.addWidget(Text(theme, facts, "meta", "ink3"))
    chip.setAccessibleName(f"Document, {part.name}, {facts}")
    return chip


def _picture(theme: Theme, background: Background, part: ImagePart, tokens: int | None) -> QWidget:
    holder = QWidget()
    row = QHBoxLayout(holder)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(12)
    row.addWidget(Picture(theme, background, part, fitted(part)))
    facts = QVBoxLayout()
    facts.setSpacing(2)
    facts.addStretch()
    facts.addWidget(named(theme, part.name, "meta", "ink3", limit=200))
    for fact in (extent(part), *_cost(tokens), *_detail(part)):
        facts.addWidget(Text(theme, fact, "meta", "ink3"))
    row.addLayout(facts)
    return holder


def _cost(tokens: int | None) -> tuple[str, ...]:
    return () if tokens is None else (f"{tokens:,} tokens",)


def _detail(part: ImagePart) -> tuple[str, ...]:
    """Said only where it is not the usual one."""
    return {"low": ("Low detail",), "standard": (), "full": ("Full detail",)}[part.detail]


def named(
    theme: Theme, name: str, style: TypeStyle, ink: str = "ink", limit: int = _NAME_LIMIT
) -> Text:
    """A file's name, shortened in the middle so that its ending stays; whole in the tooltip."""
    label = Text(theme, name, style, ink)
    shown = label.fontMetrics().elidedText(name, Qt.TextElideMode.ElideMiddle, limit)
    label.setText(shown)
    label.setToolTip(plain_tip(name) if shown != name else "")
    label.setAccessibleName(name)
    return label


def extent(part: ImagePart | DocumentPart) -> str:
    """How large an attachment is: pixels, pages, or bytes for text without pages."""
    if isinstance(part, ImagePart):
        return f"{part.width:,} × {part.height:,}"
    if kind_of(part.name) == "PDF" or len(part.pages) > 1:
        count = len(part.pages)
        return "1 page" if count == 1 else f"{count:,} pages"
    return file_size(part.size_bytes)


def file_size(count: int) -> str:
    """A file's size in decimal units, as file managers give it."""
    if count < _KILO:
        return "1 byte" if count == 1 else f"{count} bytes"
    if count < _KILO**2:
        return f"{count / _KILO:.0f} kB"
    return f"{count / _KILO**2:.1f} MB"


def kind_of(name: str) -> str:
    """The capitals for a document's badge, from its ending."""
    ending = PurePath(name).suffix.removeprefix(".").upper()
    return ending if 0 < len(ending) <= 4 and ending.isalnum() else "TXT"


CHIP_PICTURE = QSize(24, 24)
