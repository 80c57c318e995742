"""What a Linux system must have before Qt can open a window, told in words where it does not.

Qt itself would only abort. Nothing of Qt may be imported here.
"""

from __future__ import annotations

import ctypes
import os
import sys
from typing import TYPE_CHECKING

from app.displays import answers

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

# What Qt's own libraries and its X11 plugin need of the system, and Debian's packages for them.
_ALWAYS = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libX11.so.6": "libx11-6",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libz.so.1": "zlib1g",
}
_X11 = {
    "libX11-xcb.so.1": "libx11-xcb1",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-render.so.0": "libxcb-render0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-shm.so.0": "libxcb-shm0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-util.so.1": "libxcb-util1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
}
_WAYLAND = {
    "libwayland-client.so.0": "libwayland-client0",
    "libwayland-cursor.so.0": "libwayland-cursor0",
}

_NO_DISPLAY = (
    "Tanka cannot open its window: there is no display here ({why}).\n"
    'Without a display, ask on the command line:  tanka ask "…" --document FILE'
)
NO_DISPLAY = _NO_DISPLAY.format(why="neither DISPLAY nor WAYLAND_DISPLAY is set")


def can_be_loaded(library: str) -> bool:
    """Whether the system's linker finds `library`."""
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def obstacle(
    environment: Mapping[str, str] = os.environ,
    found: Callable[[str], bool] = can_be_loaded,
    system: str = sys.platform,
    reached: Callable[[str, str], bool] = answers,
) -> str:
    """Why no window can be opened here, in words; empty where one can."""
    if not system.startswith("linux"):
        return ""
    if not any(environment.get(name) for name in _DISPLAY_VARIABLES):
        return NO_DISPLAY
    needed = _needed(environment)
    packages = [package for library, package in needed.items() if not found(library)]
    return _missing(packages) if packages else _unreached(environment, reached)


_DISPLAY_VARIABLES = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")


def _platform(environment: Mapping[str, str]) -> str:
    """The platform that a person has asked Qt for, if any."""
    return environment.get("QT_QPA_PLATFORM", "").partition(":")[0].partition(";")[0]


def _unreached(environment: Mapping[str, str], reached: Callable[[str, str], bool]) -> str:
    """What keeps Qt from its display; nothing where one of those it tries can be reached."""
    platform = _platform(environment)
    if platform == "xcb":
        tried = ["DISPLAY"]
    elif platform.startswith("wayland"):
        tried = ["WAYLAND_DISPLAY"]
    elif platform:
        return ""
    else:
        tried = [name for name in ("WAYLAND_DISPLAY", "DISPLAY") if environment.get(name)]
    if any(reached(name, environment.get(name, "")) for name in tried):
        return ""
    named = " and ".join(f"{name}={environment.get(name, '')}" for name in tried)
    return _NO_DISPLAY.format(why=f"{named} cannot be reached")


def _needed(environment: Mapping[str, str]) -> dict[str, str]:
    """The libraries for the platform that Qt is going to choose."""
    platform = _platform(environment)
    if not platform:
        platform = "wayland" if environment.get("WAYLAND_DISPLAY") else "xcb"
    if platform == "xcb":
        return _ALWAYS | _X11
    return _ALWAYS | _WAYLAND if platform.startswith("wayland") else _ALWAYS


def _missing(packages: list[str]) -> str:
    names = " ".join(packages)
    return (
        "Tanka cannot open its window: this system lacks libraries that Qt needs.\n"
        f"On Debian and Ubuntu:  sudo apt install {names}"
    )
