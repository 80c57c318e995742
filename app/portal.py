"""Screenshots by the desktop portal: the desktop asks the person, and gives us one file.

The one way on Wayland, where no program may look at the screen by itself. Follows the interfaces
`org.freedesktop.portal.Screenshot` and `org.freedesktop.portal.Request`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast
from uuid import uuid4

from PySide6.QtCore import SLOT, QObject, QUrl, Signal, Slot
from PySide6.QtDBus import (
    QDBusConnection,
    QDBusMessage,
    QDBusPendingCallWatcher,
    QDBusServiceWatcher,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

_SERVICE = "org.freedesktop.portal.Desktop"
_PATH = "/org/freedesktop/portal/desktop"
_INTERFACE = "org.freedesktop.portal.Screenshot"
_REQUEST = "org.freedesktop.portal.Request"
# What a request is answered with.
_GRANTED, _CANCELLED = 0, 1
# Errors of the bus that mean that nobody offers screenshots here.
_NOBODY = (
    "org.freedesktop.DBus.Error.ServiceUnknown",
    "org.freedesktop.DBus.Error.NameHasNoOwner",
    "org.freedesktop.DBus.Error.UnknownInterface",
    "org.freedesktop.DBus.Error.UnknownMethod",
    "org.freedesktop.DBus.Error.UnknownObject",
)


class PortalScreenshot(QObject):
    """One request, which ends with one of its signals.

    `taken` carries the path of the file that the desktop has written for us.
    """

    taken = Signal(str)
    cancelled = Signal()
    refused = Signal(str)
    missing = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._ended = False
        self._path = ""
        self._call: QDBusPendingCallWatcher | None = None
        self._bus = QDBusConnection.sessionBus()
        self._watcher = QDBusServiceWatcher(
            _SERVICE, self._bus, QDBusServiceWatcher.WatchModeFlag.WatchForUnregistration, self
        )
        self._watcher.serviceUnregistered.connect(lambda _name: self._refuse("the portal ended"))

    def ask(self) -> None:
        """Let the desktop ask the person what to take."""
        if not self._bus.isConnected():
            self._miss("no session bus")
            return
        token = f"tanka_{uuid4().hex}"
        # The answer may come before the reply does, so the place of it is listened to first.
        sender = self._bus.baseService().removeprefix(":").replace(".", "_")
        self._path = f"{_PATH}/request/{sender}/{token}"
        self._listen()
        message = QDBusMessage.createMethodCall(_SERVICE, _PATH, _INTERFACE, "Screenshot")
        message.setArguments(["", {"handle_token": token, "interactive": True}])
        self._call = QDBusPendingCallWatcher(self._bus.asyncCall(message), self)
        self._call.finished.connect(self._begun)

    def _listen(self) -> None:
        # From the portal alone: what it names is read and removed. The slot's spelling is the only
        # one that the bus takes; text, whatever the type stubs say.
        slot = cast("bytes", SLOT("_answer(uint,QVariantMap)"))
        self._bus.connect(_SERVICE, self._path, _REQUEST, "Response", self, slot)

    def _begun(self, call: QDBusPendingCallWatcher) -> None:
        if self._ended:
            return
        if not call.isError():
            self._follow(call.reply().arguments())
            return
        error = call.error()
        if error.name() in _NOBODY:
            self._miss(error.message())
        else:
            self._refuse(f"{error.name()}: {error.message()}")

    def _follow(self, arguments: list[object]) -> None:
        """Old portals choose a place of their own for the answer."""
        path = getattr(arguments[0], "path", lambda: self._path)() if arguments else self._path
        if path != self._path:
            self._path = path
            self._listen()

    @Slot("uint", "QVariantMap")
    def _answer(self, code: int, results: Mapping[str, object]) -> None:
        if self._ended:
            return
        address = QUrl(str(results.get("uri", "")))
        if code == _CANCELLED:
            self._end()
            self.cancelled.emit()
        elif code == _GRANTED and address.isLocalFile():
            self._end()
            self.taken.emit(address.toLocalFile())
        else:
            self._refuse(f"answer {code}, {address.scheme() or 'no address'}")

    def _refuse(self, why: str) -> None:
        if not self._ended:
            self._end()
            self.refused.emit(why)

    def _miss(self, why: str) -> None:
        self._end()
        self.missing.emit(why)

    def _end(self) -> None:
        self._ended = True
