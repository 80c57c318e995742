"""The offline switch: nothing leaves this machine while it is on."""

from __future__ import annotations

import socket
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from engine.network import Offline, go_offline, go_online, is_offline

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def offline() -> Iterator[None]:
    go_offline()
    yield
    go_online()


@pytest.mark.usefixtures("offline")
def test_connecting_and_looking_up_are_refused() -> None:
    assert is_offline()
    with socket.socket() as connection, pytest.raises(Offline, match="offline switch"):
        connection.connect(("192.0.2.1", 80))
    with pytest.raises(Offline, match="example"):
        socket.getaddrinfo("example.invalid", 443)
    with pytest.raises(Offline):
        socket.gethostbyname("example.invalid")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender, pytest.raises(Offline):
        sender.sendto(b"x", ("192.0.2.1", 53))


@pytest.mark.usefixtures("offline")
def test_this_machine_can_talk_to_itself() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        with socket.create_connection(server.getsockname(), timeout=5) as connection:
            connection.sendall(b"hello")
        accepted, _ = server.accept()
        with accepted:
            assert accepted.recv(5) == b"hello"
    one, two = socket.socketpair()
    with one, two:
        one.send(b"x")
        assert two.recv(1) == b"x"
    socket.getaddrinfo("localhost", 80)


def test_no_engine_module_opens_a_connection_at_import() -> None:
    program = (
        "import sys; seen = []\n"
        "sys.addaudithook(lambda e, a: seen.append(e) if e.startswith('socket.conn') else None)\n"
        "import engine.worker, engine.cli, engine.bench.run, engine.evaluation\n"
        "assert not seen, seen"
    )
    subprocess.run([sys.executable, "-c", program], check=True, timeout=120)
