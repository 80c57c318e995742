"""What is true of the network here, for `tanka doctor --network`: values, and what they say."""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from engine.network.account import ledger, ledger_path
from engine.network.isolation import isolation
from engine.network.switch import is_held_offline, is_offline

if TYPE_CHECKING:
    from pathlib import Path

    from engine.network.isolation import Isolation
    from engine.network.records import Entry

# True whether the switch is on or off; what it does not cover is said with it.
ENFORCED = (
    "While offline, every connection and name look-up by Python code in this process is refused, "
    "whichever library asks. Sockets of this machine stay allowed. Compiled code that opens "
    "sockets by itself is not seen by this; Tanka has none in this process that does, and runs "
    "downloads in a process of their own, which is not started while offline."
)


@dataclass(frozen=True, slots=True)
class NetworkReport:
    """The mode, what enforces it, and every connection that is known."""

    offline: bool
    held: bool
    isolation: Isolation
    ledger_path: Path
    entries: tuple[Entry, ...]

    def facts(self) -> dict[str, object]:
        """The same as plain values, for JSON and tables."""
        return {
            "offline": self.offline,
            "mode": _mode(offline=self.offline, held=self.held),
            "enforced": ENFORCED,
            "isolation": self.isolation.available,
            "programs": self.isolation.sentence,
            "why_not": self.isolation.details,
            "ledger": str(self.ledger_path),
            "connections": [
                {**asdict(entry), "time": local_time(entry.at)} for entry in self.entries
            ],
        }


def network_report() -> NetworkReport:
    """Look now; raises `OSError` where the ledger cannot be read."""
    return NetworkReport(is_offline(), is_held_offline(), isolation(), ledger_path(), ledger())


def local_time(at: float) -> str:
    """A moment on this machine's own clock, as `2026-11-22 09:05:00`."""
    return time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(at))


def _mode(*, offline: bool, held: bool) -> str:
    if held:
        return "Offline until this process ends, as it was started."
    return "Offline." if offline else "Online: what you ask for may connect, nothing else does."
