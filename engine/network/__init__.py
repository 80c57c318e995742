"""The one place that knows about connections. Tanka opens none without a person's act.

Whoever needs another machine says so here first, with the reason that the person will read:

    connection = network.require("huggingface.co", "Download of Qwen3-VL 4B")
    ...
    connection.count(sent=1_200, received=4_500_000)

`require` raises `Offline` while the offline switch is on, and else writes the ledger's line before
anything leaves. The switch is enforced below all libraries, by Python's audit events; what it
cannot see is in `report.ENFORCED`. Programs that Tanka starts are kept from the network by the
system, where the system can do that (`isolation`, `start_isolated`, `may_start`).
"""

from engine.network.account import (
    Connection,
    LedgerNotWritten,
    clear_ledger,
    ledger,
    ledger_path,
    note,
    require,
    start,
)
from engine.network.addresses import Offline
from engine.network.isolation import (
    ChildKind,
    CommandNotFound,
    Isolation,
    NotIsolated,
    isolation,
    may_start,
    start_isolated,
)
from engine.network.records import Entry
from engine.network.switch import (
    OFFLINE_VARIABLE,
    go_offline,
    go_online,
    is_held_offline,
    is_offline,
)

__all__ = [
    "OFFLINE_VARIABLE",
    "ChildKind",
    "CommandNotFound",
    "Connection",
    "Entry",
    "Isolation",
    "LedgerNotWritten",
    "NotIsolated",
    "Offline",
    "clear_ledger",
    "go_offline",
    "go_online",
    "is_held_offline",
    "is_offline",
    "isolation",
    "ledger",
    "ledger_path",
    "may_start",
    "note",
    "require",
    "start",
    "start_isolated",
]
