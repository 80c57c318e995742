"""The palette itself: a field and the rows that fit what is written there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QListView,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import isValid

from app.ui.icon_label import IconLabel
from app.ui.palette.entries import Offer
from app.ui.palette.row_delegate import ROW_HEIGHT, RowDelegate
from app.ui.palette.row_model import RowModel, spoken
from app.ui.parts import hairline
from app.ui.wrapped_text import WrappedText

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from app.ui.palette.entries import Entry
    from app.ui.theme import Theme

SHOWN_ROWS = 9
_NARROWEST, _WIDEST = 480, 640
# Its top edge, as a share of the window's height.
_TOP = 0.12
_FIELD_HEIGHT = 44
_PADDING = 6
# So far it stays from the sides of a narrow window.
_BESIDE = 16
_HINT = "Search commands and conversations (> # @)"
_STEPS = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}
_PAGES = {Qt.Key.Key_PageDown: SHOWN_ROWS - 1, Qt.Key.Key_PageUp: 1 - SHOWN_ROWS}


class CommandPalette(QFrame):
    """Floats above the window. `chosen` tells the key of what was chosen, before it is done."""

    chosen = Signal(str)

    def __init__(self, theme: Theme, window: QWidget) -> None:
        super().__init__(window)
        self._theme, self._window = theme, window
        self._before: QWidget | None = None
        self._offer = Offer((), ())
        self.setObjectName("palette")
        self.setAccessibleName("Command palette")
        self.field = QLineEdit()
        self.field.setObjectName("paletteField")
        self.field.setFont(theme.font("reading"))
        self.field.setPlaceholderText(_HINT)
        self.field.setAccessibleName("Command palette")
        self.field.setAccessibleDescription(
            "Write > for commands only, # for conversations, @ for open documents."
        )
        self.model = RowModel()
        self.list = QListView()
        self._nothing = WrappedText(theme, "", "body", "ink3")
        self._set_up_list(theme)
        self._lay_out(theme)
        self.field.textChanged.connect(self._find)
        self.field.installEventFilter(self)
        self.hide()

    @property
    def nothing(self) -> str:
        """What is said in place of rows; empty where there are some."""
        return "" if self._nothing.isHidden() else self._nothing.text()

    def open(self, entries: Iterable[Entry], recent: Sequence[str], typed: str = "") -> None:
        """Show what is offered now; `recent` are keys, the last chosen first."""
        self._offer = Offer(entries, recent)
        if self.isHidden():
            self._before = QApplication.focusWidget()
            self._window.installEventFilter(self)
            application = QApplication.instance()
            assert application is not None
            application.installEventFilter(self)
        self.field.setText(typed)
        self._find(typed)
        self.show()
        self.raise_()
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.field.end(False)  # the focus would select what is typed already

    def close_palette(self) -> None:
        """Put it away; the keyboard is where it was."""
        if self.isHidden():
            return
        had_focus = self.field.hasFocus()
        self._put_away()
        before, self._before = self._before, None
        if had_focus and before is not None and isValid(before) and before.isVisible():
            before.setFocus(Qt.FocusReason.OtherFocusReason)

    def choose(self, place: int) -> None:
        """Do what the row at `place` stands for; one that cannot be done stays where it is."""
        entry = self.model.rows[place].entry
        if entry.reason:
            self._announce(entry)
            return
        self.close_palette()
        self.chosen.emit(entry.key)
        entry.act()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keys of the field, clicks beside the palette, and the size of the window."""
        kind = event.type()
        if watched is self.field:
            return self._hear_field(event)
        if watched is self._window and kind == QEvent.Type.Resize:
            self._place()
        elif kind == QEvent.Type.MouseButtonPress and isinstance(event, QMouseEvent):
            spot = self.mapFromGlobal(event.globalPosition().toPoint())
            if isinstance(watched, QWidget) and not self.rect().contains(spot):
                self.close_palette()
        return False

    def _hear_field(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            # Esc would stop the answer otherwise.
            if event.key() == Qt.Key.Key_Escape:
                event.accept()
        elif event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self._hear_key(event)
        elif event.type() == QEvent.Type.FocusOut and self._goes_elsewhere():
            self._put_away()
        return False

    def _hear_key(self, event: QKeyEvent) -> bool:
        key = event.key()
        step = _STEPS.get(Qt.Key(key)) or _PAGES.get(Qt.Key(key))
        if step is not None:
            self._move(step, around=abs(step) == 1)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if self.list.currentIndex().isValid():
                self.choose(self.list.currentIndex().row())
        elif key == Qt.Key.Key_Escape:
            self.close_palette()
        else:
            # Tab would leave, and there is nothing else here that it could go to.
            return key in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab)
        return True

    def _goes_elsewhere(self) -> bool:
        """Whether the keyboard is now on something else in this window."""
        now = QApplication.focusWidget()
        return not self.isHidden() and now is not None and now is not self.field

    def _move(self, step: int, *, around: bool) -> None:
        count = self.model.rowCount()
        if not count:
            return
        place = self.list.currentIndex().row() + step
        self._go_to(place % count if around else max(0, min(count - 1, place)))

    def _go_to(self, place: int) -> None:
        index = self.model.index(place, 0)
        self.list.setCurrentIndex(index)
        self.list.scrollTo(index)
        self._announce(self.model.rows[place].entry)

    def _find(self, typed: str) -> None:
        found = self._offer.find(typed)
        self.model.set_rows(found.rows)
        self._nothing.setText(found.nothing)
        self._nothing.setVisible(not found.rows)
        self.list.setVisible(bool(found.rows))
        self._place()
        if found.rows:
            self._go_to(0)
        else:
            self._say(found.nothing)

    def _announce(self, entry: Entry) -> None:
        self._say(spoken(entry))

    def _say(self, words: str) -> None:
        if self.isVisible():
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self.field, words))

    def _place(self) -> None:
        """In the top third of the window, as high as its rows."""
        window = self._window.rect()
        px, top = self._theme.px, round(window.height() * _TOP)
        narrowest, widest = px(_NARROWEST), px(_WIDEST)
        width = max(narrowest, min(widest, window.width() // 2))
        width = min(width, window.width() - 2 * _BESIDE)
        # Large rows are fewer, so that the last is not outside the window.
        room = (window.height() - top - px(_FIELD_HEIGHT)) // px(ROW_HEIGHT) - 1
        rows = min(SHOWN_ROWS, max(1, room), self.model.rowCount())
        self.list.setFixedHeight(rows * px(ROW_HEIGHT))
        self._nothing.setFixedWidth(width - 2 * _PADDING - 2)
        self.setFixedWidth(width)
        self._column.activate()
        wraps = self._column.hasHeightForWidth()  # only the words in place of rows do
        height = self._column.sizeHint().height()
        height = self._column.totalHeightForWidth(width) if wraps else height
        self.setGeometry((window.width() - width) // 2, top, width, height)

    def _follow_theme(self) -> None:
        self.list.scheduleDelayedItemsLayout()
        self.list.viewport().update()
        if self.isVisible():
            self._place()

    def _put_away(self) -> None:
        self.hide()
        self._window.removeEventFilter(self)
        application = QApplication.instance()
        assert application is not None
        application.removeEventFilter(self)

    def _set_up_list(self, theme: Theme) -> None:
        self.list.setModel(self.model)
        self.list.setItemDelegate(RowDelegate(theme, self.list))
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setMouseTracking(True)
        self.list.setUniformItemSizes(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setAccessibleName("What fits")
        self.list.clicked.connect(lambda index: self.choose(index.row()))
        self.list.entered.connect(self.list.setCurrentIndex)
        theme.changed.connect(self._follow_theme)

    def _lay_out(self, theme: Theme) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(14, 0, 8, 0)
        head.setSpacing(10)
        head.addWidget(IconLabel(theme, "search", "ink3"))
        theme.fix(self.field, height=_FIELD_HEIGHT)
        head.addWidget(self.field, 1)
        body = QVBoxLayout()
        body.setContentsMargins(_PADDING, _PADDING, _PADDING, _PADDING)
        body.setSpacing(0)
        body.addWidget(self.list)
        self._nothing.setContentsMargins(10, 6, 10, 6)
        body.addWidget(self._nothing)
        self._column = column = QVBoxLayout(self)
        column.setContentsMargins(1, 1, 1, 1)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(hairline())
        column.addLayout(body)
