"""The appearance: colours, fonts and icons for widgets, and the look of the whole application.

Widgets ask the theme for what they need and ask again when `changed` is emitted. Button kinds are
the dynamic property `kind`, label colours the property `ink`, grounds the property `surface`; the
values are listed in `app.ui.stylesheet`.

Text size: fonts given by the theme follow it by themselves, as do sizes set with `fix`. Whoever
paints asks `px` for lengths.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QIcon, QPalette, QPen
from PySide6.QtWidgets import QApplication, QStyleFactory

from app.ui import icons, scaling
from app.ui.contrast import from_system
from app.ui.stylesheet import stylesheet
from app.ui.tokens import DARK, LIGHT, STRONG_DARK, STRONG_LIGHT, TYPE, Colors, TypeStyle

if TYPE_CHECKING:
    from PySide6.QtGui import QStyleHints
    from PySide6.QtWidgets import QWidget

ThemeChoice = Literal["system", "light", "dark"]

_CODE_FALLBACKS = ("Cascadia Mono", "Menlo", "JetBrains Mono", "DejaVu Sans Mono")
# Drawings that point somewhere, and what they become where one reads from the right.
_MIRRORED = {
    "chevron-left": "chevron-right",
    "chevron-right": "chevron-left",
    "arrow-left": "arrow-right",
    "sidebar": "sidebar-right",
}
_USUAL_BLINK_MS = 1000


class Theme(QObject):
    """What things look like now. `changed` says that colours and sizes are to be asked for again.

    It is emitted where the direction of reading turns, too.
    """

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._choice: ThemeChoice = "system"
        self._app: QApplication | None = None
        self._percent = scaling.USUAL
        self._strong = self._still = False
        self._blink_ms = _USUAL_BLINK_MS
        # What is in force: the choice may be the same and the desktop another.
        self._shown: object = None
        self.dark = False
        self.colors: Colors = LIGHT

    @property
    def choice(self) -> ThemeChoice:
        """What the person chose; "system" follows the desktop."""
        return self._choice

    @property
    def text_size(self) -> int:
        """In per cent of the usual size."""
        return self._percent

    @property
    def high_contrast(self) -> bool:
        """Whether contrast is strong, by choice or because the system asks for it."""
        return self._strong or _system_wants_contrast()

    @property
    def moves(self) -> bool:
        """Whether anything may move by itself: nothing does where motion is to be reduced."""
        return not (self._still or _system_wants_stillness())

    def motion(self, duration_ms: int) -> int:
        """How long a movement takes that usually takes `duration_ms`: that, or nothing."""
        return duration_ms if self.moves else 0

    @property
    def mirrored(self) -> bool:
        """Whether the window reads from the right."""
        return QApplication.layoutDirection() == Qt.LayoutDirection.RightToLeft

    @property
    def wash_pen(self) -> QPen | Qt.PenStyle:
        """The border of a painted wash: there is one where contrast is strong."""
        return QPen(self.colors.edge, 1) if self.high_contrast else Qt.PenStyle.NoPen

    def apply(self, app: QApplication) -> None:
        """Give `app` this appearance and keep it in step with the desktop's."""
        self._app = app
        self._blink_ms = app.cursorFlashTime() or _USUAL_BLINK_MS
        app.setStyle(QStyleFactory.create("Fusion"))
        hints = _hints()
        hints.colorSchemeChanged.connect(self._refresh)
        hints.accessibility().contrastPreferenceChanged.connect(self._refresh)
        app.layoutDirectionChanged.connect(self.changed)
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

    def set_text_size(self, percent: int) -> None:
        """Show all text, and the controls around it, at `percent` of the usual size."""
        self._percent = scaling.clamped(percent)
        self._refresh()

    def set_high_contrast(self, strong: bool) -> None:
        """Show strong contrast, or only where the system asks for it."""
        self._strong = strong
        self._refresh()

    def set_reduced_motion(self, still: bool) -> None:
        """Let nothing move by itself, or only not where the system asks for that."""
        self._still = still
        self._refresh()

    def px(self, length: float) -> int:
        """`length` pixels at the usual text size, in pixels now."""
        return scaling.scaled(length, self._percent)

    def line(self, style: TypeStyle) -> int:
        """How far apart lines of `style` are, in pixels."""
        return self.px(TYPE[style].line)

    def fix(
        self, widget: QWidget, *, width: float | None = None, height: float | None = None
    ) -> None:
        """Hold `widget` to this size, given as at the usual text size; it follows changes."""
        scaling.fix(widget, self._percent, width, height)

    def color(self, name: str) -> QColor:
        """The colour token `name`, for callers that keep a name rather than a colour."""
        value: QColor = getattr(self.colors, name)
        return value

    def font(self, style: TypeStyle, size: float | None = None) -> QFont:
        """The system's font in size and weight of `style`, with figures of equal width.

        `size` is another one in pixels, as at the usual text size. A widget that is given this font
        follows when the text size changes.
        """
        spec = TYPE[style]
        font = _code_font() if style == "code" else _text_font()
        scaling.set_size(font, spec.size if size is None else size, self._percent, _logical_dpi())
        font.setWeight(spec.weight)
        font.setFeature(QFont.Tag("tnum"), 1)
        return font

    def text_palette(self, palette: QPalette) -> QPalette:
        """`palette` with the colours of text that can be selected."""
        marked = self.colors.accent if self.high_contrast else self.colors.accent_wash
        on_it = self.colors.on_accent if self.high_contrast else self.colors.ink
        palette.setColor(QPalette.ColorRole.Text, self.colors.ink)
        palette.setColor(QPalette.ColorRole.Highlight, marked)
        palette.setColor(QPalette.ColorRole.HighlightedText, on_it)
        return palette

    def icon(self, name: str, color: str = "ink2", size: int = 16) -> QIcon:
        """The icon `name`, tinted with the token `color`, `size` pixels high."""
        if self.mirrored:
            name = _MIRRORED.get(name, name)
        return icons.icon(name, self.color(color), self.colors.ink3, size)

    def _refresh(self) -> None:
        self.dark = _dark(self._choice)
        if self._app is None:
            self.colors = DARK if self.dark else LIGHT
            return
        systems = _system_wants_contrast() and self._choice == "system"
        shown = (self.dark, systems, self._percent, self.high_contrast, self.moves)
        if shown == self._shown and self._app.styleSheet():
            return
        self._shown = shown
        self.colors = colors = self._resolve(self._app, systems=systems)
        self._set_motion(self._app)
        self._app.setPalette(palette(colors))
        self._app.setFont(self.font("body"))
        self._app.setStyleSheet(stylesheet(colors, self._percent, high_contrast=self.high_contrast))
        # After it: a new style sheet gives widgets back the fonts they had under the old one.
        scaling.rescale_all(self._percent, _logical_dpi())
        self.changed.emit()

    def _resolve(self, app: QApplication, *, systems: bool) -> Colors:
        if not self.high_contrast:
            return DARK if self.dark else LIGHT
        if systems:
            app.setPalette(QPalette())  # from here on it is the system's own again
            if (found := from_system(app.palette())) is not None:
                return found
        return STRONG_DARK if self.dark else STRONG_LIGHT

    def _set_motion(self, app: QApplication) -> None:
        app.setCursorFlashTime(self._blink_ms if self.moves else 0)
        for effect in (Qt.UIEffect.UI_AnimateMenu, Qt.UIEffect.UI_FadeMenu):
            app.setEffectEnabled(effect, self.moves)


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


def _dark(choice: ThemeChoice) -> bool:
    if choice == "system":
        return _hints().colorScheme() == Qt.ColorScheme.Dark
    return choice == "dark"


def _system_wants_contrast() -> bool:
    hints = _hints()  # what it hands out goes with it
    preference = hints.accessibility().contrastPreference()
    return preference == Qt.ContrastPreference.HighContrast


def _system_wants_stillness() -> bool:
    """Qt tells from 6.12 on; before that, nothing is known of it."""
    hints = _hints()
    told = getattr(hints.accessibility(), "motionPreference", None)
    return told is not None and "Reduced" in str(told())


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
