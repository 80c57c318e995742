"""What the command palette offers: actions, pages and conversations, and what others add."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from app.ui.actions import SPECS, keys_of
from app.ui.main_window import CONVERSATION
from app.ui.palette import CommandPalette, Entry

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from app.chat_session import ChatSession
    from app.library import Library
    from app.settings_store import SettingsStore
    from app.ui.actions import Actions
    from app.ui.main_window import MainWindow
    from app.ui.palette import Source
    from app.ui.theme import Theme

_REMEMBERED = 20
# The palette does not offer itself.
_LEFT_OUT = ("palette",)


class ActionSource:
    """Every action of the registry; those that are off with the reason."""

    def __init__(self, actions: Actions) -> None:
        self._actions = actions

    def entries(self) -> Iterator[Entry]:
        """In the order in which they are declared."""
        for spec in SPECS:
            action = self._actions[spec.name]
            if spec.name in _LEFT_OUT or not action.isVisible():
                continue
            text = action.text().replace("&", "")
            yield Entry(
                f"action:{spec.name}",
                f"{_menu(spec.menu)}: {text}" if spec.choice_of else text,
                "action",
                action.trigger,
                keys=keys_of(action),
                icon="check" if action.isChecked() else spec.icon,
                reason=self._actions.reason(spec.name),
            )


class PageSource:
    """The pages of the window, but for those that an action of the same name opens."""

    def __init__(self, window: MainWindow) -> None:
        self._window = window

    def entries(self) -> Iterator[Entry]:
        """In the order in which they were added."""
        for name, title in self._window.page_titles():
            if name not in self._window.registry:
                show = partial(self._window.show_page, name)
                yield Entry(f"page:{name}", title, "page", show, "Page", icon="document")


class ConversationSource:
    """All conversations that have begun."""

    def __init__(self, window: MainWindow, session: ChatSession, library: Library) -> None:
        self._window, self._session, self._library = window, session, library

    def entries(self) -> Iterator[Entry]:
        """Newest first."""
        for row in self._library.rows.all:
            yield Entry(
                f"conversation:{row.id}",
                row.title,
                "conversation",
                partial(self._open, row.id),
                "Conversation",
                icon="message",
            )

    def _open(self, conversation_id: str) -> None:
        self._window.show_page(CONVERSATION)
        self._session.open(conversation_id)


class PaletteControl(QObject):
    """Opens the palette with what there is now, and remembers what was chosen last."""

    def __init__(
        self,
        theme: Theme,
        window: MainWindow,
        session: ChatSession,
        library: Library,
        store: SettingsStore,
    ) -> None:
        super().__init__(window)
        self._store = store
        self.palette = CommandPalette(theme, window)
        self._sources: list[Source] = [
            ActionSource(window.registry),
            PageSource(window),
            ConversationSource(window, session, library),
        ]
        self.palette.chosen.connect(self._remember)
        window.registry["palette"].triggered.connect(lambda: self.open())

    def add_source(self, source: Source) -> None:
        """Offer what `source` has too."""
        self._sources.append(source)

    def open(self, typed: str = "") -> None:
        """Open the palette, with `typed` in its field already."""
        self.palette.open(self._entries(), self._store.window.recent_commands, typed)

    def _entries(self) -> Iterable[Entry]:
        return [entry for source in self._sources for entry in source.entries()]

    def _remember(self, key: str) -> None:
        others = [kept for kept in self._store.window.recent_commands if kept != key]
        self._store.change(recent_commands=(key, *others)[:_REMEMBERED])


def _menu(path: str) -> str:
    """The innermost menu's name, for choices that say nothing without it."""
    return path.rpartition("/")[2].replace("&", "")
