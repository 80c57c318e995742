"""Opens the page about Tanka, and fills it with what is installed.

The page, and what looks for components, are imported when it is opened first: the first paint does
not wait for them.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QGuiApplication

from app.about import app_version
from app.ui.main_window import CONVERSATION

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.background import Background
    from app.ui.about_page import AboutPage
    from app.ui.main_window import MainWindow
    from app.ui.theme import Theme

log = logging.getLogger(__name__)

_COPIED_MS = 2000


class AboutControl(QObject):
    """Looks for components once, when the page is opened first. `told` makes the diagnostics."""

    def __init__(
        self, theme: Theme, window: MainWindow, background: Background, told: Callable[[], str]
    ) -> None:
        super().__init__(window)
        self._theme = theme
        self._window, self._background, self._told = window, background, told
        self._page: AboutPage | None = None
        self._copied = QTimer(self, interval=_COPIED_MS, singleShot=True)
        self._copied.timeout.connect(lambda: self.page.show_copied(copied=False))
        window.registry["about"].triggered.connect(self.open)

    @property
    def page(self) -> AboutPage:
        """The page; made when it is first needed."""
        if self._page is None:
            self._page = self._make_page()
        return self._page

    def open(self) -> None:
        """Show the page."""
        if self._page is None:
            self._page = self._make_page()
        self._window.show_page("about")

    def _make_page(self) -> AboutPage:
        from app.components import components, own_licence
        from app.ui.about_page import AboutPage

        page = AboutPage(self._theme, _version(), own_licence)
        self._window.add_page("about", page, page.panes)
        page.left.connect(lambda: self._window.show_page(CONVERSATION))
        page.copy_requested.connect(self._copy)
        self._background.run(components, page.show_components, _log_failure)
        return page

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._told())
        self.page.show_copied(copied=True)
        self._copied.start()


def _version() -> str:
    version = app_version()
    return f"Version {version}" if version[:1].isdigit() else f"Run {version}"


def _log_failure(fault: Exception) -> None:
    log.warning("what is installed cannot be listed: %s", fault)
