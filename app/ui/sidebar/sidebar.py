"""The sidebar: a new conversation, the search, and all conversations by date and folder.

It shows the values it is given and says what a person wants done with them; it keeps nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import isValid

from app.store.records import ConversationRow
from app.ui.page_links import PageLinks
from app.ui.sidebar.conversation_list import ConversationList
from app.ui.sidebar.conversation_model import LIST_GAP
from app.ui.sidebar.entries import FolderEntry, folder_key, list_groups
from app.ui.sidebar.frame import empty_text, header
from app.ui.sidebar.hit_list import HitList
from app.ui.sidebar.nothing_found import NothingFound
from app.ui.sidebar.row_menus import RowMenus
from app.ui.sidebar.search_box import SearchBox

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from app.store.groups import Group
    from app.store.search import Hit
    from app.ui.actions import Actions
    from app.ui.sidebar.row_keys import RowCommand
    from app.ui.theme import Theme

WIDTH, MIN_WIDTH, MAX_WIDTH = 264, 220, 360
_SIDE = 12
# These need a conversation that is kept; an empty new one is not.
_OF_CURRENT = (
    "rename_conversation",
    "delete_conversation",
    "export_conversation",
    "export_json",
    "export_html",
)


class Sidebar(QFrame):
    """All conversations. `show_groups` says what there is, `show_hits` what was found.

    `moved` carries a folder's id or `None`, `folder_created` the conversation that goes into the
    new folder or `None`, `folder_deleted` whether its conversations are deleted too, and
    `hit_chosen` the turn that holds what was found, or `None`.
    """

    chosen = Signal(str)
    renamed = Signal(str, str)
    pinned = Signal(str, bool)
    moved = Signal(str, object)
    delete_requested = Signal(str)
    export_requested = Signal(str, str)
    folder_created = Signal(str, object)
    folder_renamed = Signal(str, str)
    folder_deleted = Signal(str, bool)
    search_changed = Signal(str)
    search_in_documents = Signal(str)
    hit_chosen = Signal(str, object)

    def __init__(self, theme: Theme, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._actions = theme, actions
        self._groups: Sequence[Group] = ()
        self._current: str | None = None
        self._answering: frozenset[str] = frozenset()
        self._unfolded: set[str] = set()
        self._before_search: QWidget | None = None
        self.setProperty("surface", "bg")
        self.search = SearchBox(theme)
        self.list = ConversationList(theme)
        self.hits = HitList(theme)
        self._nothing = NothingFound(theme)
        self._menus = RowMenus(theme, self)
        self._empty = empty_text(theme)
        self._pages = QStackedWidget()
        self.links = PageLinks(theme, actions)
        self._room = QWidget()
        self._room.setFixedHeight(0)
        self._lay_out(theme, actions)
        self._connect_list()
        self._connect_menus()
        self._connect_search()
        self._connect_actions()
        self.show_groups((), None, ())
        theme.changed.connect(self._follow_theme)

    @property
    def unfolded(self) -> frozenset[str]:
        """The folders that are open, by their ids."""
        return frozenset(self._unfolded)

    @property
    def renaming(self) -> str | None:
        """The conversation whose name is being written; it should get no other meanwhile."""
        key = self.list.renaming_key
        return key if self._row(key) is not None else None

    @property
    def holds_escape(self) -> bool:
        """Whether Esc ends something in here, before it closes the sidebar itself."""
        return self.list.renaming or (self._has_focus() and bool(self.search.text()))

    def show_groups(
        self, groups: Sequence[Group], current: str | None, answering: Collection[str]
    ) -> None:
        """Show the conversations, which of them is open, and where an answer is being written.

        May be called for any change: only what is different is drawn anew.
        """
        self._groups, self._current, self._answering = groups, current, frozenset(answering)
        listing = list_groups(groups, self._unfolded, current, self._answering)
        self.list.show_listing(listing, current, self._answering)
        self.hits.show_open(current)
        if not self._searching():
            self._pages.setCurrentWidget(self.list if listing.keys else self._empty)
        known = self._row(current) is not None
        for name in _OF_CURRENT:
            self._actions[name].setEnabled(known)

    def set_unfolded(self, folders: Collection[str]) -> None:
        """Show these folders open, by their ids, and the others closed."""
        self._unfolded = set(folders)
        self.show_groups(self._groups, self._current, self._answering)

    def show_hits(self, query: str, hits: Sequence[Hit]) -> None:
        """Show what was found for `query`, unless something else is looked for by now."""
        if query.strip() != self.search.query or not query:
            return
        if not hits:
            self.show_no_hits(query)
            return
        self.hits.show_hits(hits)
        self._pages.setCurrentWidget(self.hits)
        self._say(
            "1 conversation found" if len(hits) == 1 else f"{len(hits):,} conversations found"
        )

    def show_no_hits(self, query: str, *, documents_too: bool = False) -> None:
        """Say that nothing was found for `query`, in documents neither if these were searched."""
        if query.strip() != self.search.query or not query:
            return
        self._nothing.show_query(query, documents_too=documents_too)
        self._pages.setCurrentWidget(self._nothing)
        self._say(self._nothing.sentence.text())

    def focus_search(self) -> None:
        """Put the keyboard into the search field."""
        focus = QApplication.focusWidget()
        if focus is not self.search:
            self._before_search = focus
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    def rename_focused(self) -> bool:
        """Let the name of the row with the focus be written; false where the focus is elsewhere."""
        entry = self.list.keyboard_entry if self.list.has_focus_within else None
        if isinstance(entry, ConversationRow):
            self.list.rename_at(entry.id)
        elif isinstance(entry, FolderEntry):
            self.list.rename_at(folder_key(entry.folder.id))
        return entry is not None

    def set_room_below(self, height: int) -> None:
        """Leave so many pixels free under the list, for what lies over the sidebar's foot.

        They are pixels at the usual text size.
        """
        self._theme.fix(self._room, height=height)

    def _follow_theme(self) -> None:
        """Large text may have more room; how much of it, the window and the person say."""
        self.setMaximumWidth(self._theme.px(MAX_WIDTH))

    def _lay_out(self, theme: Theme, actions: Actions) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(header(theme, actions))
        field = QHBoxLayout()
        field.setContentsMargins(_SIDE, 0, _SIDE, 0)
        field.addWidget(self.search)
        column.addLayout(field)
        column.addSpacing(LIST_GAP)
        for page in (self.list, self._empty, self.hits, self._nothing):
            self._pages.addWidget(page)
        column.addWidget(self._pages, 1)
        column.addWidget(self._room)
        column.addWidget(self.links)

    def _connect_list(self) -> None:
        self.list.chosen.connect(self.chosen)
        self.list.renamed.connect(self.renamed)
        self.list.folder_renamed.connect(self.folder_renamed)
        self.list.moved.connect(self._move)
        self.list.delete_requested.connect(self.delete_requested)
        self.list.folder_toggled.connect(self._toggle)
        self.list.menu_requested.connect(self._open_menu)

    def _connect_menus(self) -> None:
        menus = self._menus
        menus.rename_wanted.connect(self.list.rename_at)
        menus.pinned.connect(self.pinned)
        menus.moved.connect(self.moved)
        menus.delete_requested.connect(self.delete_requested)
        menus.export_requested.connect(self.export_requested)
        menus.folder_created.connect(self.folder_created)
        menus.folder_deleted.connect(self.folder_deleted)

    def _connect_search(self) -> None:
        self.search.changed.connect(self._search)
        self.search.entered.connect(self._enter_results)
        self.search.submitted.connect(self._open_first)
        self.search.left.connect(self._leave_search)
        self.hits.left.connect(self._back_to_field)
        self.hits.dropped.connect(self._drop_search)
        self.hits.chosen.connect(lambda hit: self.hit_chosen.emit(hit.row.id, hit.turn_id))
        self._nothing.documents_wanted.connect(
            lambda: self.search_in_documents.emit(self.search.query)
        )

    def _connect_actions(self) -> None:
        actions = self._actions
        for name, kind in (
            ("export_conversation", "markdown"),
            ("export_json", "json"),
            ("export_html", "html"),
        ):
            actions[name].triggered.connect(lambda _on=False, k=kind: self._export_current(k))
        actions["delete_conversation"].triggered.connect(self._delete_current)
        actions["next_conversation"].triggered.connect(lambda: self.list.step(1))
        actions["previous_conversation"].triggered.connect(lambda: self.list.step(-1))
        actions["new_folder"].triggered.connect(lambda: self._menus.ask_for_folder())

    def _search(self, query: str) -> None:
        if not query:
            self._pages.setCurrentWidget(self.list if self.list.rows.rowCount() else self._empty)
        self.search_changed.emit(query)

    def _searching(self) -> bool:
        return self._pages.currentWidget() in (self.hits, self._nothing) and bool(self.search.query)

    def _enter_results(self) -> None:
        shown = self._pages.currentWidget()
        if shown is self.hits:
            self.hits.enter()
        elif shown is self._nothing and self._nothing.offer.isVisible():
            self._nothing.offer.setFocus(Qt.FocusReason.TabFocusReason)
        elif shown is self.list:
            self.list.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _open_first(self) -> None:
        if self._pages.currentWidget() is self.hits:
            self.hits.choose_first()

    def _back_to_field(self) -> None:
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _drop_search(self) -> None:
        self._back_to_field()
        self.search.clear()

    def _leave_search(self) -> None:
        """Back to where the keyboard was."""
        before, self._before_search = self._before_search, None
        if before is not None and isValid(before) and before.isVisible():
            before.setFocus(Qt.FocusReason.OtherFocusReason)
        elif self._pages.currentWidget() is self.list:
            self.list.setFocus(Qt.FocusReason.OtherFocusReason)

    def _toggle(self, folder_id: str) -> None:
        self.set_unfolded(self._unfolded ^ {folder_id})

    def _move(self, conversation_id: str, folder_id: str) -> None:
        row = self._row(conversation_id)
        if row is not None and row.folder_id != folder_id:
            self.moved.emit(conversation_id, folder_id)

    def _export_current(self, kind: str) -> None:
        if self._current is not None:
            self.export_requested.emit(self._current, kind)

    def _delete_current(self) -> None:
        if self._current is not None:
            self.delete_requested.emit(self._current)

    def _open_menu(self, key: str, spot: QPoint, command: RowCommand | None) -> None:
        place = self.list.rows.row_of(key)
        entry = self.list.rows.entry(place) if place >= 0 else None
        folders = [group.folder for group in self._groups if group.folder is not None]
        self._menus.open(entry, folders, spot, command)

    def _row(self, conversation_id: str | None) -> ConversationRow | None:
        if conversation_id is None:
            return None
        rows = (row for group in self._groups for row in group.rows)
        return next((row for row in rows if row.id == conversation_id), None)

    def _say(self, words: str) -> None:
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self.search, words))

    def _has_focus(self) -> bool:
        focus = QApplication.focusWidget()
        return focus is not None and self.isAncestorOf(focus)
