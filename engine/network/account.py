"""Asking for a connection, and the account of every one: host, bytes and reason."""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import uuid4

from engine.api.errors import EngineError
from engine.network import records
from engine.network.addresses import Offline, is_name, outside_host
from engine.network.records import Entry
from engine.network.switch import is_offline, watch
from engine.paths import data_dir

if TYPE_CHECKING:
    from pathlib import Path

log = logging.getLogger(__name__)

NO_REASON = "No reason was given"


class LedgerNotWritten(EngineError):
    """A connection could not be written down, so it was not allowed."""


@dataclass(frozen=True, slots=True)
class Connection:
    """A connection that was allowed and written down."""

    id: str
    host: str
    reason: str

    def count(self, sent: int = 0, received: int = 0) -> None:
        """Add bytes to its entry: seldom, as each call adds a line to a file.

        What cannot be written is logged: the connection itself stands in the ledger already.
        """
        if outside_host(self.host) is None:
            return
        entry = Entry(self.id, time.time(), self.host, self.reason, sent, received)
        try:
            records.append(ledger_path(), entry)
        except OSError as fault:
            log.warning("bytes of a connection to %s are not in the ledger: %s", self.host, fault)


class _Account:
    """What this process has announced, and what was seen besides."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.announced: dict[tuple[str, str], Connection] = {}
        self.hosts: set[str] = set()

    def hear(self, host: str) -> None:
        """A look-up or a connection is about to leave: write it down if nobody announced it.

        An address is taken for that of a host which was announced or noted before it.
        """
        with self.lock:
            known = host.lower() in self.hosts or (bool(self.hosts) and not is_name(host))
            if known:
                return
            self.hosts.add(host.lower())
        _write(Entry(uuid4().hex, time.time(), host, NO_REASON, announced=False))


_ACCOUNT = _Account()


def start(*, offline: bool = False) -> None:
    """Begin watching, before anything else: to be called once, where a process begins.

    `offline`, or the variable that an offline parent has set, keeps the switch on until the process
    ends, since whoever started it so relies on that.
    """
    watch(_ACCOUNT.hear, offline=offline)


def require(host: str, reason: str) -> Connection:
    """Ask for a connection to `host` (a name or an address, without scheme or port).

    `reason` is shown to the person: a short phrase that names what they asked for, "Download of
    Qwen3-VL 4B". Raises `Offline` while the switch is on, and `LedgerNotWritten` where it could
    not be written down. A host on this machine is no connection, and stands in no ledger.
    """
    local = outside_host(host) is None
    if is_offline() and not local:
        raise Offline(
            f"The offline switch is on, so there is no connection to {host}. Turn it off under "
            "“On this machine” first.",
            reason,
        )
    connection = Connection(uuid4().hex, host, reason)
    if not local:
        _write(Entry(connection.id, time.time(), host, reason))
    with _ACCOUNT.lock:
        _ACCOUNT.announced[host, reason] = connection
        _ACCOUNT.hosts.add(host.lower())
    return connection


def note(host: str, bytes_sent: int, bytes_received: int, reason: str) -> None:
    """Add bytes to the last connection to `host` for `reason`, as `Connection.count` does.

    Without such a connection in this process a new entry is begun.
    """
    with _ACCOUNT.lock:
        key = (host, reason)
        connection = _ACCOUNT.announced.setdefault(key, Connection(uuid4().hex, host, reason))
    connection.count(bytes_sent, bytes_received)


def ledger() -> tuple[Entry, ...]:
    """Every connection that is known, the first one first; raises `OSError` where unreadable."""
    return records.read(ledger_path())


def clear_ledger() -> None:
    """Forget every connection; raises `OSError` where that cannot be done."""
    records.clear(ledger_path())


def ledger_path() -> Path:
    """Where the ledger is kept."""
    return data_dir() / "connections.jsonl"


def _write(entry: Entry) -> None:
    try:
        records.append(ledger_path(), entry)
    except OSError as fault:
        raise LedgerNotWritten(
            f"The connection to {entry.host} could not be added to the list of connections, so it "
            "was not opened. Free some space on the disk and try again.",
            repr(fault),
        ) from fault
