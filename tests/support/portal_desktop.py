"""A desktop portal on a bus of its own: it hands out global shortcuts, and presses them.

Run as a program: the first argument says how it answers (`grant`, `deny`). It says "ready" once it
has its name; each line that it reads presses the shortcut that was bound.
"""

from __future__ import annotations

import sys
import threading

from jeepney import (
    DBusAddress,
    HeaderFields,
    MessageType,
    message_bus,
    new_error,
    new_method_return,
    new_signal,
)
from jeepney.io.blocking import open_dbus_connection

PATH = "/org/freedesktop/portal/desktop"
SHORTCUTS = "org.freedesktop.portal.GlobalShortcuts"


def main(manner: str) -> None:
    connection = open_dbus_connection("SESSION")
    connection.send_and_get_reply(message_bus.RequestName("org.freedesktop.portal.Desktop"))
    session = ""
    asked: list[tuple] = []

    def press() -> None:
        for _ in sys.stdin:
            portal = DBusAddress(PATH, interface=SHORTCUTS)
            body = (session, asked[-1][0], 1, {})
            connection.send(new_signal(portal, "Activated", "osta{sv}", body))

    threading.Thread(target=press, daemon=True).start()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    while True:
        call = connection.receive()
        if call.header.message_type is not MessageType.method_call:
            continue
        fields = call.header.fields
        member, sender = fields[HeaderFields.member], fields[HeaderFields.sender]
        if member not in ("CreateSession", "BindShortcuts"):
            connection.send(new_error(call, "org.freedesktop.DBus.Error.UnknownMethod"))
            continue
        options = call.body[-1]
        caller = sender.removeprefix(":").replace(".", "_")
        request = f"{PATH}/request/{caller}/{options['handle_token'][1]}"
        connection.send(new_method_return(call, "o", (request,)))
        code, results = 0, {}
        if member == "CreateSession":
            session = f"{PATH}/session/{caller}/{options['session_handle_token'][1]}"
            results = {"session_handle": ("s", session)}
        elif manner == "deny":
            code = 1
        else:
            name, about = call.body[1][0]
            asked.append((name, about["preferred_trigger"][1]))
            given = {"trigger_description": ("s", f"given {about['preferred_trigger'][1]}")}
            results = {"shortcuts": ("a(sa{sv})", [(name, given)])}
        answer = DBusAddress(request, interface="org.freedesktop.portal.Request")
        connection.send(new_signal(answer, "Response", "ua{sv}", (code, results)))


if __name__ == "__main__":
    main(sys.argv[1])
