"""What a second start says to the first, and waits to hear."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from PySide6.QtNetwork import QLocalSocket

from app.instance_request import TAKEN

if TYPE_CHECKING:
    from app.instance_request import Request


def hand_over(address: str, request: Request, patience_s: float) -> bool:
    """Give `request` to whoever listens at `address`; false where nobody has taken it in time."""
    if not address or patience_s <= 0:
        return False
    until = time.monotonic() + patience_s
    connection = QLocalSocket()
    connection.connectToServer(address)
    if not connection.waitForConnected(_left_ms(until)):
        return False
    connection.write(request.encoded())
    while connection.bytesToWrite():
        if not connection.waitForBytesWritten(_left_ms(until)):
            return False
    answer = b""
    while not answer.endswith(b"\n"):
        if not connection.waitForReadyRead(_left_ms(until)):
            return False
        answer += bytes(connection.readAll().data())
    return answer == TAKEN


def _left_ms(until: float) -> int:
    return max(1, round((until - time.monotonic()) * 1000))
