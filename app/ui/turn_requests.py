"""What a person may ask for at a turn, in one object that all turns of a page share.

A thousand turns with signals of their own would cost as much as everything else about them.
"""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal


class TurnRequests(QObject):
    """Each signal names the turn first."""

    continue_requested = Signal(object)
    start_over_requested = Signal(object)
    retry_requested = Signal(object)
    withdraw_requested = Signal(object)
    regenerate_requested = Signal(object)
    branch_requested = Signal(object)
    # A step to an earlier (-1) or later (+1) version.
    version_requested = Signal(object, int)
    edit_begun = Signal(object)
    # The question as it is to be.
    edit_requested = Signal(object, str)
    # The widget of a turn now shows something, and that this has another height.
    built = Signal(object)
    height_changed = Signal(object)
