"""Search while one types, beside everything else: on a thread and a connection of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.background import Background
from app.store import Search
from app.store.database import Database

if TYPE_CHECKING:
    from app.store import Hit, Store


class LibrarySearch(QObject):
    """`found` carries the query and its hits; a query that was overtaken is not answered."""

    found = Signal(str, list)
    failed = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._background = Background(self, threads=1)
        self._search: Search | None = None
        self._database: Database | None = None
        self._store: Store | None = None
        self._job: str | None = None

    def use(self, store: Store) -> None:
        """Search in this store from now on."""
        self._store = store

    def find(self, query: str, *, in_documents: bool = False) -> None:
        """Look for `query`, newest conversations first."""
        self.forget()
        store = self._store
        if store is None:
            self.found.emit(query, [])
            return

        def work() -> list[Hit]:
            search = self._opened(store)
            return search.find_in_documents(query) if in_documents else search.find(query)

        self._job = self._background.run(
            work, lambda hits: self.found.emit(query, hits), self.failed.emit
        )

    def forget(self) -> None:
        """Drop the query that is on its way."""
        if self._job is not None:
            self._background.drop(self._job)
            self._job = None

    def close(self) -> None:
        """Let the query that runs end, and let go of the file."""
        if self._background.close() and self._database is not None:
            self._database.close()
            self._database = None

    def _opened(self, store: Store) -> Search:
        """On the search's thread: opened with the first query, as the start needs none."""
        if self._search is None:
            self._database = Database(store.database.path)
            self._search = Search(self._database, store.attachments)
        return self._search
