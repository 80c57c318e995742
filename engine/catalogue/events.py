"""What a download says of itself, from its own process to whoever shows it.

Exactly one of `Fetched` and `Broken` ends it; a paused one is ended from outside and says nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from engine.catalogue.files import Manifest

Cause = Literal[
    "offline",
    "not found",
    "gated",
    "refused",
    "server",
    "no connection",
    "truncated",
    "corrupt",
    "disk full",
    "not a model",
    "folder",
    "fault",
]


@dataclass(frozen=True, slots=True)
class Listed:
    """The hub's list is here: so much is to be fetched, and so much of it is here already."""

    manifest: Manifest
    done_bytes: int


@dataclass(frozen=True, slots=True)
class Progress:
    """So many bytes are here, `received` of them in this run, the last ones from `host`."""

    file: str
    done_bytes: int
    total_bytes: int
    received: int
    host: str = ""


@dataclass(frozen=True, slots=True)
class Waiting:
    """The hub does not answer; it is asked again in `seconds`."""

    seconds: float
    attempt: int


@dataclass(frozen=True, slots=True)
class Verifying:
    """A file's checksum is being computed: `number` of `count`."""

    file: str
    number: int
    count: int


@dataclass(frozen=True, slots=True)
class Fetched:
    """Everything is here and is what the hub says it is."""

    manifest: Manifest


@dataclass(frozen=True, slots=True)
class Broken:
    """It ended early; what is here stays and is not fetched again. `sentence` is for people.

    `file` and `size` name the one that is not what it should be.
    """

    cause: Cause
    sentence: str
    details: str = ""
    file: str = ""
    size: int = 0


Event = Listed | Progress | Waiting | Verifying | Fetched | Broken
