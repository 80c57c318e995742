"""Where the process of a download begins: its environment is settled before anything is imported.

`huggingface_hub` reads its settings once, when it is imported, and it is imported in this process
alone.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from pathlib import Path

ENDPOINT_VARIABLE = "HF_ENDPOINT"
HUB = "https://huggingface.co"


@dataclass(frozen=True, slots=True)
class Job:
    """What to fetch, and where to put it.

    `revision` is a commit, or `None` for the newest. `patience_s` is how long a silent server is
    waited for, `attempts` how often in a row it is asked again.
    """

    repository: str
    revision: str | None
    folder: Path
    endpoint: str = HUB
    patience_s: float = 20.0
    attempts: int = 6
    pause_s: float = 5.0


def run(job: Job, told: Connection) -> None:
    """Fetch, and tell events through `told`. The target of the process."""
    os.environ |= {
        ENDPOINT_VARIABLE: job.endpoint,
        "HF_HUB_DISABLE_TELEMETRY": "1",
        "HF_HUB_DISABLE_UPDATE_CHECK": "1",
        "HF_HUB_DISABLE_PROGRESS_BARS": "1",
        "HF_HUB_OFFLINE": "0",
        # Files come whole from the hub itself, so that they can be taken up where they stopped.
        "HF_HUB_DISABLE_XET": "1",
    }
    from engine.catalogue.fetch import fetch

    fetch(job, told.send)
    told.close()
