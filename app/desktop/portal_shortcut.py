"""Keys through the desktop portal (org.freedesktop.portal.GlobalShortcuts), as Wayland wants it.

The desktop asks the person, and may give other keys than those that were proposed. Every call is
answered later by a signal; nothing here waits.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from jeepney import (
    DBusAddress,
    HeaderFields,
    MatchRule,
    Message,
    MessageType,
    message_bus,
    new_method_call,
)
from jeepney.io.blocking import DBusConnection, open_dbus_connection
from PySide6.QtCore import QObject, QSocketNotifier

from app.desktop.global_shortcut import GlobalShortcut

if TYPE_CHECKING:
    from app.desktop.chord import Chord

log = logging.getLogger(__name__)

_BUS_NAME = "org.freedesktop.portal.Desktop"
_PATH = "/org/freedesktop/portal/desktop"
_SHORTCUTS = "org.freedesktop.portal.GlobalShortcuts"
_REQUEST = "org.freedesktop.portal.Request"
_PORTAL = DBusAddress(_PATH, _BUS_NAME, _SHORTCUTS)
_REGISTRY = DBusAddress(_PATH, _BUS_NAME, "org.freedesktop.host.portal.Registry")
_APPLICATION = "tanka"
_ID = "capture"
_DESCRIPTION = "Capture the screen for a question"
_SESSION, _CREATE, _BIND = "tanka_session", "tanka_create", "tanka_bind"

_NO_BUS = "This system has no session bus, over which a desktop hands out keys."
_NO_PORTAL = "This desktop does not hand out keys: its portal for global shortcuts is missing."
_DENIED = "The desktop did not allow these keys."
_CLOSED = "The desktop has ended the shortcut."


class PortalShortcut(GlobalShortcut):
    """Asks the portal for one shortcut."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._connection: DBusConnection | None = None
        self._notifier: QSocketNotifier | None = None
        self._session = ""
        self._trigger = ""
        # Serial numbers of calls whose failure means that there is no portal.
        self._needed: set[int] = set()

    def start(self, chord: Chord) -> None:
        """Ask for `chord`; the answer comes as `granted` or `refused`."""
        self.stop()
        self._trigger = chord.for_portal()
        try:
            self._connection = open_dbus_connection("SESSION")
        except (OSError, KeyError, ValueError, RuntimeError):
            log.info("no session bus", exc_info=True)
            self.refused.emit(_NO_BUS)
            return
        socket = self._connection.sock.fileno()
        self._notifier = QSocketNotifier(socket, QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._hear)
        for interface in (_REQUEST, _SHORTCUTS, "org.freedesktop.portal.Session"):
            rule = MatchRule(type="signal", sender=_BUS_NAME, interface=interface)
            self._send(message_bus.AddMatch(rule))
        # An older portal knows no such thing, and needs it no more than it knows it.
        self._send(new_method_call(_REGISTRY, "Register", "sa{sv}", (_APPLICATION, {})))
        options = {"handle_token": ("s", _CREATE), "session_handle_token": ("s", _SESSION)}
        self._send(new_method_call(_PORTAL, "CreateSession", "a{sv}", (options,)), needed=True)

    def stop(self) -> None:
        """End the session, and with it the shortcut."""
        if self._notifier is not None:
            self._notifier.setEnabled(False)
            self._notifier.deleteLater()
            self._notifier = None
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        self._session = ""
        self._needed.clear()

    def _send(self, message: Message, *, needed: bool = False) -> None:
        assert self._connection is not None
        serial = next(self._connection.outgoing_serial)
        if needed:
            self._needed.add(serial)
        self._connection.send(message, serial=serial)

    def _hear(self) -> None:
        while self._connection is not None:
            try:
                message = self._connection.receive(timeout=0)
            except TimeoutError:
                return
            except (OSError, EOFError):
                self._refuse(_CLOSED)
                return
            self._take(message)

    def _take(self, message: Message) -> None:
        fields = message.header.fields
        if message.header.message_type is MessageType.error:
            if fields.get(HeaderFields.reply_serial) in self._needed:
                log.info("the portal refused: %s", message.body)
                self._refuse(_NO_PORTAL)
            return
        member = fields.get(HeaderFields.member)
        if member == "Response":
            self._answer(str(fields.get(HeaderFields.path)), *message.body)
        elif member == "Activated" and message.body[:2] == (self._session, _ID):
            self.pressed.emit()
        elif member == "Closed" and fields.get(HeaderFields.path) == self._session:
            self._refuse(_CLOSED)

    def _answer(self, path: str, code: int, results: dict[str, tuple[str, object]]) -> None:
        """One of our requests is answered; 0 is yes."""
        if not path.endswith((_CREATE, _BIND)):
            return
        if code != 0:
            self._refuse(_DENIED)
        elif path.endswith(_CREATE):
            self._session = str(results["session_handle"][1])
            self._bind()
        else:
            self.granted.emit(_given(results))

    def _bind(self) -> None:
        about = {
            "description": ("s", _DESCRIPTION),
            "preferred_trigger": ("s", self._trigger),
        }
        options = {"handle_token": ("s", _BIND)}
        arguments = (self._session, [(_ID, about)], "", options)
        call = new_method_call(_PORTAL, "BindShortcuts", "oa(sa{sv})sa{sv}", arguments)
        self._send(call, needed=True)

    def _refuse(self, sentence: str) -> None:
        self.stop()
        self.refused.emit(sentence)


def _given(results: dict[str, tuple[str, object]]) -> str:
    """The keys that the desktop gave, in its own words; empty where it does not say."""
    given = results.get("shortcuts", ("", ()))[1]
    if isinstance(given, list) and given:
        words = given[0][1].get("trigger_description", ("s", ""))[1]
        return str(words)
    return ""
