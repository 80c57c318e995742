"""Opens the menus of rows and folders, asks what must be asked first, and says what was chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, Signal

from app.store.records import ConversationRow
from app.ui.sidebar.entries import FolderEntry, folder_key
from app.ui.sidebar.folder_dialogs import FolderDeletionDialog, FolderNameDialog
from app.ui.sidebar.menus import ConversationMenu, FolderMenu
from app.ui.sidebar.row_keys import RowCommand

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtWidgets import QWidget

    from app.store.records import Folder
    from app.ui.sidebar.entries import Entry
    from app.ui.theme import Theme


class RowMenus(QObject):
    """The signals are those of the sidebar; `rename_wanted` carries the key of a line."""

    rename_wanted = Signal(str)
    pinned = Signal(str, bool)
    moved = Signal(str, object)
    delete_requested = Signal(str)
    export_requested = Signal(str, str)
    folder_created = Signal(str, object)
    folder_deleted = Signal(str, bool)

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme, self._parent = theme, parent

    def open(
        self,
        entry: Entry | None,
        folders: Sequence[Folder],
        spot: QPoint,
        command: RowCommand | None,
    ) -> None:
        """Open the menu of a line at a spot of the screen, and go to the choice of `command`."""
        if isinstance(entry, ConversationRow):
            menu: ConversationMenu | FolderMenu = self._conversation_menu(entry, folders)
        else:
            menu = self._folder_menu(entry if isinstance(entry, FolderEntry) else None)
        menu.popup(spot)
        if command is RowCommand.MENU_AT_DELETE:
            menu.go_to_delete()
        elif command is RowCommand.MENU:
            menu.setActiveAction(menu.actions()[0])

    def ask_for_folder(self, conversation_id: str | None = None) -> None:
        """Ask for the name of a new folder, and put a conversation into it if there is one."""
        dialog = FolderNameDialog(self._theme, self._parent)
        dialog.named.connect(lambda name: self.folder_created.emit(name, conversation_id))
        dialog.open()

    def _conversation_menu(
        self, row: ConversationRow, folders: Sequence[Folder]
    ) -> ConversationMenu:
        menu = ConversationMenu(row, folders, self._parent)
        menu.rename_wanted.connect(lambda: self.rename_wanted.emit(row.id))
        menu.pinned.connect(lambda pinned: self.pinned.emit(row.id, pinned))
        menu.moved.connect(lambda folder: self.moved.emit(row.id, folder))
        menu.new_folder_wanted.connect(lambda: self.ask_for_folder(row.id))
        menu.export_wanted.connect(lambda kind: self.export_requested.emit(row.id, kind))
        menu.delete_wanted.connect(lambda: self.delete_requested.emit(row.id))
        return menu

    def _folder_menu(self, entry: FolderEntry | None) -> FolderMenu:
        menu = FolderMenu(entry.folder if entry is not None else None, self._parent)
        menu.new_wanted.connect(self.ask_for_folder)
        if entry is not None:
            key = folder_key(entry.folder.id)
            menu.rename_wanted.connect(lambda: self.rename_wanted.emit(key))
            menu.delete_wanted.connect(lambda: self._ask_about_folder(entry))
        return menu

    def _ask_about_folder(self, entry: FolderEntry) -> None:
        """What becomes of the conversations; an empty folder needs no question."""
        folder = entry.folder
        if not entry.count:
            self.folder_deleted.emit(folder.id, False)
            return
        dialog = FolderDeletionDialog(self._theme, folder.name, entry.count, self._parent)
        dialog.decided.connect(lambda all_of_it: self.folder_deleted.emit(folder.id, all_of_it))
        dialog.open()
