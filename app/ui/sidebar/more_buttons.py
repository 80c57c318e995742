"""The "more" buttons at the ends of rows: real ones, so that everybody finds and presses them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QRect, Qt, Signal

from app.ui.parts import IconButton

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PySide6.QtWidgets import QWidget

    from app.ui.theme import Theme


@dataclass(frozen=True, slots=True)
class ButtonPlace:
    """Where a row's button is and what it is for. With `tab`, the Tab key stops at it."""

    rect: QRect
    title: str
    tab: bool


class MoreButtons(QObject):
    """A few buttons on `ground`, each at the row that it is wanted at; `pressed` names the row."""

    pressed = Signal(str)

    def __init__(self, theme: Theme, ground: QWidget) -> None:
        super().__init__(ground)
        self._theme, self._ground = theme, ground
        self._buttons: dict[str, IconButton] = {}
        self._spare: list[IconButton] = []

    def place(self, places: Mapping[str, ButtonPlace]) -> None:
        """Show a button at each of `places`, by the rows' keys, and none elsewhere."""
        for key in [key for key in self._buttons if key not in places]:
            button = self._buttons.pop(key)
            button.hide()
            self._spare.append(button)
        for key, place in places.items():
            self._put(self._buttons.get(key) or self._another(key), place)

    def has(self, key: str) -> bool:
        """Whether the row has its button."""
        return key in self._buttons

    def button(self, key: str) -> IconButton | None:
        """The row's button."""
        return self._buttons.get(key)

    def focused(self) -> str | None:
        """The row whose button the keyboard is on."""
        return next((key for key, button in self._buttons.items() if button.hasFocus()), None)

    def _another(self, key: str) -> IconButton:
        if self._spare:
            button = self._spare.pop()
        else:
            button = IconButton(self._theme, "more", "", self._ground)
            button.setProperty("on", "row")
            button.setCursor(Qt.CursorShape.ArrowCursor)
            button.clicked.connect(lambda _on=False, b=button: self._press(b))
        self._buttons[key] = button
        return button

    def _put(self, button: IconButton, place: ButtonPlace) -> None:
        name = f"More for ‘{place.title}’"
        if button.accessibleName() != name:
            button.rename(name, "More")
        policy = Qt.FocusPolicy.TabFocus if place.tab else Qt.FocusPolicy.NoFocus
        if button.focusPolicy() != policy:
            button.setFocusPolicy(policy)
        button.setGeometry(place.rect)
        button.show()

    def _press(self, button: IconButton) -> None:
        key = next((key for key, known in self._buttons.items() if known is button), None)
        if key is not None:
            self.pressed.emit(key)
