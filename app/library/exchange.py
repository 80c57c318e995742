"""Conversations out as files and in again, beside the window."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Literal

from app.store.errors import NotImportable
from app.store.exchange import (
    Bundle,
    import_bundle,
    read_bundle,
    write_html,
    write_json,
    write_markdown,
)
from engine.atomic import write_atomic

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from app.library.library import Library
    from app.library.store_thread import StoreThread
    from app.store import Store

Format = Literal["markdown", "json", "html"]
SUFFIXES: dict[Format, str] = {"markdown": ".md", "json": ".json", "html": ".html"}


class Exchange:
    """Exports and imports. Results and failures come back in the GUI thread."""

    def __init__(self, thread: StoreThread, library: Library) -> None:
        self._thread = thread
        self._library = library

    def export(
        self,
        conversation_id: str,
        kind: Format,
        path: Path,
        on_done: Callable[[Path], None],
        on_failure: Callable[[Exception], None],
    ) -> None:
        """Write one conversation to `path`; a file that is there is replaced whole or not at all.

        Fails with `engine.atomic.FileNotWritten` or an error of the store.
        """

        def work(store: Store) -> Path:
            write_atomic(path, _export(store, conversation_id, kind))
            return path

        self._thread.read(work, on_done, on_failure)

    def back_up(
        self, path: Path, on_done: Callable[[Path], None], on_failure: Callable[[Exception], None]
    ) -> None:
        """Write everything to `path`: what is exported so can be imported again."""

        def work(store: Store) -> Path:
            rows, folders = store.conversations.rows(), store.folders.rows()
            read = tuple(store.conversations.read(row.id) for row in rows)
            write_atomic(path, write_json(Bundle(read, tuple(folders))))
            return path

        self._thread.read(work, on_done, on_failure)

    def import_file(
        self, path: Path, on_done: Callable[[int], None], on_failure: Callable[[Exception], None]
    ) -> None:
        """Take in the conversations of a file; `on_done` is told how many there were."""

        def work(store: Store) -> int:
            return len(import_bundle(store, read_bundle(_content(path), time.time())))

        def done(count: int) -> None:
            self._library.reload()
            on_done(count)

        self._thread.read(work, done, on_failure)


def _export(store: Store, conversation_id: str, kind: Format) -> bytes:
    conversation = store.conversations.read(conversation_id)
    if kind == "json":
        folders = [f for f in store.folders.rows() if f.id == conversation.folder_id]
        return write_json(Bundle((conversation,), tuple(folders)))
    text = write_markdown(conversation) if kind == "markdown" else write_html(conversation)
    return text.encode()


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as fault:
        raise NotImportable(f"{path.name} cannot be opened.", repr(fault)) from fault
