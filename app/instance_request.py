"""What starts of the same program say to each other: one line of JSON, and a word in answer."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

MOST_BYTES = 2**20
TAKEN, REFUSED = b"taken\n", b"refused\n"


@dataclass(frozen=True, slots=True)
class Request:
    """What a second start asks of the first: to come forward, with these files attached.

    `offline` asks it to turn its switch on: that start was to connect to nothing.
    """

    files: tuple[Path, ...] = ()
    activation: str = ""
    offline: bool = False

    def encoded(self) -> bytes:
        """One line. Paths are absolute, since the other process stands in another folder."""
        files = [str(path.absolute()) for path in self.files]
        asked = {"files": files, "activation": self.activation, "offline": self.offline}
        return json.dumps(asked).encode() + b"\n"


def decoded(line: bytes) -> Request | None:
    """The request in `line`, or nothing where it is none."""
    try:
        found = json.loads(line)
        files, activation, offline = found["files"], found["activation"], found["offline"]
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
    if not isinstance(files, list) or not isinstance(activation, str):
        return None
    if not isinstance(offline, bool):
        return None
    if not all(isinstance(name, str) and Path(name).is_absolute() for name in files):
        return None
    return Request(tuple(Path(name) for name in files), activation, offline)
