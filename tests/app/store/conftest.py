from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from stored_conversations import Clock

from app.store import open_store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from app.store import Store


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(tmp_path: Path, clock: Clock) -> Iterator[Store]:
    store = open_store(tmp_path, clock).store
    yield store
    store.close()
