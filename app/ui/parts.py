"""The frame's small parts: buttons, labels and lines that keep their colours when these change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QSizePolicy, QWidget

from app.ui.icons import with_room

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent, QResizeEvent

    from app.ui.theme import Theme
    from app.ui.tokens import TypeStyle


# Qt itself leaves 4 px between icon and text.
_ICON_GAP = 3


class Button(QPushButton):
    """Every button of the application: Return and Enter press it, in dialogs and outside them."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt itself knows Space alone; Return it leaves to the default button of a dialog."""
        if event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            super().keyPressEvent(event)
        elif not event.isAutoRepeat():
            self.click()


class IconButton(Button):
    """A 28 px button that is only an icon; its tooltip is its accessible name."""

    def __init__(self, theme: Theme, icon: str, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._icon = icon
        self.setProperty("kind", "icon")
        self.rename(name)
        self._tint()
        theme.changed.connect(self._tint)

    def rename(self, name: str, tip: str = "") -> None:
        """What the button does, for the tooltip and for screen readers."""
        self.setToolTip(tip or name)
        self.setAccessibleName(name)

    def set_icon(self, icon: str) -> None:
        """Show another icon."""
        self._icon = icon
        self._tint()

    def _tint(self) -> None:
        side = self._theme.px(16)
        self.setIconSize(QSize(side, side))
        self.setIcon(self._theme.icon(self._icon, size=side))


class TextButton(Button):
    """A button of text, with or without an icon, of one of the style sheet's kinds."""

    def __init__(
        self, theme: Theme, text: str, kind: str = "default", icon: str = "", compact: bool = False
    ) -> None:
        super().__init__(text)
        self._theme = theme
        self._icon, self._kind, self._bare, self._trailing = icon, kind, False, False
        self.setProperty("kind", kind)
        self.setProperty("compact", compact)
        self.setFont(theme.font("body" if kind in ("subtle", "quiet") else "body_medium"))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._tint()
        theme.changed.connect(self._tint)

    def set_icon(self, icon: str) -> None:
        """Show another icon."""
        self._icon = icon
        self._tint()

    def set_bare(self, bare: bool) -> None:
        """Show the icon alone, where there is no room for words."""
        self._bare = bare
        self.setProperty("bare", bare)
        self.style().unpolish(self)
        self.style().polish(self)
        self._tint()

    def changeEvent(self, event: QEvent) -> None:
        """The icon keeps its distance from the text on the side where that is now."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LayoutDirectionChange:
            self._tint()

    def set_trailing_icon(self) -> None:
        """Put the icon behind the text, as where a menu opens."""
        self._trailing = True
        self._tint()

    def _tint(self) -> None:
        if self._trailing:
            ltr, rtl = Qt.LayoutDirection.LeftToRight, Qt.LayoutDirection.RightToLeft
            self.setLayoutDirection(ltr if self._theme.mirrored else rtl)
        # Its height follows the text size through the style sheet, which Qt looks up but once.
        self.updateGeometry()
        if not self._icon:
            return
        side = self._theme.px(16)
        mirrored = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        color = {"primary": "on_accent", "danger": "danger"}.get(self._kind, "ink2")
        icon = self._theme.icon(self._icon, color, side)
        gap = 0 if self._bare else _ICON_GAP
        before, after = (gap, 0) if mirrored else (0, gap)
        self.setIconSize(QSize(side + gap, side))
        self.setIcon(with_room(icon, side, before, after))


class Text(QLabel):
    """Plain text in a style of the type table and a colour of the token table."""

    def __init__(
        self, theme: Theme, text: str, style: TypeStyle = "body", ink: str = "ink"
    ) -> None:
        super().__init__(text)
        self._mirrored = False
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setFont(theme.font(style))
        self.setProperty("ink", ink)
        self._turn()

    def setAlignment(self, alignment: Qt.AlignmentFlag) -> None:
        """Left is where one begins to read, right the other side."""
        self._mirrored = False
        super().setAlignment(alignment)
        self._turn()

    def changeEvent(self, event: QEvent) -> None:
        """Qt would go by the language of the text, not by that of the window."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LayoutDirectionChange:
            self._turn()

    def _turn(self) -> None:
        mirrored = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        if mirrored == self._mirrored:
            return
        self._mirrored = mirrored
        sides = Qt.AlignmentFlag
        now = self.alignment()
        across = now & sides.AlignHorizontal_Mask & ~sides.AlignAbsolute
        turned = {
            sides(0): sides.AlignRight,
            sides.AlignLeft: sides.AlignRight,
            sides.AlignRight: sides.AlignLeft,
        }
        side = turned.get(across, across) | (sides.AlignAbsolute if mirrored else sides(0))
        super().setAlignment((now & sides.AlignVertical_Mask) | side)


class ElidedText(Text):
    """A single line that gives way: it ends in an ellipsis where it does not fit."""

    # Known before the font is set, which asks for it.
    _full = ""

    def __init__(
        self, theme: Theme, text: str, style: TypeStyle = "body", ink: str = "ink"
    ) -> None:
        super().__init__(theme, "", style, ink)
        self.setMinimumWidth(32)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.set_full(text)

    @property
    def full(self) -> str:
        """The whole text, shown or not."""
        return self._full

    def set_full(self, text: str) -> None:
        """Show `text`, as much of it as fits."""
        self._full = text
        self.setAccessibleName(text)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the text to the new width."""
        super().resizeEvent(event)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        """Fit the text in its new size."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._fit()

    def _fit(self) -> None:
        shown = self.fontMetrics().elidedText(self._full, Qt.TextElideMode.ElideRight, self.width())
        self.setText(shown)
        self.setToolTip(self._full if shown != self._full else "")


def hairline(vertical: bool = False) -> QFrame:
    """A decorative line, one pixel wide."""
    line = QFrame()
    line.setProperty("surface", "line")
    if vertical:
        line.setFixedWidth(1)
    else:
        line.setFixedHeight(1)
    return line
