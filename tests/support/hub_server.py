"""A server on this machine that speaks the hub's endpoints, and fails in the ways the hub can.

What it sends is real: model information with sizes and checksums, files by range, the headers that
the hub's own client reads. A fault is set by name for a file, and wears off after so many answers.
"""

from __future__ import annotations

import hashlib
import json
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# From this size on a file is listed as the hub lists large ones, with its SHA-256.
LARGE = 4_096


@dataclass
class Repository:
    files: dict[str, bytes]
    licence: str | None = "apache-2.0"
    commit: str = "0123456789abcdef0123456789abcdef01234567"

    @classmethod
    def of(cls, folder: Path) -> Repository:
        files = {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
        return cls(files)


@dataclass
class Fault:
    """`kind` is a status code, "stall", "truncate", "short" or "corrupt"; it comes `times` times.

    `after` bytes are sent soundly first.
    """

    kind: str
    times: int = 1
    after: int = 0


@dataclass
class Hub:
    repositories: dict[str, Repository] = field(default_factory=dict)
    # By file name; "" stands for the model information.
    faults: dict[str, Fault] = field(default_factory=dict)
    gated: set[str] = field(default_factory=set)
    requests: list[tuple[str, str, str | None]] = field(default_factory=list)
    # Set by a test to let go what stalls.
    go_on: threading.Event = field(default_factory=threading.Event)
    stalled: threading.Event = field(default_factory=threading.Event)
    endpoint: str = ""

    def ranges(self, file: str) -> list[str | None]:
        """The ranges that were asked for of a file, in order."""
        return [asked for _, path, asked in self.requests if path.endswith(f"/{file}")]


def running(hub: Hub) -> Iterator[Hub]:
    """Serve `hub` until the generator is closed."""

    class Handler(_Handler):
        served = hub

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    hub.endpoint = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield hub
    finally:
        hub.go_on.set()
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    served: Hub

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        hub = self.served
        path = self.path.partition("?")[0]
        hub.requests.append((self.command, path, self.headers.get("Range")))
        parts = path.strip("/").split("/")
        if parts[:2] == ["api", "models"]:
            self._information("/".join(parts[2:4]))
        elif len(parts) >= 5 and parts[2] == "resolve":
            self._file("/".join(parts[:2]), parts[3], "/".join(parts[4:]))
        else:
            self._refuse(404, "EntryNotFound")

    def log_message(self, *args: object) -> None:
        """Quiet."""

    def _information(self, name: str) -> None:
        if self._fails(""):
            return
        repository = self.served.repositories.get(name)
        if repository is None:
            self._refuse(404, "RepoNotFound")
            return
        asked = self.path.partition("/revision/")[2].partition("?")[0]
        if asked and asked not in (repository.commit, "main"):
            self._refuse(404, "RevisionNotFound")
            return
        body = {
            "_id": "1",
            "id": name,
            "modelId": name,
            "sha": repository.commit,
            "private": False,
            "downloads": 1,
            "likes": 0,
            "tags": [],
            "gated": "manual" if name in self.served.gated else False,
            "cardData": {"license": repository.licence} if repository.licence else {},
            "siblings": [_sibling(*item) for item in repository.files.items()],
        }
        self._send(200, json.dumps(body).encode(), {"Content-Type": "application/json"})

    def _file(self, name: str, commit: str, file: str) -> None:
        if self._fails(file):
            return
        if name in self.served.gated:
            self._refuse(403, "GatedRepo")
            return
        repository = self.served.repositories.get(name)
        if repository is None or commit != repository.commit or file not in repository.files:
            self._refuse(404, "EntryNotFound")
            return
        self._content(repository, file)

    def _content(self, repository: Repository, file: str) -> None:
        content = repository.files[file]
        begin = _begin(self.headers.get("Range"))
        fault = self._fault(file)
        if fault is not None and fault.kind == "corrupt":
            content = bytes([content[0] ^ 0xFF]) + content[1:]
        body = content[begin:]
        if fault is not None and fault.kind == "short":
            body = body[: fault.after]
        headers = {
            "ETag": f'"{_etag(content)}"',
            "X-Linked-Etag": f'"{_etag(content)}"',
            "X-Linked-Size": str(len(content)),
            "X-Repo-Commit": repository.commit,
            "Accept-Ranges": "bytes",
            "Content-Length": str(len(body)),
        }
        if begin:
            headers["Content-Range"] = f"bytes {begin}-{len(content) - 1}/{len(content)}"
        self._head(206 if begin else 200, headers)
        if self.command == "HEAD":
            return
        if fault is not None and fault.kind in ("stall", "truncate"):
            self.wfile.write(body[: fault.after])
            self.wfile.flush()
            if fault.kind == "stall":
                self.served.stalled.set()
                self.served.go_on.wait(60)
            self.close_connection = True
            return
        self.wfile.write(body)

    def _fails(self, file: str) -> bool:
        """Answer with the status that is set for `file`."""
        known = self.served.faults.get(file)
        if known is None or not known.kind.isdigit() or known.times <= 0:
            return False
        known.times -= 1
        self._refuse(int(known.kind), "")
        return True

    def _fault(self, file: str) -> Fault | None:
        known = self.served.faults.get(file)
        if known is None or known.times <= 0:
            return None
        known.times -= 1
        return known

    def _refuse(self, status: int, code: str) -> None:
        self._send(status, b"{}", {"X-Error-Code": code} if code else {})

    def _send(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self._head(status, {**headers, "Content-Length": str(len(body))})
        if self.command != "HEAD":
            self.wfile.write(body)

    def _head(self, status: int, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()


def _sibling(name: str, content: bytes) -> dict[str, Any]:
    known: dict[str, Any] = {"rfilename": name, "size": len(content), "blobId": _blob(content)}
    if len(content) >= LARGE:
        digest = hashlib.sha256(content).hexdigest()
        known["lfs"] = {"sha256": digest, "size": len(content), "pointerSize": 134}
    return known


def _etag(content: bytes) -> str:
    large = len(content) >= LARGE
    return hashlib.sha256(content).hexdigest() if large else _blob(content)


def _blob(content: bytes) -> str:
    return hashlib.sha1(f"blob {len(content)}\0".encode() + content).hexdigest()  # noqa: S324


def _begin(asked: str | None) -> int:
    return int(asked.removeprefix("bytes=").partition("-")[0]) if asked else 0
