"""Which way this system has of hearing keys while other programs run."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PySide6.QtCore import QObject

    from app.desktop.global_shortcut import GlobalShortcut


def shortcut_of_this_system(platform: str, parent: QObject) -> GlobalShortcut | str:
    """What this system has, or a sentence that says that it has nothing.

    `platform` is Qt's name of the way to the screen.
    """
    if sys.platform == "win32":
        from app.desktop.windows_shortcut import WindowsShortcut

        return WindowsShortcut(parent)
    if sys.platform == "darwin":
        return "Tanka cannot hear keys on macOS while another program is in front"
    if platform.startswith("wayland"):
        from app.desktop.portal_shortcut import PortalShortcut

        return PortalShortcut(parent)
    if platform == "xcb":
        from app.desktop.x_shortcut import XShortcut

        return XShortcut(parent)
    return "This system hands keys to the program in front only"
