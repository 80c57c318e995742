"""Connects the sidebar with the library and the session. No widget is made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from app.ui.conversation_list import Row

if TYPE_CHECKING:
    from app.chat_session import ChatSession
    from app.library import Library
    from app.ui.main_window import MainWindow


class SidebarControl(QObject):
    """Shows what is kept, and passes on what a person does with it."""

    def __init__(self, window: MainWindow, session: ChatSession, library: Library) -> None:
        super().__init__(window)
        self._window, self._session, self._library = window, session, library
        library.rows.changed.connect(self._show_rows)
        session.state_changed.connect(self._show_rows)
        window.sidebar.chosen.connect(session.open)
        self._show_rows()

    def _show_rows(self) -> None:
        running = self._session.running
        rows = [Row(row.id, row.title, row.id in running) for row in self._library.rows.all]
        self._window.sidebar.show_rows(rows, self._session.current.id)
