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
    """An action as it is declared; `menu` names the menu it stands in, `also` further keys.

    `otherwise` are its keys where the system has none of its own for the standard key. An action
    with a `reason` is off until somebody can carry it out; the reason says why.
    """

    name: str
    text: str
    menu: str
    keys: Keys = None
    choice_of: str = ""
    also: str = ""
    separated: bool = False
    icon: str = ""
    reason: str = ""
    otherwise: str = ""
    checkable: bool = False


_STANDARD = QKeySequence.StandardKey

_NO_ANSWER = "Nothing has been answered here yet"
_NOTHING_ASKED = "Nothing has been asked here yet"
_NOT_OPEN = "The conversations are not open"

SPECS: tuple[ActionSpec, ...] = (
    ActionSpec("new_conversation", "&New conversation", "&File", _STANDARD.New, icon="plus"),
    ActionSpec("open_files", "&Open files…", "&File", _STANDARD.Open, icon="attach"),
    ActionSpec(
        "capture_screen", "&Capture the screen", "&File", "Ctrl+Shift+S", icon="capture"
    ),
    ActionSpec("open_model", "Open a &model folder…", "&File", icon="cube"),
    ActionSpec("models", "Mana&ge models…", "&File", icon="cube"),
    ActionSpec(
        "export_conversation",
        "Export conversation as &Markdown…",
        "&File/&Export conversation",
        "Ctrl+Shift+E",
        icon="upload",
        reason=_NOTHING_ASKED,
    ),
    ActionSpec(
        "export_json",
        "Export conversation as &JSON…",
        "&File/&Export conversation",
        icon="upload",
        reason=_NOTHING_ASKED,
    ),
    ActionSpec(
        "export_html",
        "Export conversation as &HTML…",
        "&File/&Export conversation",
        icon="upload",
        reason=_NOTHING_ASKED,
    ),
    ActionSpec(
        "import_conversations",
        "&Import conversations…",
        "&File",
        separated=True,
        icon="download",
        reason=_NOT_OPEN,
    ),
    ActionSpec("back_up", "&Back up everything…", "&File", icon="upload", reason=_NOT_OPEN),
    ActionSpec("settings", "Se&ttings…", "&File", "Ctrl+,", separated=True, icon="gear"),
    ActionSpec("quit", "&Quit", "&File", _STANDARD.Quit, separated=True, otherwise="Ctrl+Q",
        icon="quit",
    ),
    ActionSpec(
        "find", "&Find in conversation…", "&Edit", _STANDARD.Find, icon="search",
        reason=_NOTHING_ASKED,
    ),
    ActionSpec(
        "find_next", "Find &next", "&Edit", _STANDARD.FindNext, icon="chevron-down",
        reason="Nothing is being looked for",
    ),
    ActionSpec(
        "find_previous", "Find &previous", "&Edit", _STANDARD.FindPrevious, icon="chevron-up",
        reason="Nothing is being looked for",
    ),
    ActionSpec(
        "rename_conversation", "&Rename conversation", "&Conversation", "F2", icon="edit",
        reason=_NOTHING_ASKED,
    ),
    ActionSpec(
        "delete_conversation", "&Delete conversation", "&Conversation", reason=_NOTHING_ASKED,
    ),
    ActionSpec(
        "undo_delete", "&Undo deletion", "&Conversation", _STANDARD.Undo,
        reason="Nothing was deleted just now",
    ),
    ActionSpec("new_folder", "New &folder…", "&Conversation", icon="folder"),
    ActionSpec(
        "copy_answer", "&Copy last answer", "&Conversation", "Ctrl+Shift+C", icon="copy",
        reason=_NO_ANSWER,
    ),
    ActionSpec(
        "regenerate", "&Regenerate the last answer", "&Conversation", "Ctrl+R", icon="retry",
        reason=_NO_ANSWER,
    ),
    ActionSpec("instructions", "&Instructions…", "&Conversation", "Ctrl+Shift+I", icon="sliders"),
    ActionSpec(
        "stop", "&Stop", "&Conversation", _STANDARD.Cancel, icon="stop",
        reason="No answer is being written", otherwise="Esc",
    ),
    ActionSpec(
        "palette", "Command &palette…", "&View", "Ctrl+K", icon="search",
    ),
    ActionSpec(
        "search_conversations", "S&earch conversations", "&View", "Ctrl+Shift+F", icon="search",
    ),
    ActionSpec("next_conversation", "&Next conversation", "&View", "Ctrl+PgDown"),
    ActionSpec("previous_conversation", "Pre&vious conversation", "&View", "Ctrl+PgUp"),
    ActionSpec(
        "toggle_sidebar", "Show or hide the &sidebar", "&View", "Ctrl+B", separated=True,
        icon="sidebar",
    ),
    ActionSpec("zoom_in", "&Larger text", "&View", "Ctrl+=", also="Ctrl++", separated=True),
    ActionSpec("zoom_out", "S&maller text", "&View", "Ctrl+-"),
    ActionSpec("zoom_reset", "&Usual text size", "&View", "Ctrl+0"),
    ActionSpec("toggle_strip", "Performance s&trip", "&View", checkable=True, icon="sliders"),
    ActionSpec("next_pane", "Next &pane", "&View", "F6", separated=True),
    ActionSpec("previous_pane", "P&revious pane", "&View", "Shift+F6"),
    ActionSpec(
        "full_screen", "&Full screen", "&View", _STANDARD.FullScreen, separated=True,
        otherwise="F11", checkable=True,
    ),
    ActionSpec("theme_system", "&System", "&View/&Theme", choice_of="theme"),
    ActionSpec("theme_light", "&Light", "&View/&Theme", choice_of="theme"),
    ActionSpec("theme_dark", "&Dark", "&View/&Theme", choice_of="theme"),
    ActionSpec("tray_icon", "Icon in the s&ystem tray", "&View", separated=True, checkable=True),
    ActionSpec("capture_anywhere", "Capture from &anywhere", "&View", checkable=True),
    ActionSpec("shortcuts", "&Shortcut list", "&Help", "Ctrl+/"),
    ActionSpec("about", "&About Tanka", "&Help", icon="info"),
)  # fmt: skip


