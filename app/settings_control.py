"""Brings settings into force as they are changed, wherever that is: page, menu or keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QUrl, Signal
from PySide6.QtGui import QDesktopServices

from app.settings import WindowSettings
from app.storage import measure
from app.ui import scaling
from app.ui.action_keys import ActionKeys
from app.ui.erase_dialog import EraseDialog
from app.ui.main_window import CONVERSATION
from app.ui.notice_bar import Notice
from app.ui.parts import TextButton
from app.ui.reload_line import ReloadLine
from app.ui.setting_fields import GROUPS
from app.ui.setting_row import SettingRow
from app.ui.settings_page import SettingsPage
from app.ui.shortcut_section import WORDS as SHORTCUT_WORDS
from app.ui.shortcut_section import ShortcutSection
from app.ui.storage_section import WORDS as STORAGE_WORDS
from app.ui.storage_section import StorageSection

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from PySide6.QtWidgets import QWidget

    from app.background import Background
    from app.erase import Eraser
    from app.idle_memory import IdleMemory
    from app.instructions_control import InstructionsControl
    from app.model_loading import ModelLoading
    from app.presets import PresetStore
    from app.settings_store import SettingsStore
    from app.ui.conversation_page import ConversationPage
    from app.ui.main_window import MainWindow
    from app.ui.setting_fields import GroupName
    from app.ui.theme import Theme
    from engine import EngineError

PAGE = "settings"
_RELOADS = "weights precision kv resume reload model"
_PRESETS = ("Reusable instructions", "Kept under names, for any conversation.", "Manage…")
_NONE = "None"
_ERASED = "Everything was deleted. Tanka begins anew."
Section = tuple["GroupName", "Callable[[], QWidget]", str]


class SettingsControl(QObject):
    """Makes the page when it is first asked for, and keeps page, menus and settings in step.

    `changed` follows each change with its key.
    """

    changed = Signal(str)

    def __init__(
        self,
        theme: Theme,
        window: MainWindow,
        page: ConversationPage,
        store: SettingsStore,
        models: ModelLoading,
        presets: PresetStore,
        instructions: InstructionsControl,
        idle: IdleMemory,
        eraser: Eraser,
        background: Background,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme, self._window, self._conversation = theme, window, page
        self._store, self._models, self._presets = store, models, presets
        self._instructions, self._idle = instructions, idle
        self._eraser, self._background = eraser, background
        self._page: SettingsPage | None = None
        self._sections: list[Section] = []
        self._reload: ReloadLine | None = None
        self._storage: StorageSection | None = None
        # What the model in use was loaded with.
        self._loaded_with = self._load_settings()
        self.keys = ActionKeys(window.registry, self)
        self._connect()
        self.apply_all()

    @property
    def page(self) -> SettingsPage:
        """The page; made when it is first needed."""
        if self._page is None:
            self._page = self._make_page()
        return self._page

    def add_section(self, group: GroupName, make: Callable[[], QWidget], words: str) -> None:
        """Put what `make` returns into a group, to be found by `words`."""
        self._sections.append((group, make, words))
        if self._page is not None:
            self._page.add_section(group, make(), words)

    def open(self, group: GroupName | None = None) -> None:
        """Show the page, and a group of it."""
        page = self.page
        self._window.show_page(PAGE)
        if group is not None:
            page.go_to_group(group)
        page.search.setFocus()
        self._measure()

    def change(self, key: str, value: object) -> None:
        """Change one setting, keep it, and bring it into force."""
        if key in WindowSettings.model_fields:
            default_before = self._instructions.default_text()
            self._store.change(**{key: _kept(key, value)})
            self._apply(key)
            if key == "default_preset":
                self._instructions.use_default(default_before)
        else:
            self._store.change_engine(**{key: value})
        self._show(key)
        self._show_reload()
        self.changed.emit(key)

    def apply_all(self) -> None:
        """Bring all settings into force, as at the start."""
        for key in ("theme", "text_size", "high_contrast", "reduced_motion", "send_key"):
            self._apply(key)
        self._apply("idle_minutes")
        self.keys.load(self._store.window.shortcuts)

    def _apply(self, key: str) -> None:
        settings = self._store.window
        if key == "theme":
            self._theme.set_choice(settings.theme)
            self._window.registry[f"theme_{settings.theme}"].setChecked(True)
        elif key == "text_size":
            self._theme.set_text_size(settings.text_size)
        elif key == "high_contrast":
            self._theme.set_high_contrast(settings.high_contrast)
        elif key == "reduced_motion":
            self._theme.set_reduced_motion(settings.reduced_motion)
        elif key == "send_key":
            self._conversation.composer.editor.set_enter_sends(settings.send_key == "enter")
            self._conversation.composer.send.set_enter_sends(settings.send_key == "enter")
        elif key == "idle_minutes":
            self._idle.set_minutes(settings.idle_minutes)

    def _connect(self) -> None:
        actions = self._window.registry
        actions["settings"].triggered.connect(lambda: self.open())
        actions["zoom_in"].triggered.connect(lambda: self._zoom(1))
        actions["zoom_out"].triggered.connect(lambda: self._zoom(-1))
        actions["zoom_reset"].triggered.connect(lambda: self.change("text_size", scaling.USUAL))
        for choice in ("system", "light", "dark"):
            actions[f"theme_{choice}"].triggered.connect(
                lambda _on=False, c=choice: self.change("theme", c)
            )
        self.keys.changed.connect(lambda: self._store.change(shortcuts=self.keys.own))
        for opens in ("new_conversation", "open_files"):
            actions[opens].triggered.connect(lambda: self._window.show_page(CONVERSATION))
        self._window.sidebar.chosen.connect(lambda _id: self._window.show_page(CONVERSATION))
        self._presets.changed.connect(self._show_presets)
        self._models.ready.connect(self._loaded)
        self._eraser.erased.connect(self._erased)
        self._eraser.failed.connect(self._not_erased)

    def _zoom(self, direction: int) -> None:
        now = self._store.window.text_size
        self.change("text_size", scaling.next_step(now, direction))

    def _leave(self) -> None:
        self._window.show_page(CONVERSATION)
        self._conversation.composer.focus_text()

    def _make_page(self) -> SettingsPage:
        page = SettingsPage(self._theme)
        self._window.add_page(PAGE, page, page.panes)
        page.changed.connect(self.change)
        page.left.connect(self._leave)
        self._page = page
        self._add_answers(page)
        self._reload = ReloadLine(self._theme)
        self._reload.reload_wanted.connect(lambda: self._models.load(self._models.last_folder))
        page.add_section("speed", self._reload, _RELOADS)
        self._storage = StorageSection(self._theme)
        self._storage.folder_wanted.connect(_show_folder)
        self._storage.erase_wanted.connect(self._ask_to_erase)
        page.add_section("privacy", self._storage, STORAGE_WORDS)
        shortcuts = ShortcutSection(self._theme, self.keys)
        for row in shortcuts.rows:
            page.add_section("shortcuts", row, row.words)
        page.add_section("shortcuts", shortcuts, SHORTCUT_WORDS)
        for group, make, words in self._sections:
            page.add_section(group, make(), words)
        self._show_presets()
        for declared in GROUPS:
            for field in declared.fields:
                self._show(field.key)
        self._show_reload()
        return page

    def _add_answers(self, page: SettingsPage) -> None:
        name, hint, words = _PRESETS
        manage = TextButton(self._theme, words, "default")
        manage.setAccessibleName(f"{name}: {words}")
        manage.clicked.connect(lambda: self._instructions.manage())
        row = SettingRow(self._theme, name, hint, manage, words="presets system prompt")
        page.add_section("answers", row, row.words)

    def _show(self, key: str) -> None:
        if self._page is None:
            return
        settings = self._store.window if key in WindowSettings.model_fields else self._store.engine
        self._page.show_value(key, getattr(settings, key))

    def _show_presets(self) -> None:
        if self._page is None:
            return
        options = [("", _NONE), *((preset.id, preset.name) for preset in self._presets.all)]
        self._page.set_options("default_preset", options)
        self._show("default_preset")

    def _load_settings(self) -> tuple[object, ...]:
        engine = self._store.engine
        return (engine.weights, engine.kv, engine.resume_bytes())

    def _loaded(self) -> None:
        self._loaded_with = self._load_settings()
        self._show_reload()

    def _show_reload(self) -> None:
        if self._reload is None:
            return
        info = self._models.info
        pending = info is not None and self._loaded_with != self._load_settings()
        self._reload.show_state(pending=pending, load_s=info.load_s if info is not None else None)

    def _measure(self) -> None:
        storage = self._storage
        if storage is not None:
            self._background.run(measure, storage.show_kept, lambda _fault: None)

    def _ask_to_erase(self) -> None:
        dialog = EraseDialog(self._theme, self._window)
        dialog.accepted.connect(self._eraser.erase)
        dialog.open()

    def _erased(self) -> None:
        """Everything as at the first start."""
        self._store.reset()
        self._presets.replace_all(())
        self.keys.reset_all()
        self.apply_all()
        for declared in GROUPS:
            for field in declared.fields:
                self._show(field.key)
        self._models.load(self._store.engine.model_folder)
        self._window.show_page(CONVERSATION)
        self._conversation.notice.show_notice(Notice(_ERASED))
        self._measure()

    def _not_erased(self, error: EngineError) -> None:
        self._models.load(self._models.last_folder)  # it was given back for the while
        self._window.show_page(CONVERSATION)
        self._conversation.notice.show_notice(Notice(error.sentence, error.details))
        self._measure()


def _kept(key: str, value: object) -> object:
    """`value` as the settings have it: no number of minutes is never."""
    return 0 if key == "idle_minutes" and value is None else value


def _show_folder(folder: Path) -> None:
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))
