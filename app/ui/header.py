"""The bar above the page: the conversation's title, what this machine keeps, and the model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QMenu, QVBoxLayout, QWidget

from app.ui.action_button import action_button
from app.ui.parts import Text, TextButton, hairline
from app.ui.plain_tip import plain_tip
from app.ui.switch import Switch
from app.ui.title_line import TitleLine
from app.ui.wrapped_text import WrappedText

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.ui.actions import Actions
    from app.ui.theme import Theme

HEIGHT = 48
# Below this width of the window, "On this machine" is its icon alone.
_FULL_WIDTH = 960
# A longer name would push the title and the other button out of a narrow window.
_MODEL_WIDTH = 220
_MACHINE = "On this machine"
_OFFLINE_MEANS = "Refuses every connection and name look-up outside this machine."
_OFFLINE_HELD = "Tanka was started offline. This holds until it is closed."
STARTER_NAME = "Tanka starter"


@dataclass(frozen=True, slots=True)
class ModelState:
    """The model as the picker shows it. `name` is that of the model in use, if any."""

    state: Literal["none", "loading", "ready"]
    name: str = ""
    starter: bool = True
    progress: str = ""


class Header(QFrame):
    """Title, "On this machine" and the model picker.

    The title can be written where the action "rename_conversation" is on: `title_renamed`.
    """

    starter_chosen = Signal()
    title_renamed = Signal(str)

    def __init__(self, theme: Theme, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setProperty("surface", "sheet")
        theme.fix(self, height=HEIGHT)
        self.toggle = action_button(theme, actions, "sidebar", "toggle_sidebar")
        self.title = TitleLine(theme, "New conversation")
        self.title.edited.connect(self.title_renamed)
        renaming = actions["rename_conversation"]
        renaming.enabledChanged.connect(self.title.set_editable)
        self.title.set_editable(renaming.isEnabled())
        self.machine = TextButton(theme, _MACHINE, "subtle", "lock", compact=True)
        self.machine.setAccessibleName(_MACHINE)
        self.model = TextButton(theme, "", "subtle", "chevron-down", compact=True)
        self.model.set_trailing_icon()
        self.popover = MachinePopover(theme, self)
        self.machine.clicked.connect(self._show_popover)
        self._starter = QAction(STARTER_NAME, self, checkable=True)
        self._starter.triggered.connect(self.starter_chosen)
        self._other = QAction("", self, checkable=True, visible=False)
        choice = QActionGroup(self)
        choice.addAction(self._starter)
        choice.addAction(self._other)
        self.model.setMenu(self._model_menu(actions))
        self._lay_out()
        self.show_model(ModelState("none"))

    def show_title(self, title: str) -> None:
        """The open conversation's title."""
        self.title.set_full(title)

    def show_toggle(self, shown: bool) -> None:
        """Show the sidebar's button here, where the sidebar itself is not."""
        self.toggle.setVisible(shown)

    def show_model(self, model: ModelState) -> None:
        """Which model is in use, or on its way."""
        text = _picker_text(model)
        metrics = self.model.fontMetrics()
        room = self._theme.px(_MODEL_WIDTH)
        shown = metrics.elidedText(text, Qt.TextElideMode.ElideMiddle, room)
        # An ampersand in a button's text would vanish and underline what follows.
        self.model.setText(shown.replace("&", "&&"))
        self.model.setAccessibleName(f"Model: {text}")
        full = plain_tip(text) if shown != text else ""
        self.model.setToolTip(model.progress or full or "The model that answers")
        self._other.setVisible(bool(model.name) and not model.starter)
        self._other.setText(model.name.replace("&", "&&"))
        (self._starter if model.starter else self._other).setChecked(True)

    def show_facts(self, facts: Sequence[tuple[str, str]]) -> None:
        """What the popover says of this machine."""
        self.popover.show_facts(facts)

    def fit(self, window_width: int) -> None:
        """Shrink what may shrink in a narrow window."""
        full = window_width >= self._theme.px(_FULL_WIDTH)
        if full == bool(self.machine.text()):
            return
        self.machine.setText(_MACHINE if full else "")
        self.machine.set_bare(not full)
        self.machine.setToolTip("" if full else _MACHINE)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        row = QHBoxLayout()
        row.setContentsMargins(20, 0, 16, 0)
        row.setSpacing(8)
        row.addWidget(self.toggle)
        row.addWidget(self.title, 1)
        row.addWidget(self.machine)
        row.addWidget(self.model)
        # The buttons are of fixed height, and only something tall keeps the row from shrinking.
        self._theme.fix(self.title, height=HEIGHT - 1)
        column.addLayout(row)
        column.addWidget(hairline())

    def _model_menu(self, actions: Actions) -> QMenu:
        menu = QMenu(self)
        # The button is mirrored for its icon's sake; its menu is not.
        menu.aboutToShow.connect(lambda: menu.setLayoutDirection(self.layoutDirection()))
        menu.addAction(self._starter)
        menu.addAction(self._other)
        menu.addSeparator()
        menu.addAction(actions["open_model"])
        return menu

    def _show_popover(self) -> None:
        self.popover.open_below(self.machine)


