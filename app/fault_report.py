"""What a report says of a fault: where it happened, and nothing that anybody has written.

Frames and lines are of our own code and of libraries. The values in a fault's message are not: a
library may put a whole document into one, and our own sentences name files. So no message is
written, but for kinds whose words the interpreter makes from names in code, and the system's own
words for its errors.
"""

from __future__ import annotations

import os
import platform
import traceback
from pathlib import Path

from PySide6.QtCore import qVersion

from app.about import NAME, app_version

_MADE_FROM_CODE: frozenset[type[BaseException]] = frozenset(
    {
        AttributeError, ImportError, IndexError, MemoryError, ModuleNotFoundError, NameError,
        RecursionError, UnboundLocalError, ZeroDivisionError,
    }
)  # fmt: skip
_DEEPEST = 10


def about_this_program() -> str:
    """The versions that a report begins with."""
    return (
        f"{NAME} {app_version()}, Python {platform.python_version()}, Qt {qVersion()}\n"
        f"{platform.system()} {platform.release()}, {platform.machine()}"
    )


def report_of(fault: BaseException) -> str:
    """What a developer needs of `fault`. Nothing of a conversation is in it, and no user's name."""
    text = "\n\n".join((about_this_program(), *_chain(fault, _DEEPEST)))
    home = str(Path.home())
    return text.replace(home, "~") if home != os.sep else text


def _chain(fault: BaseException, deepest: int) -> tuple[str, ...]:
    """The faults that led to this one, first the first, then this one with where it happened."""
    if deepest == 0:
        return ()
    before = fault.__cause__
    if before is None and not fault.__suppress_context__:
        before = fault.__context__
    earlier = (*_chain(before, deepest - 1), "After that:") if before is not None else ()
    within = fault.exceptions if isinstance(fault, BaseExceptionGroup) else ()
    inner = [part for one in within[:_DEEPEST] for part in ("Within:", *_chain(one, deepest - 1))]
    frames = "".join(traceback.format_tb(fault.__traceback__))
    return (*earlier, f"{frames}{_name(fault)}", *inner)


def _name(fault: BaseException) -> str:
    kind = type(fault)
    name = kind.__name__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__name__}"
    if kind in _MADE_FROM_CODE:
        return f"{name}: {fault}"
    if isinstance(fault, OSError) and fault.errno is not None:
        return f"{name}: {os.strerror(fault.errno)}"
    return name
