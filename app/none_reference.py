"""Works around a fault of PySide6 6.12.0 that ends the program on Python 3.11.

Every PySide6 method without a result gives away a reference to `None` that it never took. From
Python 3.12 on `None` is immortal and nothing happens; before, some thousand calls use up the count
and the interpreter stops with "none_dealloc: deallocating None". Seen with the wheel cp310-abi3
under CPython 3.11.7: `sys.getrefcount(None)` falls by one with each `QObject.setObjectName`.
"""

from __future__ import annotations

import ctypes
import sys

_IMMORTAL = 1 << 60


def keep_none_alive() -> None:
    """Give `None` more references than PySide6 can ever lose. Harmless when called again."""
    if sys.implementation.name != "cpython" or sys.version_info >= (3, 12):
        return
    count = ctypes.c_ssize_t.from_address(id(None))
    if count.value < _IMMORTAL:
        count.value += _IMMORTAL
