"""Whether a display answers, asked with the system's own libraries: Qt would only abort.

Nothing of Qt may be imported here.
"""

from __future__ import annotations

import ctypes
import os


def answers(variable: str, name: str) -> bool:
    """Whether the display `name`, as `variable` gives it, can be reached."""
    try:
        return _wayland_answers(name) if variable == "WAYLAND_DISPLAY" else _x11_answers(name)
    except OSError:  # without the library there is nothing to ask with
        return True


def _x11_answers(name: str) -> bool:
    xcb = ctypes.CDLL("libxcb.so.1")
    xcb.xcb_connect.restype = ctypes.c_void_p
    connection = ctypes.c_void_p(xcb.xcb_connect(name.encode() or None, None))
    failed = bool(xcb.xcb_connection_has_error(connection))
    xcb.xcb_disconnect(connection)
    return not failed


def _wayland_answers(name: str) -> bool:
    if "WAYLAND_SOCKET" in os.environ:
        return True  # a connection that is already open, which asking would use up
    client = ctypes.CDLL("libwayland-client.so.0")
    client.wl_display_connect.restype = ctypes.c_void_p
    display = client.wl_display_connect(name.encode() or None)
    if display is None:
        return False
    client.wl_display_disconnect(ctypes.c_void_p(display))
    return True