class Actions(QObject):
    """The registry. Actions belong to `window`, so their keys work while the menu is hidden."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._groups: dict[str, QActionGroup] = {}
        self._reasons = {spec.name: spec.reason for spec in SPECS}
        self._actions = {spec.name: self._make(spec) for spec in SPECS}
        self["quit"].setMenuRole(QAction.MenuRole.QuitRole)
        self["about"].setMenuRole(QAction.MenuRole.AboutRole)
        self["settings"].setMenuRole(QAction.MenuRole.PreferencesRole)

    def __getitem__(self, name: str) -> QAction:
        return self._actions[name]

    def __contains__(self, name: str) -> bool:
        return name in self._actions

    def set_reason(self, name: str, text: str) -> None:
        """Turn an action off and say why; an empty reason turns it on."""
        if text:
            self._reasons[name] = text
        self[name].setEnabled(not text)

    def reason(self, name: str) -> str:
        """Why an action cannot be carried out now; empty where it can."""
        return "" if self[name].isEnabled() else self._reasons[name] or "Not possible now"

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
            (plain_text(action), keys_of(action))
            for action in self._actions.values()
            if keys_of(action) and action.isVisible()
        ]

    def _make(self, spec: ActionSpec) -> QAction:
        action = QAction(spec.text, self)
        action.setObjectName(spec.name)
        action.setShortcuts(_keys(spec))
        action.setEnabled(not spec.reason)
        action.setCheckable(spec.checkable or bool(spec.choice_of))
        if spec.choice_of:
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


def keys_of(action: QAction) -> str:
    """The action's first keys as they are written on this system; empty without any."""
    return action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)


def tooltip(action: QAction) -> str:
    """The action's text with its keys, as a button's tooltip shows it."""
    keys, text = keys_of(action), plain_text(action)
    return f"{text} ({keys})" if keys else text


def _keys(spec: ActionSpec) -> list[QKeySequence]:
    if isinstance(spec.keys, QKeySequence.StandardKey):
        found = QKeySequence.keyBindings(spec.keys)
        if found or not spec.otherwise:
            return found
        return [QKeySequence(spec.otherwise)]
    return [QKeySequence(keys) for keys in (spec.keys, spec.also) if keys]


def _menu(bar: QMenuBar, menus: dict[str, QMenu], path: str) -> QMenu:
    if path not in menus:
        parent, _, title = path.rpartition("/")
        menus[path] = _menu(bar, menus, parent).addMenu(title) if parent else bar.addMenu(title)
    return menus[path]
