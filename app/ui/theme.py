"""The appearance: colours, fonts and icons for widgets, and the look of the whole application.

Widgets ask the theme for what they need and ask again when `changed` is emitted. Button kinds are
the dynamic property `kind`, label colours the property `ink`, grounds the property `surface`; the
values are listed in `app.ui.stylesheet`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QIcon, QPalette
from PySide6.QtWidgets import QApplication, QStyleFactory

from app.ui import icons
from app.ui.stylesheet import stylesheet
from app.ui.tokens import DARK, LIGHT, TYPE, Colors, TypeStyle

if TYPE_CHECKING:
    from PySide6.QtGui import QStyleHints

ThemeChoice = Literal["system", "light", "dark"]

_CODE_FALLBACKS = ("Cascadia Mono", "Menlo", "JetBrains Mono", "DejaVu Sans Mono")


class Theme(QObject):
    """What things look like now. `changed` says that colours are to be asked for again."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._choice: ThemeChoice = "system"
        self._app: QApplication | None = None
        self.colors: Colors = LIGHT

    @property
    def choice(self) -> ThemeChoice:
        """What the person chose; "system" follows the desktop."""
        return self._choice

    @property
    def dark(self) -> bool:
        """Whether the dark appearance is shown."""
        return self.colors is DARK

    def apply(self, app: QApplication) -> None:
        """Give `app` this appearance and keep it in step with the desktop's."""
        self._app = app
        app.setStyle(QStyleFactory.create("Fusion"))
        app.setFont(self.font("body"))
        _hints().colorSchemeChanged.connect(self._refresh)
        self._refresh()

    def set_choice(self, choice: ThemeChoice) -> None:
        """Show light, dark, or whatever the desktop shows."""
        self._choice = choice
        # Native dialogs and title bars follow only if Qt itself is told.
        _hints().setColorScheme(
            {
                "system": Qt.ColorScheme.Unknown,
                "light": Qt.ColorScheme.Light,
                "dark": Qt.ColorScheme.Dark,
            }[choice]
        )
        self._refresh()

    def color(self, name: str) -> QColor:
        """The colour token `name`, for callers that keep a name rather than a colour."""
        value: QColor = getattr(self.colors, name)
        return value

    def font(self, style: TypeStyle) -> QFont:
        """The system's font in the size and weight of `style`, with figures of equal width."""
        spec = TYPE[style]
        font = _code_font() if style == "code" else _text_font()
        # Only whole pixels can be set directly; the code size is a half, so points carry it.
        if spec.size == int(spec.size):
            font.setPixelSize(int(spec.size))
        else:
            font.setPointSizeF(spec.size * 72 / _logical_dpi())
        font.setWeight(spec.weight)
        font.setFeature(QFont.Tag("tnum"), 1)
        return font

    def text_palette(self, palette: QPalette) -> QPalette:
        """`palette` with the colours of text that can be selected."""
        palette.setColor(QPalette.ColorRole.Text, self.colors.ink)
        palette.setColor(QPalette.ColorRole.Highlight, self.colors.accent_wash)
        palette.setColor(QPalette.ColorRole.HighlightedText, self.colors.ink)
        return palette

    def icon(self, name: str, color: str = "ink2", size: int = 16) -> QIcon:
        """The icon `name`, tinted with the token `color`."""
        return icons.icon(name, self.color(color), self.colors.ink3, size)

    def _refresh(self) -> None:
        shown = _resolve(self._choice)
        if self._app is None:
            self.colors = shown
            return
        if self.colors is shown and self._app.styleSheet():
            return
        self.colors = shown
        self._app.setPalette(palette(shown))
        self._app.setStyleSheet(stylesheet(shown))
        self.changed.emit()


def palette(colors: Colors) -> QPalette:
    """The tokens in Qt's own roles, for whatever the style sheet does not reach."""
    result = QPalette()
    roles = {
        QPalette.ColorRole.Window: colors.sheet,
        QPalette.ColorRole.WindowText: colors.ink,
        QPalette.ColorRole.Base: colors.raised,
        QPalette.ColorRole.AlternateBase: colors.wash,
        QPalette.ColorRole.Text: colors.ink,
        QPalette.ColorRole.Button: colors.raised,
        QPalette.ColorRole.ButtonText: colors.ink,
        QPalette.ColorRole.BrightText: colors.on_accent,
        QPalette.ColorRole.PlaceholderText: colors.ink3,
        QPalette.ColorRole.Highlight: colors.accent,
        QPalette.ColorRole.HighlightedText: colors.on_accent,
        QPalette.ColorRole.Accent: colors.accent,
        QPalette.ColorRole.Link: colors.accent,
        QPalette.ColorRole.LinkVisited: colors.accent_hi,
        QPalette.ColorRole.ToolTipBase: colors.raised,
        QPalette.ColorRole.ToolTipText: colors.ink,
        QPalette.ColorRole.Light: colors.raised,
        QPalette.ColorRole.Midlight: colors.wash,
        QPalette.ColorRole.Mid: colors.line,
        QPalette.ColorRole.Dark: colors.edge,
        QPalette.ColorRole.Shadow: colors.edge,
    }
    for role, color in roles.items():
        result.setColor(role, color)
    for role in (
        QPalette.ColorRole.WindowText,
        QPalette.ColorRole.Text,
        QPalette.ColorRole.ButtonText,
    ):
        result.setColor(QPalette.ColorGroup.Disabled, role, colors.ink3)
    return result


def _resolve(choice: ThemeChoice) -> Colors:
    if choice == "system":
        return DARK if _hints().colorScheme() == Qt.ColorScheme.Dark else LIGHT
    return DARK if choice == "dark" else LIGHT


def _hints() -> QStyleHints:
    return QApplication.styleHints()


def _text_font() -> QFont:
    return QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont)


def _code_font() -> QFont:
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
    font.setFamilies([font.family(), *_CODE_FALLBACKS])
    font.setStyleHint(QFont.StyleHint.Monospace)
    for ligatures in ("liga", "calt"):
        font.setFeature(QFont.Tag(ligatures), 0)
    return font


def _logical_dpi() -> float:
    screen = QApplication.primaryScreen()
    return screen.logicalDotsPerInchY()
