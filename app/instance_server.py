"""Hears what later starts ask of the window: to come forward, with files."""

from __future__ import annotations

import logging
from functools import partial

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtNetwork import QLocalServer, QLocalSocket

from app.instance_request import MOST_BYTES, REFUSED, TAKEN, decoded

log = logging.getLogger(__name__)

# A guest that says nothing is shown out.
_PATIENCE_MS = 5_000
_MOST_GUESTS = 8


class InstanceServer(QObject):
    """Only the same user can reach it; what is said is bounded and looked at."""

    asked = Signal(object)

    def __init__(self, address: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._heard: dict[QLocalSocket, bytes] = {}
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.setMaxPendingConnections(_MOST_GUESTS)
        self._server.newConnection.connect(self._welcome)
        if address:
            # Nobody else holds the place, so a socket that is there was left by a killed process.
            QLocalServer.removeServer(address)
            if not self._server.listen(address):
                log.warning("later starts are not heard: %s", self._server.errorString())

    @property
    def listening(self) -> bool:
        """Whether later starts are heard."""
        return self._server.isListening()

    def close(self) -> None:
        """Hear nobody any more."""
        self._server.close()
        for guest in list(self._heard):
            guest.abort()

    def _welcome(self) -> None:
        while (guest := self._server.nextPendingConnection()) is not None:
            self._heard[guest] = b""
            guest.readyRead.connect(partial(self._listen, guest))
            guest.disconnected.connect(partial(self._forget, guest))
            QTimer.singleShot(_PATIENCE_MS, guest, guest.abort)
            self._listen(guest)

    def _listen(self, guest: QLocalSocket) -> None:
        if guest not in self._heard:
            return
        said = self._heard[guest] + bytes(guest.read(MOST_BYTES + 1).data())
        self._heard[guest] = said
        if not said.endswith(b"\n") and len(said) <= MOST_BYTES:
            return
        request = decoded(said) if len(said) <= MOST_BYTES else None
        guest.write(REFUSED if request is None else TAKEN)
        guest.flush()
        guest.disconnectFromServer()
        if request is not None:
            self.asked.emit(request)

    def _forget(self, guest: QLocalSocket) -> None:
        if self._heard.pop(guest, None) is not None:
            guest.deleteLater()
