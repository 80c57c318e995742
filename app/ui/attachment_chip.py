"""One attachment in the composer: being read, ready, or refused with the reason."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt, QTimer, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QPainter, QPen
from PySide6.QtWidgets import QHBoxLayout, QWidget

from app.ui.attachment_views import Badge, extent, named
from app.ui.detail_button import DetailButton, seen_words, tokens_words
from app.ui.icon_label import IconLabel
from app.ui.parts import IconButton, Text, TextButton
from app.ui.picture import Picture
from app.ui.plain_tip import plain_tip
from app.ui.tokens import RADIUS_CONTROL
from app.ui.wrapped_text import WrappedText
from engine import ImagePart

if TYPE_CHECKING:
    from PySide6.QtGui import QHideEvent, QPaintEvent, QShowEvent

    from app.background import Background
    from app.drafts import Attachment
    from app.ui.theme import Theme
    from engine import Detail, PictureSeen

_HEIGHT = 32
_MARK = QSize(24, 24)
_NAME_LIMIT = 220
_REASON_LIMIT = 560


class AttachmentChip(QWidget):
    """Shows one attachment and lets it be removed."""

    removed = Signal(object)
    detail_changed = Signal(object)

    def __init__(
        self, theme: Theme, background: Background, name: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._background = background
        self.name = name
        self.part: Attachment | None = None
        self.reason = ""
        self._tokens: Text | None = None
        self._seen: PictureSeen | None = None
        self.detail: DetailButton | None = None
        self._remove = IconButton(theme, "close", f"Remove {name}")
        self._remove.setToolTip(plain_tip(f"Remove {name}"))
        self._remove.clicked.connect(lambda: self.removed.emit(self))
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(4, 2, 2, 2)
        self._row.setSpacing(6)
        self._fill(_Spinner(theme), named(theme, name, "body", limit=_NAME_LIMIT))
        self.setAccessibleName(f"Reading {name}")
        theme.changed.connect(self.update)

    @property
    def reading(self) -> bool:
        """Whether the file is still being read."""
        return self.part is None and not self.reason

    def set_part(self, part: Attachment) -> None:
        """The file has been read."""
        self.part = part
        self.name = part.name
        self._tokens = Text(self._theme, extent(part), "meta", "ink3")
        label = named(self._theme, part.name, "body", limit=_NAME_LIMIT)
        if isinstance(part, ImagePart):
            self.detail = DetailButton(self._theme, part.name)
            self.detail.show_detail(part.detail, self._seen)
            self.detail.chosen.connect(self._choose)
            mark = Picture(self._theme, self._background, part, _MARK)
            self._fill(mark, label, self._tokens, self.detail)
        else:
            self._fill(Badge(self._theme, part.name), label, self._tokens)
        self.setAccessibleName(f"Attached, {part.name}, {extent(part)}")

    def set_seen(self, seen: PictureSeen | None) -> None:
        """What the model sees of the picture, where it has counted it."""
        self._seen = seen
        if self.detail is None or not isinstance(self.part, ImagePart):
            return
        self.detail.show_detail(self.part.detail, seen)
        whole = extent(self.part)
        if seen is None:
            self.setToolTip("")
        else:
            self.setToolTip(f"{seen_words(seen.at(self.part.detail))}\nThe file has {whole}.")

    def set_tokens(self, tokens: int) -> None:
        """What this attachment alone costs."""
        if self._tokens is None or self.part is None:
            return
        cost = tokens_words(tokens)
        pages = "" if isinstance(self.part, ImagePart) else f"{extent(self.part)} · "
        self._tokens.setText(pages + cost)
        self.setAccessibleName(f"Attached, {self.part.name}, {pages}{cost}")
        self.updateGeometry()

    def _choose(self, detail: Detail) -> None:
        if isinstance(self.part, ImagePart) and detail != self.part.detail:
            self.part = replace(self.part, detail=detail)
            if self._tokens is not None:
                self._tokens.setText(extent(self.part))  # until the new cost is known
            self.set_seen(self._seen)
            self.detail_changed.emit(self)

    def set_failed(self, reason: str, address: str = "") -> None:
        """The file cannot be used; `reason` says why and what helps, `address` opens where."""
        self.reason = reason
        mark = IconLabel(self._theme, "warning", "danger")
        text = WrappedText(self._theme, reason, "body", "danger")
        width = min(text.fontMetrics().horizontalAdvance(reason) + 2, _REASON_LIMIT)
        text.setFixedSize(width, text.heightForWidth(width) + 8)
        self._fill(mark, text, *self._way_out(address))
        self.setAccessibleName(f"Not attached: {reason}")
        self.setToolTip(plain_tip(self.name))

    def _way_out(self, address: str) -> tuple[QWidget, ...]:
        if not address:
            return ()
        link = TextButton(self._theme, "Open the settings", "link")
        link.clicked.connect(lambda: QDesktopServices.openUrl(QUrl(address)))
        return (link,)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw ground and border; red only where something is refused."""
        del event
        colors = self._theme.colors
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(colors.danger if self.reason else colors.line, 1))
        painter.setBrush(colors.danger_wash if self.reason else colors.sheet)
        frame = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(frame, RADIUS_CONTROL, RADIUS_CONTROL)
        painter.end()

    def _fill(self, *content: QWidget) -> None:
        while (item := self._row.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None and widget is not self._remove:
                widget.hide()
                widget.deleteLater()
        for widget in (*content, self._remove):
            self._row.addWidget(widget, 0, Qt.AlignmentFlag.AlignVCenter)
        self.setMinimumHeight(self._theme.px(_HEIGHT))
        self.updateGeometry()


class _Spinner(QWidget):
    """A turning arc; it turns only while it is seen."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._angle = 0
        theme.fix(self, width=_MARK.width(), height=_MARK.height())
        self._timer = QTimer(self, interval=80)
        self._timer.timeout.connect(self._turn)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._theme.moves:
            self._timer.start()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._timer.stop()

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self._theme.colors.accent, 1.5))
        inset = self.width() * 5 / 24
        arc = QRectF(self.rect()).adjusted(inset, inset, -inset, -inset)
        painter.drawArc(arc, -self._angle * 16, 270 * 16)
        painter.end()

    def _turn(self) -> None:
        self._angle = (self._angle + 30) % 360
        self.update()
