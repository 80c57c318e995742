"""One shortcut that is heard while other programs run, by whatever this system has for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

if TYPE_CHECKING:
    from app.desktop.chord import Chord


class GlobalShortcut(QObject):
    """`pressed` follows every press. `refused` says in a sentence why the keys are not heard.

    `granted` follows once they are; some systems let the person choose others, which it tells.
    """

    pressed = Signal()
    granted = Signal(str)
    refused = Signal(str)

    def start(self, chord: Chord) -> None:
        """Listen for `chord` from now on."""
        raise NotImplementedError

    def stop(self) -> None:
        """Do not listen any more; nothing happens where nobody listens."""
        raise NotImplementedError
