"""The menus of a conversation's row and of a folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from app.ui.sidebar.row_keys import DELETE_KEYS, RENAME_KEYS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.store.records import ConversationRow, Folder

EXPORTS = (("markdown", "&Markdown…"), ("json", "&JSON…"), ("html", "&HTML…"))


class ConversationMenu(QMenu):
    """Everything that can be done with a conversation."""

    rename_wanted = Signal()
    pinned = Signal(bool)
    moved = Signal(object)
    new_folder_wanted = Signal()
    export_wanted = Signal(str)
    delete_wanted = Signal()

    def __init__(self, row: ConversationRow, folders: Sequence[Folder], parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setAccessibleName(f"More for ‘{row.title}’")
        rename = self.addAction(_with_keys("&Rename", RENAME_KEYS))
        rename.triggered.connect(self.rename_wanted)
        pin = self.addAction("Un&pin" if row.pinned else "&Pin")
        pin.triggered.connect(lambda: self.pinned.emit(not row.pinned))
        self.addMenu(self._folder_menu(row, folders))
        self.addMenu(self._export_menu())
        self.addSeparator()
        self._delete = self.addAction(_with_keys("&Delete", DELETE_KEYS))
        self._delete.triggered.connect(self.delete_wanted)

    def go_to_delete(self) -> None:
        """Put the choice on "Delete", for Enter to confirm."""
        self.setActiveAction(self._delete)

    def _folder_menu(self, row: ConversationRow, folders: Sequence[Folder]) -> QMenu:
        menu = QMenu("&Move to folder", self)
        for folder in folders:
            action = menu.addAction(_plain(folder.name))
            self._offer(action, folder.id, row.folder_id)
        if folders:
            menu.addSeparator()
        new = menu.addAction("New &folder…")
        new.triggered.connect(self.new_folder_wanted)
        self._offer(menu.addAction("&No folder"), None, row.folder_id)
        return menu

    def _offer(self, action: QAction, folder_id: str | None, now: str | None) -> None:
        action.setCheckable(True)
        action.setChecked(folder_id == now)
        action.triggered.connect(lambda: self.moved.emit(folder_id) if folder_id != now else None)

    def _export_menu(self) -> QMenu:
        menu = QMenu("&Export", self)
        for kind, text in EXPORTS:
            action = menu.addAction(text)
            action.triggered.connect(lambda _on=False, k=kind: self.export_wanted.emit(k))
        return menu


class FolderMenu(QMenu):
    """What can be done with a folder; without one, only to make another."""

    new_wanted = Signal()
    rename_wanted = Signal()
    delete_wanted = Signal()

    def __init__(self, folder: Folder | None, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._delete: QAction | None = None
        if folder is not None:
            self.setAccessibleName(f"More for ‘{folder.name}’")
            rename = self.addAction(_with_keys("&Rename", RENAME_KEYS))
            rename.triggered.connect(self.rename_wanted)
        new = self.addAction("New &folder…")
        new.triggered.connect(self.new_wanted)
        if folder is not None:
            self.addSeparator()
            self._delete = self.addAction("&Delete…")
            self._delete.triggered.connect(self.delete_wanted)

    def go_to_delete(self) -> None:
        """Put the choice on "Delete", for Enter to confirm."""
        if self._delete is not None:
            self.setActiveAction(self._delete)


def _plain(name: str) -> str:
    """A name that someone wrote: an ampersand in it is no access key, a tab no shortcut."""
    return name.replace("&", "&&").replace("\t", " ")


def _with_keys(text: str, keys: QKeySequence) -> str:
    """The text and the keys of the list beside it; the menu itself does not take them."""
    return f"{text}\t{keys.toString(QKeySequence.SequenceFormat.NativeText)}"
