"""Every action of the application, once: its text, keys and menu. Menus and buttons use these."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QActionGroup, QKeySequence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PySide6.QtWidgets import QMenu, QMenuBar, QWidget

Keys = str | QKeySequence.StandardKey | None


@dataclass(frozen=True, slots=True)
class ActionSpec:
    """An action as it is declared; `menu` names the menu it stands in, `also` further keys."""

    name: str
    text: str
    menu: str
    keys: Keys = None
    choice_of: str = ""
    also: str = ""
    separated: bool = False


_STANDARD = QKeySequence.StandardKey

SPECS: tuple[ActionSpec, ...] = (
    ActionSpec("new_conversation", "&New conversation", "&File", _STANDARD.New),
    ActionSpec("open_files", "&Open files…", "&File", _STANDARD.Open),
    ActionSpec("open_model", "Open a &model folder…", "&File"),
    ActionSpec("settings", "Se&ttings…", "&File", "Ctrl+,", separated=True),
    ActionSpec("quit", "&Quit", "&File", "Ctrl+Q", separated=True),
    ActionSpec("copy_answer", "&Copy last answer", "&Conversation", "Ctrl+Shift+C"),
    ActionSpec("stop", "&Stop", "&Conversation", "Esc"),
    ActionSpec("instructions", "&Instructions…", "&Conversation", "Ctrl+Shift+I"),
    ActionSpec("zoom_in", "&Larger text", "&View", "Ctrl+=", also="Ctrl++"),
    ActionSpec("zoom_out", "S&maller text", "&View", "Ctrl+-"),
    ActionSpec("zoom_reset", "&Usual text size", "&View", "Ctrl+0"),
    ActionSpec("toggle_sidebar", "Show or hide the &sidebar", "&View", "Ctrl+B"),
    ActionSpec("next_pane", "Next &pane", "&View", "F6"),
    ActionSpec("previous_pane", "P&revious pane", "&View", "Shift+F6"),
    ActionSpec("theme_system", "&System", "&View/&Theme", choice_of="theme"),
    ActionSpec("theme_light", "&Light", "&View/&Theme", choice_of="theme"),
    ActionSpec("theme_dark", "&Dark", "&View/&Theme", choice_of="theme"),
    ActionSpec("shortcuts", "&Shortcut list", "&Help", "Ctrl+/"),
)


class Actions(QObject):
    """The registry. Actions belong to `window`, so their keys work while the menu is hidden."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._groups: dict[str, QActionGroup] = {}
        self._actions = {spec.name: self._make(spec) for spec in SPECS}
        self["stop"].setEnabled(False)
        self["copy_answer"].setEnabled(False)
        self["quit"].setMenuRole(QAction.MenuRole.QuitRole)
        self["settings"].setMenuRole(QAction.MenuRole.PreferencesRole)

    def __getitem__(self, name: str) -> QAction:
        return self._actions[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._actions)

    def fill(self, bar: QMenuBar) -> None:
        """Put every action into its menu."""
        menus: dict[str, QMenu] = {}
        for spec in SPECS:
            menu = _menu(bar, menus, spec.menu)
            if spec.separated:
                menu.addSeparator()
            menu.addAction(self[spec.name])

    def shortcuts(self) -> list[tuple[str, str]]:
        """What can be done by keys: the action in words, and its keys as written here."""
        return [
            (
                plain_text(action),
                action.shortcut().toString(QKeySequence.SequenceFormat.NativeText),
            )
            for action in self._actions.values()
            if not action.shortcut().isEmpty()
        ]

    def _make(self, spec: ActionSpec) -> QAction:
        action = QAction(spec.text, self)
        action.setObjectName(spec.name)
        if spec.keys is not None:
            keys = [QKeySequence(spec.keys)]
            action.setShortcuts(keys + ([QKeySequence(spec.also)] if spec.also else []))
        if spec.choice_of:
            action.setCheckable(True)
            self._group(spec.choice_of).addAction(action)
        self._window.addAction(action)
        return action

    def _group(self, name: str) -> QActionGroup:
        if name not in self._groups:
            self._groups[name] = QActionGroup(self)
        return self._groups[name]


def plain_text(action: QAction) -> str:
    """The action's text without the mark of its access key."""
    return action.text().replace("&", "").removesuffix("…")


def tooltip(action: QAction) -> str:
    """The action's text with its keys, as a button's tooltip shows it."""
    keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
    text = plain_text(action)
    return f"{text} ({keys})" if keys else text


def _menu(bar: QMenuBar, menus: dict[str, QMenu], path: str) -> QMenu:
    if path not in menus:
        parent, _, title = path.rpartition("/")
        menus[path] = _menu(bar, menus, parent).addMenu(title) if parent else bar.addMenu(title)
    return menus[path]
