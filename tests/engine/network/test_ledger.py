"""The ledger: written before anything leaves, by many at once, and readable whatever happened."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from engine import network
from engine.network import records
from engine.network.records import Entry

if TYPE_CHECKING:
    from pathlib import Path

HOST = "models.example"


def test_what_is_required_is_written_down_with_its_reason() -> None:
    network.require(HOST, "Download of a model")
    (entry,) = network.ledger()
    assert (entry.host, entry.reason) == (HOST, "Download of a model")
    assert (entry.sent, entry.received, entry.announced) == (0, 0, True)
    if sys.platform != "win32":
        assert network.ledger_path().stat().st_mode & 0o077 == 0


def test_bytes_are_added_to_the_connection_they_belong_to() -> None:
    first = network.require(HOST, "Download of a model")
    second = network.require("other.example", "List of files")
    first.count(sent=10, received=1000)
    first.count(received=500)
    network.note("other.example", 1, 2, "List of files")
    one, two = network.ledger()
    assert (one.id, one.sent, one.received) == (first.id, 10, 1500)
    assert (two.id, two.sent, two.received) == (second.id, 1, 2)


def test_bytes_of_an_unannounced_purpose_begin_an_entry() -> None:
    network.note(HOST, 1, 2, "Something else")
    network.note(HOST, 1, 2, "Something else")
    (entry,) = network.ledger()
    assert (entry.sent, entry.received) == (2, 4)


def test_offline_nothing_is_granted_and_nothing_written() -> None:
    network.go_offline()
    try:
        with pytest.raises(network.Offline, match=f"no connection to {HOST}") as refused:
            network.require(HOST, "Download of a model")
        assert refused.value.details == "Download of a model"
        assert network.ledger() == ()
        network.require("127.0.0.1", "A server of this machine")
    finally:
        network.go_online()


def test_this_machine_is_no_connection() -> None:
    network.require("localhost", "A server of this machine").count(received=5)
    network.note("127.0.0.1", 1, 2, "A server of this machine")
    assert network.ledger() == ()


SURPRISE = """
import socket, sys
from engine import network
network.start()
if sys.argv[1] == "announced":
    network.require("surprise.invalid", "A reason")
for _ in range(2):
    try:
        socket.getaddrinfo("surprise.invalid", 80)
    except OSError:
        pass
"""


@pytest.mark.parametrize(("how", "reason"), [("announced", "A reason"), ("not", "No reason")])
def test_what_a_library_looks_up_by_itself_is_listed_too(how: str, reason: str) -> None:
    subprocess.run([sys.executable, "-c", SURPRISE, how], check=True, timeout=120)
    (entry,) = network.ledger()
    assert entry.host == "surprise.invalid"
    assert entry.reason.startswith(reason)
    assert entry.announced == (how == "announced")


def test_without_a_ledger_there_is_no_connection() -> None:
    network.ledger_path().mkdir()  # what cannot be written to
    with pytest.raises(network.LedgerNotWritten, match=HOST):
        network.require(HOST, "Download of a model")


def test_a_damaged_line_costs_only_itself() -> None:
    network.require(HOST, "First")
    path = network.ledger_path()
    path.write_bytes(path.read_bytes() + b'{"id": "half of a line\x00\xff')
    network.require(HOST, "Second")
    path.write_bytes(path.read_bytes() + b'[1]\n{"id": 1}\nnull\n')
    assert [entry.reason for entry in network.ledger()] == ["First", "Second"]


def test_a_reason_stays_on_its_line() -> None:
    network.require("evil\nhost", "a\tb\u2028" + "x" * 1000)
    (entry,) = network.ledger()
    assert entry.host == "evil host"
    assert entry.reason.startswith("a b x")
    assert len(entry.reason) == 300
    assert json.loads(network.ledger_path().read_bytes())


def test_the_file_is_bounded_and_keeps_the_latest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(records, "MOST_BYTES", 2_000)
    path = tmp_path / "ledger"
    for number in range(100):
        records.append(path, Entry(str(number), float(number), HOST, "Again"))
    kept = [int(entry.id) for entry in records.read(path)]
    assert kept[-1] == 99
    assert kept == list(range(kept[0], 100))
    assert 10 < len(kept) < 60
    assert sum(part.stat().st_size for part in tmp_path.iterdir()) < 5_000


WRITE = """
import sys
from engine import network
for number in range(200):
    network.require("host.example", f"{sys.argv[1]} {number}")
"""


def test_several_processes_keep_one_ledger() -> None:
    writers = [subprocess.Popen([sys.executable, "-c", WRITE, name]) for name in ("one", "two")]
    assert [writer.wait(120) for writer in writers] == [0, 0]
    assert len({entry.reason for entry in network.ledger()}) == 400


def test_what_is_cleared_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(records, "MOST_BYTES", 100)
    network.require(HOST, "One")
    network.require(HOST, "Two")
    network.clear_ledger()
    assert network.ledger() == ()
    network.clear_ledger()


def test_an_address_after_a_known_name_is_that_names() -> None:
    """Online, in a process of its own: a look-up that was announced, then its address."""
    program = (
        "import socket\nfrom engine import network\nnetwork.start()\n"
        "network.require('known.example', 'A reason')\n"
        "s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\n"
        "s.connect(('192.0.2.1', 53)); s.close()\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True, timeout=120)
    assert [entry.host for entry in network.ledger()] == ["known.example"]


def test_an_address_of_nothing_known_is_listed() -> None:
    program = (
        "import socket\nfrom engine import network\nnetwork.start()\n"
        "s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\n"
        "s.connect(('192.0.2.1', 53)); s.close()\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True, timeout=120)
    (entry,) = network.ledger()
    assert (entry.host, entry.announced) == ("192.0.2.1", False)
