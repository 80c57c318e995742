"""Where the process of a download begins: its environment is settled before anything is imported.

`huggingface_hub` reads its settings once, when it is imported, and it is imported in this process
alone.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from engine.catalogue.job import ENDPOINT_VARIABLE

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

    from engine.catalogue.job import Job


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
