"""Conversations out as files and in again: asks for the file, and tells what came of it."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog

from app.library.exchange import SUFFIXES, Format
from app.ui.main_window import CONVERSATION
from app.ui.notice_bar import Notice
from engine import EngineError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from app.chat_session import ChatSession
    from app.library import Exchange, Library
    from app.ui.main_window import MainWindow
    from app.ui.notice_bar import NoticeBar

_EXPORTS = ("export_conversation", "export_json", "export_html")
_FILTERS: Mapping[Format, str] = {
    "markdown": "Markdown (*.md)",
    "json": "JSON (*.json)",
    "html": "HTML (*.html)",
}
_NOTHING_ASKED = "Nothing has been asked here yet"
_DELETE = Qt.WidgetAttribute.WA_DeleteOnClose
# What some system does not take in a file's name.
_UNFIT = re.compile(r'[\x00-\x1f<>:"/\\|?*]+')
_LONGEST_NAME = 80


class ExchangeControl(QObject):
    """Exports, backs up and imports. Dialogs do not block; results stand in the notice bar."""

    def __init__(
        self,
        exchange: Exchange,
        session: ChatSession,
        library: Library,
        bar: NoticeBar,
        window: MainWindow,
    ) -> None:
        super().__init__(window)
        self._exchange, self._session, self._library = exchange, session, library
        self._bar, self._window = bar, window
        self._actions = actions = window.registry
        window.sidebar.export_requested.connect(self.export_conversation)
        actions["back_up"].triggered.connect(self.back_up)
        actions["import_conversations"].triggered.connect(self.import_conversations)
        library.listed.connect(self._show_open)
        session.state_changed.connect(self._show_begun)

    def export_conversation(self, conversation_id: str, kind: Format) -> None:
        """Ask where to, then write this conversation there."""
        row = self._library.rows.get(conversation_id)
        name = file_name(row.title if row is not None else "", SUFFIXES[kind])
        dialog = self._saving("Export conversation", name, _FILTERS[kind])

        def chosen(path: str) -> None:
            self._exchange.export(
                conversation_id, kind, Path(path), self._exported, self._failed("exported")
            )

        dialog.fileSelected.connect(chosen)
        dialog.open()

    def back_up(self) -> None:
        """Ask where to, then write all conversations and folders into one file."""
        name = f"Tanka {datetime.now().astimezone():%Y-%m-%d}.json"
        dialog = self._saving("Back up everything", name, _FILTERS["json"])
        dialog.fileSelected.connect(
            lambda path: self._exchange.back_up(
                Path(path), self._backed_up, self._failed("backed up")
            )
        )
        dialog.open()

    def import_conversations(self) -> None:
        """Ask for a file, and take in the conversations that are in it."""
        dialog = QFileDialog(self._window, "Import conversations")
        dialog.setAttribute(_DELETE)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilters(
            ["Conversations from Tanka, ChatGPT or Open WebUI (*.json)", "All files (*)"]
        )
        dialog.fileSelected.connect(
            lambda path: self._exchange.import_file(
                Path(path), self._imported, self._failed("imported")
            )
        )
        dialog.open()

    def _saving(self, title: str, name: str, kinds: str) -> QFileDialog:
        dialog = QFileDialog(self._window, title)
        dialog.setAttribute(_DELETE)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilter(kinds)
        dialog.setDefaultSuffix(Path(name).suffix.removeprefix("."))
        dialog.selectFile(name)
        return dialog

    def _exported(self, path: Path) -> None:
        self._tell(f"The conversation was exported to {path.name}.", _showing(path))

    def _backed_up(self, path: Path) -> None:
        self._tell(
            f"All conversations were backed up to {path.name}. "
            "File, Import conversations brings them back from there.",
            _showing(path),
        )

    def _imported(self, count: int) -> None:
        match count:
            case 0:
                self._tell("No new conversation was in that file.")
            case 1:
                self._tell("One conversation was imported.")
            case _:
                self._tell(f"{count:,} conversations were imported.")

    def _failed(self, what: str) -> Callable[[Exception], None]:
        def tell(fault: Exception) -> None:
            if isinstance(fault, EngineError):
                self._show(Notice(fault.sentence, fault.details))
            else:
                self._show(Notice(f"The conversations could not be {what}.", repr(fault)))

        return tell

    def _tell(self, sentence: str, *ways: tuple[str, Callable[[], None]]) -> None:
        self._show(Notice(sentence, ways=ways, quiet=True))

    def _show(self, notice: Notice) -> None:
        self._window.show_page(CONVERSATION)
        self._bar.show_notice(notice)

    def _show_open(self) -> None:
        for name in ("back_up", "import_conversations"):
            self._actions.set_reason(name, "")

    def _show_begun(self) -> None:
        """What can be exported is a conversation in which something has been asked."""
        for name in _EXPORTS:
            self._actions.set_reason(
                name, "" if self._session.current.all_turns else _NOTHING_ASKED
            )


def file_name(title: str, suffix: str) -> str:
    """A name for a file from a conversation's title, such as every system takes it."""
    name = _UNFIT.sub(" ", title)
    name = " ".join(name.split()).strip(". ")[:_LONGEST_NAME].strip(". ")
    return f"{name or 'Conversation'}{suffix}"


def _showing(path: Path) -> tuple[str, Callable[[], None]]:
    def show() -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(path.parent)))

    return ("Show the file", show)
