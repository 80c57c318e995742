"""The offline switch and the ledger, between the window and `engine.network`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QFileDialog

from app.ui.ledger_model import as_csv
from app.ui.ledger_page import LedgerDialog
from engine import EngineError, network
from engine.atomic import write_atomic

if TYPE_CHECKING:
    from app.settings_store import SettingsStore
    from app.ui.header import MachinePopover
    from app.ui.main_window import MainWindow
    from app.ui.theme import Theme

_UNREADABLE = "The list of connections cannot be read. {reason}"
_NOT_CLEARED = "The list of connections cannot be cleared. {reason}"


class NetworkControl(QObject):
    """Whoever holds connections in other processes ends them when `changed` says offline.

    `connections` is how many were known when the popover was opened last.
    """

    changed = Signal(bool)

    def __init__(self, store: SettingsStore, theme: Theme, window: MainWindow) -> None:
        super().__init__(window)
        self._store, self._theme, self._window = store, theme, window
        if store.engine.offline:
            network.go_offline()
        self.connections = 0
        self._popover.opening.connect(self._count)
        self._popover.offline_wanted.connect(self.set_offline)
        self._popover.connections_wanted.connect(self.open_ledger)
        self._show()

    @property
    def _popover(self) -> MachinePopover:
        return self._window.header.popover

    def set_offline(self, offline: bool) -> None:
        """Turn the switch, now and for later starts; one that is held stays where it is."""
        if network.is_held_offline():
            self._show()
            return
        if offline:
            network.go_offline()
        else:
            network.go_online()
        self._store.change_offline(offline)
        self._show()
        self.changed.emit(network.is_offline())

    def open_ledger(self) -> LedgerDialog:
        """Show every connection that is known."""
        self._popover.hide()
        dialog = LedgerDialog(self._theme, self._window)
        dialog.page.export_requested.connect(lambda: self._choose_file(dialog))
        dialog.page.clear_requested.connect(lambda: self._clear(dialog))
        self._fill(dialog)
        dialog.open()
        return dialog

    def export(self, dialog: LedgerDialog, path: Path) -> None:
        """Write what `dialog` shows as a table for spreadsheets."""
        try:
            write_atomic(path, as_csv(dialog.page.model.entries))
        except EngineError as fault:
            dialog.page.show_problem(fault.sentence)
        else:
            dialog.page.show_problem("")

    def _count(self) -> None:
        """A list that cannot be read counts as none here; its page says that it cannot."""
        try:
            self.connections = len(network.ledger())
        except OSError:
            self.connections = 0

    def _show(self) -> None:
        self._popover.show_offline(network.is_offline(), held=network.is_held_offline())

    def _fill(self, dialog: LedgerDialog) -> None:
        try:
            dialog.page.show_entries(network.ledger())
        except OSError as fault:
            dialog.page.show_problem(_UNREADABLE.format(reason=fault.strerror))

    def _clear(self, dialog: LedgerDialog) -> None:
        try:
            network.clear_ledger()
        except OSError as fault:
            dialog.page.show_problem(_NOT_CLEARED.format(reason=fault.strerror))
        self._fill(dialog)

    def _choose_file(self, dialog: LedgerDialog) -> None:
        chooser = QFileDialog(dialog, "Export connections", "", "CSV (*.csv)")
        chooser.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        chooser.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        chooser.setDefaultSuffix("csv")
        chooser.selectFile("connections.csv")
        chooser.fileSelected.connect(lambda name: self.export(dialog, Path(name)))
        chooser.open()
