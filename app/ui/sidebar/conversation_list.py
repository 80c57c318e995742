"""The list of conversations: opening, renaming and dragging its rows, by mouse and by keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QItemSelectionModel, QPersistentModelIndex, QPoint, QRect, Qt, Signal
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import (
    QAbstractItemDelegate,
    QApplication,
    QStyle,
    QWidget,
)

from app.store.records import ConversationRow
from app.ui.sidebar.conversation_delegate import BUTTON, BUTTON_INSET, ConversationDelegate
from app.ui.sidebar.conversation_model import ConversationModel, title_of
from app.ui.sidebar.entries import FolderEntry, Heading
from app.ui.sidebar.folder_drops import MIME, FolderDrops, drag_picture
from app.ui.sidebar.more_buttons import ButtonPlace, MoreButtons
from app.ui.sidebar.row_keys import RowCommand, row_command
from app.ui.sidebar.row_view import RowView
from app.ui.sidebar.second_click import SecondClick
from app.ui.sidebar.staying import scroll_back, tops_in_sight

if TYPE_CHECKING:
    from PySide6.QtCore import QModelIndex
    from PySide6.QtGui import (
        QDragEnterEvent,
        QDragLeaveEvent,
        QDragMoveEvent,
        QDropEvent,
        QFocusEvent,
        QKeyEvent,
        QMouseEvent,
    )

    from app.ui.sidebar.entries import Entry, Listing
    from app.ui.theme import Theme

_Flag = QItemSelectionModel.SelectionFlag


class ConversationList(RowView):
    """Rows, folders and headings. Selected is the open conversation, wherever the keyboard is.

    `menu_requested` carries a line's key, where the menu belongs, and the command that opened it,
    `None` for the mouse.
    """

    chosen = Signal(str)
    renamed = Signal(str, str)
    folder_renamed = Signal(str, str)
    folder_toggled = Signal(str)
    moved = Signal(str, str)
    delete_requested = Signal(str)
    menu_requested = Signal(str, QPoint, object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        self.rows = ConversationModel()
        super().__init__(theme, self.rows, parent)
        self.rows.setParent(self)
        self._open: str | None = None
        self._buttons = MoreButtons(theme, self.viewport())
        self._drops = FolderDrops(self, self.rows)
        delegate = ConversationDelegate(theme, self.rows, self, self)
        self.setItemDelegate(delegate)
        self._doubled = False
        self._written = QPersistentModelIndex()
        self._clicks = SecondClick(self)
        self._clicks.slow.connect(self.rename_at)
        self.setAcceptDrops(True)
        self.setAccessibleName("Conversations")
        delegate.renamed.connect(self._rename)
        self._buttons.pressed.connect(self._open_menu_at_button)
        self._drops.dropped.connect(self.moved)
        self._drops.changed.connect(self.viewport().update)
        self.verticalScrollBar().valueChanged.connect(self._place_buttons)
        self.clicked.connect(self._click)
        self.selectionModel().currentChanged.connect(self._place_buttons)
        focus = QApplication.instance()
        assert isinstance(focus, QApplication)
        focus.focusChanged.connect(self._place_buttons)

    @property
    def renaming(self) -> bool:
        """Whether a name is being written."""
        # Qt's own state forgets the editor whenever a row is taken out.
        return self._written.isValid()

    @property
    def renaming_key(self) -> str | None:
        """The key of the line whose name is being written."""
        return self.rows.key(self._written.row()) if self.renaming else None

    @property
    def has_focus_within(self) -> bool:
        """Whether the keyboard is on a row or on a row's button."""
        return self.hasFocus() or self._buttons.focused() is not None

    @property
    def keyboard_entry(self) -> Entry | None:
        """The line that the keyboard is on."""
        index = self.currentIndex()
        return self.rows.entry(index.row()) if index.isValid() else None

    def show_listing(
        self, listing: Listing, current: str | None, answering: frozenset[str]
    ) -> None:
        """Show the lines, with `current` as the conversation that is open.

        What is in sight stays where it is, unless the list is scrolled to its top.
        """
        moved, self._open = current != self._open, current
        before = tops_in_sight(self, self.rows)
        row = self.currentIndex().row()
        at = self.rows.key(row) if row >= 0 else None
        self.setAutoScroll(False)
        self.rows.show(listing, answering)
        self.executeDelayedItemsLayout()
        scroll_back(self, self.rows, before)
        self.setAutoScroll(True)
        opened = self.rows.index(self.rows.row_of(current))
        if not self.currentIndex().isValid():
            # So much was different that Qt was told to begin anew.
            stay = self.rows.index(self.rows.row_of(at))
            self.selectionModel().setCurrentIndex(stay, _Flag.NoUpdate)
        # The keyboard goes along with a conversation that is opened, and else stays where it is,
        # as it does while a name is written there.
        if moved and opened.isValid() and not self.renaming:
            self.selectionModel().setCurrentIndex(opened, _Flag.NoUpdate)
        self.selectionModel().select(opened, _Flag.ClearAndSelect)
        self._place_buttons()

    def rename_at(self, key: str) -> None:
        """Let the name of a conversation or folder be written."""
        index = self.rows.index(self.rows.row_of(key))
        if index.isValid():
            self.selectionModel().setCurrentIndex(index, _Flag.NoUpdate)
            self.scrollTo(index)
            self._written = QPersistentModelIndex(index)
            self.edit(index)
            self._place_buttons()

    def has_button(self, row: int) -> bool:
        """Whether a button stands at the end of the line."""
        return self._buttons.has(self.rows.key(row))

    def more_button(self, key: str) -> QWidget | None:
        """The button at the end of a line, where there is one."""
        return self._buttons.button(key)

    def drop_row(self) -> int:
        """The folder's line under the drag; -1 for none."""
        return self.rows.row_of(self._drops.target)

    def step(self, by: int) -> None:
        """Open the next conversation (1) or the one before (-1)."""
        count, row = self.rows.rowCount(), self.rows.row_of(self._open)
        if row < 0:
            row = -1 if by > 0 else count
        onward = range(row + 1, count) if by > 0 else range(row - 1, -1, -1)
        entries = (self.rows.entry(place) for place in onward)
        found = next((entry for entry in entries if isinstance(entry, ConversationRow)), None)
        if found is not None:
            self.chosen.emit(found.id)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keys of the row that the keyboard is on."""
        self._clicks.stop()
        index = self.currentIndex()
        command = row_command(event, mirrored=self.isRightToLeft())
        if index.isValid() and not self.renaming and self._obey(command, index):
            self._by_keyboard = True
            self.viewport().update()
            event.accept()
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Remember where a drag, or a slow second click, may begin."""
        self._clicks.stop()
        spot = event.position().toPoint()
        index = self.indexAt(spot)
        if event.button() == Qt.MouseButton.LeftButton and index.isValid():
            key = self.rows.key(index.row())
            self._clicks.press(key, spot, opened=key == self._open)
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Begin to drag where the pointer has gone far enough."""
        if not (self._clicks.held and event.buttons() & Qt.MouseButton.LeftButton):
            super().mouseMoveEvent(event)
            return
        start = self._clicks.drag_from(event.position().toPoint())
        if start is not None:
            self._drag(start)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A second click on the open row, not a double one, lets its name be written."""
        if self._doubled:
            self._doubled = False
            return
        super().mouseReleaseEvent(event)
        self._clicks.release()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Let a conversation's name be written; a folder was opened by the first of the clicks."""
        self._clicks.stop()
        self._doubled = True
        index = self.indexAt(event.position().toPoint())
        if event.button() == Qt.MouseButton.LeftButton and index.isValid():
            entry = self.rows.entry(index.row())
            if isinstance(entry, ConversationRow):
                self.rename_at(entry.id)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """The next click on the open row is a first one again."""
        self._clicks.forget()
        super().focusOutEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """The menu of the row under the pointer, or of the one that the keyboard is on."""
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            self._open_menu(self.currentIndex(), RowCommand.MENU)
            return
        index = self.indexAt(event.pos())
        key = self.rows.key(index.row()) if index.isValid() else ""
        self.menu_requested.emit(key, event.globalPos(), None)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take conversations; files belong to the window."""
        event.setAccepted(event.mimeData().hasFormat(MIME))

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        """Show the folder under the drag."""
        self._drops.move(event)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """Show none."""
        self._drops.leave()
        event.accept()

    def dropEvent(self, event: QDropEvent) -> None:
        """Move the conversation into the folder."""
        self._drops.drop(event)

    def closeEditor(self, editor: QWidget, hint: QAbstractItemDelegate.EndEditHint) -> None:
        """Tab ends the writing of a name; it does not begin with the next one."""
        del hint
        super().closeEditor(editor, QAbstractItemDelegate.EndEditHint.NoHint)
        self._written = QPersistentModelIndex()
        self._place_buttons()

    def updateGeometries(self) -> None:
        """The buttons move with their rows."""
        super().updateGeometries()
        if self.rows.rowCount():
            self._place_buttons()

    def pointed_changed(self) -> None:
        """The row under the pointer has a button."""
        self._place_buttons()

    def _obey(self, command: RowCommand | None, index: QModelIndex) -> bool:
        entry = self.rows.entry(index.row())
        match command:
            case RowCommand.OPEN:
                self._activate(entry)
            case RowCommand.RENAME:
                self.rename_at(self.rows.key(index.row()))
            case RowCommand.DELETE if isinstance(entry, ConversationRow):
                self.delete_requested.emit(entry.id)
            case RowCommand.DELETE | RowCommand.MENU_AT_DELETE:
                self._open_menu(index, RowCommand.MENU_AT_DELETE)
            case RowCommand.MENU:
                self._open_menu(index, RowCommand.MENU)
            case RowCommand.UNFOLD | RowCommand.FOLD:
                self._fold(entry, index, inward=command is RowCommand.UNFOLD)
            case None:
                return False
        return True

    def _activate(self, entry: Entry) -> None:
        if isinstance(entry, FolderEntry):
            self.folder_toggled.emit(entry.folder.id)
        elif isinstance(entry, ConversationRow):
            self.chosen.emit(entry.id)

    def _fold(self, entry: Entry, index: QModelIndex, *, inward: bool) -> None:
        """Right opens a folder; left closes it, from inside it goes to the folder first."""
        if isinstance(entry, FolderEntry):
            if entry.unfolded != inward:
                self.folder_toggled.emit(entry.folder.id)
        elif not inward and self.rows.indented(index.row()):
            above = range(index.row(), -1, -1)
            folder = next(r for r in above if isinstance(self.rows.entry(r), FolderEntry))
            self.selectionModel().setCurrentIndex(self.rows.index(folder), _Flag.NoUpdate)

    def _click(self, index: QModelIndex) -> None:
        self._activate(self.rows.entry(index.row()))

    def _rename(self, row: int, name: str) -> None:
        entry = self.rows.entry(row)
        if isinstance(entry, FolderEntry):
            self.folder_renamed.emit(entry.folder.id, name)
        elif isinstance(entry, ConversationRow):
            self.renamed.emit(entry.id, name)

    def _drag(self, start: QPoint) -> None:
        index = self.indexAt(start)
        entry = self.rows.entry(index.row()) if index.isValid() else None
        if isinstance(entry, ConversationRow):
            picture = drag_picture(self._theme, entry.title, self.devicePixelRatioF())
            self._drops.start(entry.id, picture)

    def _open_menu(self, index: QModelIndex, command: RowCommand) -> None:
        if index.isValid() and QApplication.activePopupWidget() is None:
            self.scrollTo(index)
            rect = self.visualRect(index)
            corner = rect.bottomRight() if self.isRightToLeft() else rect.bottomLeft()
            spot = self.viewport().mapToGlobal(corner + QPoint(0, 1))
            self.menu_requested.emit(self.rows.key(index.row()), spot, command)

    def _open_menu_at_button(self, key: str) -> None:
        button = self._buttons.button(key)
        if button is not None:
            spot = button.mapToGlobal(QPoint(0, button.height() + 1))
            self.menu_requested.emit(key, spot, None)

    def _place_buttons(self) -> None:
        """A button at the row under the pointer, the open one, and the one with the focus."""
        focused = self._buttons.focused()
        wanted = {self.pointed.row(), self.rows.row_of(self._open)}
        keyboard = self.currentIndex().row() if self.hasFocus() or focused else -1
        in_sight = self.rows_in_sight()
        places: dict[str, ButtonPlace] = {}
        for row in (wanted | {keyboard}) - {-1}:
            entry = self.rows.entry(row)
            written = self.renaming and row == self.currentIndex().row()
            if row in in_sight and not written and not isinstance(entry, Heading):
                rect = self._button_rect(row)
                tab = row == keyboard
                places[self.rows.key(row)] = ButtonPlace(rect, title_of(entry), tab)
        if focused is not None and focused not in places:
            self.setFocus(Qt.FocusReason.OtherFocusReason)
        self._buttons.place(places)
        self.viewport().update()

    def _button_rect(self, row: int) -> QRect:
        rect = self.visualRect(self.rows.index(row))
        side = self._theme.px(BUTTON)
        left = rect.right() + 1 - side - BUTTON_INSET
        box = QRect(left, rect.top() + (rect.height() - side) // 2, side, side)
        return QStyle.visualRect(self.layoutDirection(), rect, box)
