"""How closely the model looks at an attached picture: shown on its chip, and chosen there."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction, QActionGroup, QGuiApplication
from PySide6.QtWidgets import QMenu

from app.ui.parts import TextButton
from engine import Detail

if TYPE_CHECKING:
    from app.ui.theme import Theme
    from engine import PictureSeen, Seen

_CHOICES: tuple[Detail, ...] = get_args(Detail)
_NAMES: dict[Detail, str] = {"low": "Low", "standard": "Standard", "full": "Full"}
_ON_CHIP: dict[Detail, str] = {"low": "Low detail", "standard": "Detail", "full": "Full detail"}
_ACCESSIBLE: dict[Detail, str] = {
    "low": "Detail of {name}: low",
    "standard": "Detail of {name}: standard",
    "full": "Detail of {name}: full",
}


class DetailButton(TextButton):
    """Opens a menu of the details, each with what the model would see and what that costs."""

    chosen = Signal(str)

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__(theme, "", "quiet", "chevron-down", compact=True)
        self._name = name
        self.setFont(theme.font("meta"))
        self.set_trailing_icon()
        menu = QMenu(self)
        menu.setToolTipsVisible(True)
        group = QActionGroup(menu)
        self._actions: dict[Detail, QAction] = {}
        for detail in _CHOICES:
            action = QAction(_NAMES[detail], menu, checkable=True)
            action.triggered.connect(lambda _on=False, d=detail: self.chosen.emit(d))
            group.addAction(action)
            menu.addAction(action)
            self._actions[detail] = action
        # The button is mirrored for its icon's sake; its menu is not.
        menu.setLayoutDirection(QGuiApplication.layoutDirection())
        self.setMenu(menu)

    def show_detail(self, detail: Detail, seen: PictureSeen | None) -> None:
        """Which detail is chosen; `seen` is `None` while no model has counted the picture."""
        self.setText(_ON_CHIP[detail])
        self.setAccessibleName(_ACCESSIBLE[detail].format(name=self._name))
        for choice, action in self._actions.items():
            facts = "" if seen is None else f"\t{seen_words(seen.at(choice))}"
            action.setText(_NAMES[choice] + facts)
            action.setChecked(choice == detail)


def seen_words(seen: Seen) -> str:
    """What the model sees and what that costs."""
    return f"{seen.width:,} × {seen.height:,} seen, {tokens_words(seen.tokens)}"


def tokens_words(count: int) -> str:
    """A number of tokens."""
    return "1 token" if count == 1 else f"{count:,} tokens"
