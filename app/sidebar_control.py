"""Connects the sidebar with the library and the session. No widget is made."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import uuid4

from PySide6.QtCore import QObject, QTimer

from app.store import group_rows
from app.ui.main_window import CONVERSATION

if TYPE_CHECKING:
    from datetime import date

    from app.chat_session import ChatSession
    from app.conversation import Conversation
    from app.library import Library, LibrarySearch
    from app.store import Hit
    from app.ui.conversation_page import ConversationPage
    from app.ui.main_window import MainWindow

_LOOK_AT_CLOCK_MS = 30_000


class SidebarControl(QObject):
    """Shows what is kept, and passes on what a person does with it.

    What is deleted can be taken back as long as the undo bar offers it; then it is removed.
    """

    def __init__(
        self,
        window: MainWindow,
        page: ConversationPage,
        session: ChatSession,
        library: Library,
        search: LibrarySearch,
    ) -> None:
        super().__init__(window)
        self._window, self._page, self._session = window, page, session
        self._library, self._search = library, search
        # A deletion's key with the conversations that it took: one, or those of a folder.
        self._deletions: dict[str, tuple[str, ...]] = {}
        self._wanted_turn: tuple[str, str] | None = None
        self._documents_too = False
        self._day = _today()
        self._clock = QTimer(self, interval=_LOOK_AT_CLOCK_MS)
        self._clock.timeout.connect(self._look_at_clock)
        self._clock.start()
        self._connect_rows()
        self._connect_arrangement()
        self._connect_search()
        self._show_rows()

    def close(self) -> None:
        """Nobody can take a deletion back any more."""
        self._window.undo_bar.expire_all()

    def _connect_rows(self) -> None:
        self._library.rows.changed.connect(self._show_rows)
        self._session.state_changed.connect(self._show_rows)
        self._session.conversation_opened.connect(self._opened)
        self._window.sidebar.chosen.connect(self._choose)

    def _connect_arrangement(self) -> None:
        sidebar, arrangement = self._window.sidebar, self._library.arrangement
        sidebar.renamed.connect(self._session.rename)
        sidebar.pinned.connect(arrangement.pin)
        sidebar.moved.connect(arrangement.move)
        sidebar.folder_created.connect(arrangement.create_folder)
        sidebar.folder_renamed.connect(arrangement.rename_folder)
        sidebar.folder_deleted.connect(self._delete_folder)
        sidebar.delete_requested.connect(self._delete)
        self._window.undo_bar.undone.connect(self._restore)
        self._window.undo_bar.expired.connect(self._purge)
        self._window.header.title_renamed.connect(
            lambda title: self._session.rename(self._session.current.id, title)
        )

    def _connect_search(self) -> None:
        sidebar = self._window.sidebar
        sidebar.search_changed.connect(self._look_for)
        sidebar.search_in_documents.connect(self._look_in_documents)
        sidebar.hit_chosen.connect(self._open_hit)
        self._search.found.connect(self._show_hits)

    def _choose(self, conversation_id: str) -> None:
        self._window.show_page(CONVERSATION)
        self._session.open(conversation_id)

    def _show_rows(self) -> None:
        now = datetime.now().astimezone()
        assert now.tzinfo is not None
        rows = self._library.rows
        groups = group_rows(rows.all, rows.folders, now, now.tzinfo)
        self._window.sidebar.show_groups(groups, self._session.current.id, self._session.running)

    def _look_at_clock(self) -> None:
        """What was asked today was asked yesterday, once it is midnight."""
        if (today := _today()) != self._day:
            self._day = today
            self._show_rows()

    def _delete(self, conversation_id: str) -> None:
        title = self._session.delete(conversation_id)
        if title is not None:
            self._offer_back((conversation_id,), title)

    def _delete_folder(self, folder_id: str, with_conversations: bool) -> None:
        name = next((f.name for f in self._library.rows.folders if f.id == folder_id), "")
        held = self._library.arrangement.delete_folder(folder_id)
        if not with_conversations:
            return
        deleted = tuple(one for one in held if self._session.delete(one) is not None)
        if deleted:
            key = self._note(deleted)
            self._window.undo_bar.show_folder_deleted(key, name, len(deleted))

    def _offer_back(self, conversation_ids: tuple[str, ...], title: str) -> None:
        self._window.undo_bar.show_deleted(self._note(conversation_ids), title)

    def _note(self, conversation_ids: tuple[str, ...]) -> str:
        key = uuid4().hex
        self._deletions[key] = conversation_ids
        return key

    def _restore(self, key: str) -> None:
        restored = self._deletions.pop(key, ())
        for conversation_id in restored:
            self._library.arrangement.restore(conversation_id)
        if len(restored) == 1 and not self._session.current.all_turns:
            self._session.open(restored[0])

    def _purge(self, key: str) -> None:
        for conversation_id in self._deletions.pop(key, ()):
            self._session.forget(conversation_id)
            self._library.arrangement.purge(conversation_id)

    def _look_for(self, query: str) -> None:
        self._documents_too = False
        if query:
            self._search.find(query)
        else:
            self._search.forget()

    def _look_in_documents(self, query: str) -> None:
        self._documents_too = True
        self._search.find(query, in_documents=True)

    def _show_hits(self, query: str, hits: list[Hit]) -> None:
        """Found is only what is listed: not what is deleted, nor what never began."""
        listed = [hit for hit in hits if self._library.rows.get(hit.row.id) is not None]
        if listed:
            self._window.sidebar.show_hits(query, listed)
        else:
            self._window.sidebar.show_no_hits(query, documents_too=self._documents_too)

    def _open_hit(self, conversation_id: str, turn_id: str | None) -> None:
        self._window.show_page(CONVERSATION)
        self._wanted_turn = (conversation_id, turn_id) if turn_id is not None else None
        if self._session.current.id == conversation_id:
            self._opened(self._session.current)
        else:
            self._session.open(conversation_id)

    def _opened(self, conversation: Conversation) -> None:
        """Go to the turn that was looked for, on whatever branch it is."""
        wanted, self._wanted_turn = self._wanted_turn, None
        if wanted is None or wanted[0] != conversation.id:
            return
        self._session.show_turn(wanted[1])
        turn = next((t for t in conversation.turns if t.id == wanted[1]), None)
        if turn is not None:
            self._page.view.go_to_turn(turn)


def _today() -> date:
    return datetime.now().astimezone().date()
