"""The offline switch: nothing leaves this machine while it is on."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from traced import calls, environment, left_the_machine, run_traced

from engine.network import OFFLINE_VARIABLE, Offline, go_offline, go_online, is_offline
from engine.network.addresses import outside_host

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

# An address that documentation has for itself, and a name that nobody can have.
FAR = "192.0.2.1"
NAME = "example.invalid"


@pytest.fixture
def offline() -> Iterator[None]:
    go_offline()
    yield
    go_online()
    assert not is_offline()


def inside(family: int, kind: int, act: Callable[[socket.socket], object]) -> Callable[[], object]:
    def try_it() -> object:
        with socket.socket(family, kind) as opened:
            return act(opened)

    return try_it


INET, INET6, TCP, UDP = socket.AF_INET, socket.AF_INET6, socket.SOCK_STREAM, socket.SOCK_DGRAM


@pytest.mark.parametrize(
    "attempt",
    [
        inside(INET, TCP, lambda s: s.connect((FAR, 80))),
        inside(INET, TCP, lambda s: s.connect_ex((FAR, 80))),
        inside(INET, TCP, lambda s: s.connect((NAME, 80))),
        inside(INET, TCP, lambda s: s.connect_ex((NAME, 80))),
        inside(INET6, TCP, lambda s: s.connect(("2001:db8::1", 80))),
        inside(INET6, TCP, lambda s: s.connect(("::ffff:192.0.2.1", 80))),
        inside(INET, UDP, lambda s: s.sendto(b"x", (FAR, 53))),
        inside(INET, UDP, lambda s: s.sendto(b"x", 0, (NAME, 53))),
        inside(INET, UDP, lambda s: s.bind((NAME, 0))),
        pytest.param(
            inside(INET, UDP, lambda s: s.sendmsg([b"x"], [], 0, (FAR, 53))),
            marks=pytest.mark.skipif(not hasattr(socket.socket, "sendmsg"), reason="not here"),
        ),
        lambda: socket.create_connection((NAME, 443), timeout=1),
        lambda: socket.getaddrinfo(NAME, 443),
        lambda: socket.getaddrinfo(NAME.encode(), 443),
        lambda: socket.getaddrinfo("tanka.localhost", 443),
        lambda: socket.gethostbyname(NAME),
        lambda: socket.gethostbyname_ex(NAME),
        lambda: socket.gethostbyaddr(FAR),
        lambda: socket.getnameinfo((FAR, 80), 0),
    ],
)
@pytest.mark.usefixtures("offline")
def test_connecting_and_looking_up_are_refused(attempt: Callable[[], object]) -> None:
    assert is_offline()
    with pytest.raises(Offline, match=r"The offline switch is on, so the connection to .* refused"):
        attempt()


@pytest.mark.usefixtures("offline")
def test_this_machine_can_talk_to_itself() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        for host in ("127.0.0.1", "localhost", "LOCALHOST"):
            with socket.create_connection((host, port), timeout=5) as connection:
                connection.sendall(b"hello")
                accepted, _ = server.accept()
                with accepted:
                    assert accepted.recv(5) == b"hello"
    one, two = socket.socketpair()
    with one, two:
        one.send(b"x")
        assert two.recv(1) == b"x"
    socket.getaddrinfo("localhost", 80)
    socket.getaddrinfo(None, 0)


@pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="not on this system")
@pytest.mark.usefixtures("offline")
def test_socket_files_stay_allowed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # paths of sockets are short
    with socket.socket(socket.AF_UNIX) as server, socket.socket(socket.AF_UNIX) as client:
        server.bind("here")
        server.listen()
        client.connect("here")


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "127.8.8.8", "::1", "::1%lo", "::ffff:127.0.0.1", "localhost", "localhost.", None,
     "", "0.0.0.0", "::", b"127.0.0.1"],  # noqa: S104
)  # fmt: skip
def test_hosts_of_this_machine(host: object) -> None:
    assert outside_host(host) is None


@pytest.mark.parametrize(
    "host",
    ["128.0.0.1", "10.0.0.1", "::ffff:10.0.0.1", "fe80::1%eth0", "localhost.example.com",
     "127.0.0.1.example.com", "a.localhost", "<broadcast>", "2130706433", b"example.com", 7],
)  # fmt: skip
def test_hosts_that_are_not(host: object) -> None:
    assert outside_host(host) is not None


def child(program: str, **changes: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", program], env=os.environ | changes,
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip


LOOK_UP = f"""
from engine import network
import socket
network.start()
network.go_online()
try:
    socket.getaddrinfo({NAME!r}, 1)
except network.Offline:
    print("refused", network.is_held_offline())
"""


@pytest.mark.usefixtures("offline")
def test_our_own_children_are_offline_too_and_stay_so() -> None:
    assert os.environ[OFFLINE_VARIABLE]
    assert child(LOOK_UP).stdout == "refused True\n"


@pytest.mark.usefixtures("offline")
def test_going_online_is_inherited_as_well() -> None:
    go_online()
    assert OFFLINE_VARIABLE not in os.environ


def test_no_library_counts_its_users() -> None:
    program = (
        "import os\nfrom engine import network\nnetwork.start()\n"
        "print(os.environ['HF_HUB_DISABLE_TELEMETRY'], os.environ['DO_NOT_TRACK'])\n"
    )
    assert child(program).stdout == "1 1\n"


@pytest.mark.parametrize("call", ["connect", "connect_ex"])
def test_a_name_given_to_connect_is_not_even_looked_up(call: str, tmp_path: Path) -> None:
    program = (
        "import socket\nfrom engine import network\n"
        "network.start(offline=True)\n"
        "with socket.socket() as s:\n"
        "    try:\n"
        f"        s.{call}(({NAME!r}, 80))\n"
        "    except network.Offline:\n"
        "        print('refused')\n"
        # To see that the trace would show it.
        "    s.connect_ex(('127.0.0.1', 9))\n"
    )
    log = tmp_path / "trace"
    done = run_traced([sys.executable, "-c", program], log, environment(tmp_path))
    assert done.stdout == "refused\n", done.stderr
    assert left_the_machine(log) == []
    assert any("127.0.0.1" in line for line in calls(log))


def test_the_trace_shows_what_leaves(tmp_path: Path) -> None:
    program = (
        "import socket\n"
        "s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\n"
        f"s.connect(({FAR!r}, 53))\n"
    )
    log = tmp_path / "trace"
    run_traced([sys.executable, "-c", program], log, environment(tmp_path))
    (line,) = left_the_machine(log)
    assert FAR in line


def test_while_online_the_hook_costs_next_to_nothing() -> None:
    program = (
        "import sys, timeit\n"
        "from engine import network\n"
        "hooked = lambda: min(timeit.repeat(lambda: sys.audit('tanka.test', 1), number=20_000,"
        " repeat=5)) / 20_000\n"
        "before = hooked(); network.start(); print((hooked() - before) * 1e6)\n"
    )
    done = child(program)
    assert float(done.stdout) < 5.0, "microseconds for an event of another kind"


def test_no_engine_module_opens_a_connection_at_import() -> None:
    program = (
        "import sys; seen = []\n"
        "sys.addaudithook(lambda e, a: seen.append(e) if e.startswith('socket.conn') else None)\n"
        "import engine.worker, engine.cli, engine.bench.run, engine.evaluation\n"
        "assert not seen, seen"
    )
    subprocess.run([sys.executable, "-c", program], check=True, timeout=120)
