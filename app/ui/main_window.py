"""The window: sidebar, header, page and strip in their places. It lays out and decides nothing."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QEvent, QObject, QRect, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QMainWindow,
    QSplitter,
    QStackedWidget,
    QStyle,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import isValid

from app.conversation import UNTITLED
from app.ui.actions import Actions
from app.ui.focus_order import go_to, next_pane, next_stop
from app.ui.header import Header
from app.ui.logo import app_icon
from app.ui.menu_bar import MenuBar
from app.ui.parts import hairline
from app.ui.placement import on_screen
from app.ui.sidebar import MAX_WIDTH, MIN_WIDTH, WIDTH, Rail, Sidebar
from app.ui.strip import PerformanceStrip
from app.ui.undo_bar import HEIGHT as UNDO_HEIGHT
from app.ui.undo_bar import MARGIN as UNDO_MARGIN
from app.ui.undo_bar import UndoBar

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QCloseEvent, QPaintEvent, QResizeEvent

    from app.ui.theme import Theme

MINIMUM = (900, 600)
_FIRST_SIZE = (1280, 800)
# Under this width the sidebar is a rail, and the whole of it only floats above the page.
NARROW = 1000
_CENTRE_MINIMUM = 440
CONVERSATION = "conversation"


class MainWindow(QMainWindow):
    """The application's one window."""

    closing = Signal()
    state_changed = Signal()
    page_changed = Signal(str)
    first_painted = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.setWindowTitle("Tanka")
        self.setWindowIcon(app_icon())
        self.setMinimumSize(*MINIMUM)
        self.resize(*_FIRST_SIZE)
        self.registry = Actions(self)
        self.sidebar = Sidebar(theme, self.registry)
        self.rail = Rail(theme, self.registry)
        self.header = Header(theme, self.registry)
        self.strip = PerformanceStrip(theme)
        self._strip_line = hairline()
        self._body = QWidget()
        self._pages: dict[str, tuple[QWidget, tuple[QWidget, ...]]] = {}
        self.undo_bar = UndoBar(theme, self._body)
        application = QApplication.instance()
        assert application is not None
        self._application = application
        self._sidebar_width = WIDTH
        self._before_overlay: QWidget | None = None
        self._collapsed = self._floating = self._painted = False
        self._lay_out()
        self._menu_bar = MenuBar(self, self.registry)
        self.setMenuBar(self._menu_bar)
        self._connect()
        theme.changed.connect(self._arrange)
        self._arrange()

    @property
    def sidebar_collapsed(self) -> bool:
        """Whether the person has collapsed the sidebar; a narrow window does so by itself."""
        return self._collapsed

    @property
    def page(self) -> str:
        """The name of the page that is shown."""
        shown = self._stack.currentWidget()
        names = (name for name, (page, _) in self._pages.items() if page is shown)
        return next(names, CONVERSATION)

    def page_titles(self) -> list[tuple[str, str]]:
        """Name and title of every page; its accessible name is its title."""
        return [
            (name, page.accessibleName() or name.capitalize())
            for name, (page, _) in self._pages.items()
        ]

    def set_page(self, page: QWidget, panes: Sequence[QWidget]) -> None:
        """Put the conversation under the header; once. The keyboard visits `panes` of it."""
        self._column.addWidget(page, 1)
        self._pages[CONVERSATION] = (self._page, (self.header, *panes))

    def add_page(self, name: str, page: QWidget, panes: Sequence[QWidget]) -> None:
        """A page beside the conversation, with a header of its own."""
        page.setMinimumWidth(_CENTRE_MINIMUM)
        self._stack.addWidget(page)
        self._pages[name] = (page, tuple(panes))

    def show_page(self, name: str) -> None:
        """Show the page `name`; the keyboard goes to its first part."""
        page, panes = self._pages[name]
        if page is self._stack.currentWidget():
            return
        self._stack.setCurrentWidget(page)
        self.page_changed.emit(name)
        if panes and self.isActiveWindow():
            stop = next_stop(panes, None, back=False)
            if stop is not None:
                go_to(stop, Qt.FocusReason.OtherFocusReason)

    def show_title(self, title: str) -> None:
        """Name the open conversation, in the header and to the system; nothing is a new one."""
        self.header.show_title(title or UNTITLED)
        self.setWindowTitle(f"{title} – Tanka" if title else "Tanka")

    def set_sidebar_collapsed(self, collapsed: bool) -> None:
        """Show the rail instead of the sidebar, or the sidebar again."""
        self._collapsed = collapsed
        self._arrange()

    def show_strip(self, shown: bool) -> None:
        """Show or hide the row of figures at the foot."""
        self.strip.setVisible(shown)
        self._strip_line.setVisible(shown)
        self._place_overlay()

    def toggle_sidebar(self) -> None:
        """Collapse or open the sidebar; where there is no room for it, let it float."""
        if self.width() >= NARROW:
            self.set_sidebar_collapsed(not self._collapsed)
        elif self._floating:
            self._close_overlay()
        else:
            self._open_overlay()

    def search_conversations(self) -> None:
        """Show the sidebar, if it is not there, with the keyboard in its search field."""
        if not self.sidebar.isVisible():
            self.toggle_sidebar()
        self.sidebar.focus_search()

    def rename_conversation(self) -> None:
        """Let the row with the focus be renamed, or else the open conversation's title."""
        if not self.sidebar.rename_focused():
            self.header.title.edit()

    def restore(self, geometry: QByteArray) -> None:
        """Take the place the window had, moved back where no screen shows it any more."""
        if geometry.isEmpty() or not self.restoreGeometry(geometry):
            return
        screens = [screen.availableGeometry() for screen in QGuiApplication.screens()]
        moved = on_screen(self.geometry(), screens)
        if moved != self.geometry():
            self.setGeometry(moved)

    def come_forward(self, activation: str = "") -> None:
        """Be seen, and have the keyboard. `activation` is a desktop's leave to do so, if any."""
        if activation:
            os.environ["XDG_ACTIVATION_TOKEN"] = activation
        if self.isMinimized():
            self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.show()
        self.raise_()
        self.activateWindow()

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Tab and Shift+Tab, wherever the focus is."""
        stop = next_stop(self._panes(), self.focusWidget(), back=not forward)
        if stop is not None:
            tab, back = Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason
            go_to(stop, tab if forward else back)
        return stop is not None

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Rearrange what depends on the width."""
        super().resizeEvent(event)
        self._arrange()

    def changeEvent(self, event: QEvent) -> None:
        """Say that the window was made large or small, by whomever."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.WindowStateChange:
            self.state_changed.emit()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Say that the window goes, once."""
        self.closing.emit()
        super().closeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Say once that the window can be seen."""
        super().paintEvent(event)
        if not self._painted:
            self._painted = True
            self._menu_bar.watch()
            if (handle := self.windowHandle()) is not None:
                self.undo_bar.watch(handle)
            self.first_painted.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """While the sidebar floats, a click beside it and Esc close it."""
        if isinstance(event, QMouseEvent) and event.type() == QEvent.Type.MouseButtonPress:
            spot = self.sidebar.mapFromGlobal(event.globalPosition().toPoint())
            # A menu or dialog may reach beyond the sidebar that opened it.
            here = isinstance(watched, QWidget) and watched.window() is self
            if here and not self.sidebar.rect().contains(spot):
                self._close_overlay()
        elif _is_escape(event) and self._overlay_ends_by_escape():
            self._close_overlay()
            event.accept()
            return True
        return super().eventFilter(watched, event)

    def _overlay_ends_by_escape(self) -> bool:
        """What is open in the sidebar, or above it, ends first."""
        above = QApplication.activePopupWidget() or QApplication.activeModalWidget()
        return above is None and not self.sidebar.holds_escape

    def _connect(self) -> None:
        actions = self.registry
        actions["toggle_sidebar"].triggered.connect(self.toggle_sidebar)
        actions["next_pane"].triggered.connect(lambda: self._go_to_pane(back=False))
        actions["previous_pane"].triggered.connect(lambda: self._go_to_pane(back=True))
        actions["search_conversations"].triggered.connect(self.search_conversations)
        actions["rename_conversation"].triggered.connect(self.rename_conversation)
        actions["undo_delete"].triggered.connect(self.undo_bar.undo)
        self.page_changed.connect(self.sidebar.links.show_page)
        self.page_changed.connect(lambda _page: self._close_overlay())
        self.sidebar.links.show_page(CONVERSATION)
        self.undo_bar.shown_changed.connect(actions["undo_delete"].setEnabled)
        self.undo_bar.shown_changed.connect(self._place_undo_bar)
        self._splitter.splitterMoved.connect(self._place_undo_bar)
        self.sidebar.chosen.connect(self._close_overlay)
        self.sidebar.hit_chosen.connect(self._close_overlay)

    def _go_to_pane(self, *, back: bool) -> None:
        stop = next_pane(self._panes(), self.focusWidget(), back=back)
        if stop is not None:
            go_to(stop, Qt.FocusReason.ShortcutFocusReason)

    def _panes(self) -> tuple[QWidget, ...]:
        """What the keyboard visits now, in order."""
        panes = self._pages[self.page][1] if self._pages else (self.header,)
        return (self.rail, self.sidebar, self.undo_bar, *panes, self.strip)

    def _lay_out(self) -> None:
        self._page = QFrame()
        self._page.setProperty("surface", "sheet")
        self._stack = QStackedWidget()
        self._stack.setMinimumWidth(_CENTRE_MINIMUM)
        self._stack.addWidget(self._page)
        self._column = QVBoxLayout(self._page)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addWidget(self.header)
        self._splitter = QSplitter(Qt.Orientation.Horizontal)
        self._splitter.setHandleWidth(1)
        self._splitter.setChildrenCollapsible(False)
        self.sidebar.setMinimumWidth(MIN_WIDTH)
        self.sidebar.setMaximumWidth(MAX_WIDTH)
        self._splitter.addWidget(self.sidebar)
        self._splitter.addWidget(self._stack)
        self._splitter.setStretchFactor(1, 1)
        self._splitter.setSizes([WIDTH, _FIRST_SIZE[0] - WIDTH])
        self.setCentralWidget(self._body)
        self._fill_body()

    def _fill_body(self) -> None:
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.rail)
        row.addWidget(self._splitter, 1)
        column = QVBoxLayout(self._body)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(row, 1)
        column.addWidget(self._strip_line)
        column.addWidget(self.strip)

    def _arrange(self) -> None:
        narrow = self.width() < NARROW
        if not narrow and self._floating:
            self._close_overlay()
        as_rail = narrow or self._collapsed
        self.rail.setVisible(as_rail)
        if not self._floating:
            self._show_sidebar(shown=not as_rail)
        self.header.show_toggle(as_rail)
        self.header.fit(self.width())
        self._place_overlay()
        self._place_undo_bar()

    def _show_sidebar(self, *, shown: bool) -> None:
        """Show or hide it in its place; a splitter forgets the width of what is hidden."""
        if shown == (not self.sidebar.isHidden()):
            return
        if not shown and self.sidebar.isVisible():
            self._sidebar_width = self.sidebar.width()
            self._take_focus_away()
        self.sidebar.setVisible(shown)
        if shown:
            rest = self._splitter.width() - self._sidebar_width
            self._splitter.setSizes([self._sidebar_width, rest])

    def _open_overlay(self) -> None:
        self._before_overlay = QApplication.focusWidget()
        self._float(True)
        self.sidebar.setParent(self._body)
        self._place_overlay()
        self.sidebar.show()
        self.sidebar.raise_()
        self._place_undo_bar()
        self._application.installEventFilter(self)

    def _close_overlay(self) -> None:
        if not self._floating:
            return
        self._float(False)
        self._application.removeEventFilter(self)
        self._take_focus_away()
        self.sidebar.hide()
        self._splitter.insertWidget(0, self.sidebar)
        self.sidebar.hide()
        self._arrange()

    def _float(self, floating: bool) -> None:
        """What floats has an edge, as there is no hairline beside it."""
        self._floating = floating
        side = "left" if self._theme.mirrored else "right"
        self.sidebar.setProperty("floating", side if floating else "")
        self.sidebar.style().polish(self.sidebar)

    def _place_overlay(self) -> None:
        if self._floating:
            width = self._theme.px(WIDTH)
            left = self._body.width() - width if self.isRightToLeft() else 0
            self.sidebar.setGeometry(left, 0, width, self._above_strip())

    def _above_strip(self) -> int:
        foot = 0 if self.strip.isHidden() else self.strip.height() + 1
        return self._body.height() - foot

    def _place_undo_bar(self) -> None:
        """At the foot of the sidebar; beside the rail under the header, clear of the composer."""
        shown = not self.undo_bar.isHidden()
        beside = not self.sidebar.isHidden()
        self.sidebar.set_room_below(UNDO_HEIGHT + 2 * UNDO_MARGIN if shown and beside else 0)
        if not shown:
            return
        if beside:
            area = QRect(0, 0, self.sidebar.width(), self._above_strip())
        else:
            top, left = self.header.height(), self.rail.width()
            area = QRect(left, top, self._body.width() - left, self._above_strip() - top)
        area = QStyle.visualRect(self.layoutDirection(), self._body.rect(), area)
        self.undo_bar.place(area, at_top=not beside)

    def _take_focus_away(self) -> None:
        """Put a focus that is in the sidebar back to where it was: what is hidden keeps none."""
        focus = QApplication.focusWidget()
        if focus is None or not self.sidebar.isAncestorOf(focus):
            return
        before, self._before_overlay = self._before_overlay, None
        if before is None or not isValid(before) or not before.isVisible():
            _, panes = self._pages.get(self.page, (None, ()))
            before = next_stop(panes, None, back=False)
        if before is not None:
            before.setFocus(Qt.FocusReason.OtherFocusReason)


def _is_escape(event: QEvent) -> bool:
    return (
        isinstance(event, QKeyEvent)
        and event.type() == QEvent.Type.ShortcutOverride
        and event.key() == Qt.Key.Key_Escape
    )
