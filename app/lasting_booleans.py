"""Keeps Python 3.11 alive beside PySide6 6.12.0, which gives away references it does not own.

WORKAROUND: each `Signal.emit` and each `disconnect` of that version takes one reference of `True`
too many (measured: 50 emissions, 50 references less). From Python 3.12 on booleans are immortal
(https://peps.python.org/pep-0683/); before, a few hundred emissions end the process with
"deallocating True or False".
"""

from __future__ import annotations

import ctypes
import sys

_ENOUGH = 1 << 40


def keep_booleans() -> None:
    """Give `True` and `False` more references than can ever be lost; once a process is enough."""
    if sys.version_info >= (3, 12):
        return
    for value in (True, False):
        count = ctypes.c_ssize_t.from_address(id(value))
        if count.value < _ENOUGH // 2:
            count.value += _ENOUGH
