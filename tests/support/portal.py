"""A desktop portal that answers screenshots as it is told to; runs in a process of its own."""

from __future__ import annotations

import os
import sys

from PySide6.QtCore import ClassInfo, QCoreApplication, QObject, QTimer, QUrl, Signal, Slot
from PySide6.QtDBus import QDBusConnection, QDBusMessage, QDBusObjectPath

_PATH = "/org/freedesktop/portal/desktop"


@ClassInfo({"D-Bus Interface": "org.freedesktop.portal.Request"})
class Request(QObject):
    Response = Signal("uint", "QVariantMap")


@ClassInfo({"D-Bus Interface": "org.freedesktop.portal.Screenshot"})
class Portal(QObject):
    def __init__(self, how: str, picture: str) -> None:
        super().__init__()
        self._how, self._picture = how, picture
        self._request = Request()

    @Slot("QString", "QVariantMap", QDBusMessage, result=QDBusObjectPath)
    def Screenshot(
        self, _parent: str, options: dict[str, object], message: QDBusMessage
    ) -> QDBusObjectPath:
        if self._how == "error":
            message.setDelayedReply(True)
            error = message.createErrorReply("org.freedesktop.portal.Error.NotAllowed", "no")
            QDBusConnection.sessionBus().send(error)
            return QDBusObjectPath("/")
        sender = message.service().removeprefix(":").replace(".", "_")
        name = options["handle_token"] if self._how != "granted elsewhere" else "its_own"
        path = f"{_PATH}/request/{sender}/{name}"
        flags = QDBusConnection.RegisterOption.ExportAllSignals
        QDBusConnection.sessionBus().registerObject(path, self._request, flags)
        interactive = options.get("interactive") is True
        delay_ms = 100 if self._how == "granted elsewhere" else 0
        QTimer.singleShot(delay_ms, lambda: self._answer(interactive))
        return QDBusObjectPath(path)

    def _answer(self, interactive: bool) -> None:
        if self._how == "dies":
            os._exit(0)
        address = QUrl.fromLocalFile(self._picture).toString()
        answers = {
            "cancelled": (1, {}),
            "refused": (2, {}),
            "remote": (0, {"uri": "https://example.org/a.png"}),
        }
        granted = (0 if interactive else 2, {"uri": address})
        self._request.Response.emit(*answers.get(self._how, granted))


if __name__ == "__main__":
    application = QCoreApplication(sys.argv)
    portal = Portal(sys.argv[1], sys.argv[2])
    bus = QDBusConnection.sessionBus()
    bus.registerObject(_PATH, portal, QDBusConnection.RegisterOption.ExportAllSlots)
    assert bus.registerService("org.freedesktop.portal.Desktop")
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    application.exec()
