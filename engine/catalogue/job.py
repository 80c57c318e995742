"""What a download is asked to do: a value that crosses into its process."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

# Another address for the hub: a mirror, or a server on this machine.
ENDPOINT_VARIABLE = "HF_ENDPOINT"
_HUB = "https://huggingface.co"


def endpoint() -> str:
    """Where the hub is."""
    return os.environ.get(ENDPOINT_VARIABLE, _HUB).rstrip("/")


@dataclass(frozen=True, slots=True)
class Job:
    """What to fetch, and where to put it.

    `revision` is a commit, or `None` for the newest. `patience_s` is how long a silent server is
    waited for, `attempts` how often in a row it is asked again.
    """

    repository: str
    revision: str | None
    folder: Path
    endpoint: str = field(default_factory=endpoint)
    patience_s: float = 20.0
    attempts: int = 6
    pause_s: float = 5.0