def _picker_text(model: ModelState) -> str:
    if model.state == "loading":
        return "Loading the model…"
    return model.name if model.state == "ready" else "No model"


class MachinePopover(QFrame):
    """True statements about what is kept where; it closes when one clicks elsewhere."""

    opening = Signal()
    offline_wanted = Signal(bool)
    connections_wanted = Signal()

    _WIDTH = 360

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self._theme = theme
        self.setObjectName("popover")
        self.setAccessibleName(_MACHINE)
        theme.fix(self, width=self._WIDTH)
        self._column = column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 16)
        column.setSpacing(12)
        column.addWidget(Text(theme, _MACHINE, "body_strong"))
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(8)
        self._grid.setColumnStretch(1, 1)
        column.addLayout(self._grid)
        column.addWidget(hairline())
        self.offline = Switch(theme, "Offline")
        self.offline.clicked.connect(self.offline_wanted)
        self._offline_means = WrappedText(theme, _OFFLINE_MEANS, "meta", "ink2")
        self.connections = TextButton(theme, "Connections…", "link")
        self.connections.clicked.connect(self.connections_wanted)
        column.addLayout(self._network_rows(theme))

    def show_facts(self, facts: Sequence[tuple[str, str]]) -> None:
        """Replace what is said."""
        while (item := self._grid.takeAt(0)) is not None:
            if (shown := item.widget()) is not None:
                shown.hide()
                shown.deleteLater()
        for row, (name, value) in enumerate(facts):
            label = Text(self._theme, name, "meta", "ink3")
            text = WrappedText(self._theme, value, "meta", "ink")
            text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            self._grid.addWidget(label, row, 0, Qt.AlignmentFlag.AlignTop)
            self._grid.addWidget(text, row, 1)

    def show_offline(self, offline: bool, *, held: bool) -> None:
        """Where the switch is; one that is `held` cannot be turned here."""
        self.offline.setChecked(offline)
        self.offline.setEnabled(not held)
        self._offline_means.setText(_OFFLINE_HELD if held else _OFFLINE_MEANS)
        self.offline.setAccessibleDescription(self._offline_means.text())

    def _network_rows(self, theme: Theme) -> QVBoxLayout:
        switch = QHBoxLayout()
        switch.setSpacing(12)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(Text(theme, "Offline", "body_strong"))
        words.addWidget(self._offline_means)
        switch.addLayout(words, 1)
        switch.addWidget(self.offline, 0, Qt.AlignmentFlag.AlignTop)
        rows = QVBoxLayout()
        rows.setSpacing(8)
        rows.addLayout(switch)
        rows.addWidget(self.connections, 0, Qt.AlignmentFlag.AlignLeft)
        return rows

    def open_below(self, button: QWidget) -> None:
        """Show the popover under `button`, its right edge on the button's."""
        self.opening.emit()
        self.setFixedHeight(self._column.totalHeightForWidth(self.width()))
        beside = 0 if self._theme.mirrored else button.width() - self.width()
        corner = button.mapToGlobal(QPoint(beside, button.height() + 6))
        self.move(corner)
        self.show()
