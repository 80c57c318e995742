"""What of the window is shown: the strip, and the window itself over the whole screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt

if TYPE_CHECKING:
    from app.settings_store import SettingsStore
    from app.ui.main_window import MainWindow


class ViewControl(QObject):
    """Keeps what is chosen, and the menu's marks in step with the window."""

    def __init__(self, window: MainWindow, store: SettingsStore) -> None:
        super().__init__(window)
        self._window, self._store = window, store
        actions = window.registry
        self._strip, self._full = actions["toggle_strip"], actions["full_screen"]
        self._strip.setChecked(store.window.strip_shown)
        window.show_strip(store.window.strip_shown)
        self._strip.toggled.connect(self._show_strip)
        self._full.triggered.connect(self._fill_screen)
        window.state_changed.connect(self._show_state)

    def _show_strip(self, shown: bool) -> None:
        self._window.show_strip(shown)
        self._store.change(strip_shown=shown)

    def _fill_screen(self, full: bool) -> None:
        """Full, or as the window was before that."""
        state = self._window.windowState()
        whole = Qt.WindowState.WindowFullScreen
        self._window.setWindowState(state | whole if full else state & ~whole)

    def _show_state(self) -> None:
        """The desktop changes a window's state too."""
        self._full.setChecked(self._window.isFullScreen())
