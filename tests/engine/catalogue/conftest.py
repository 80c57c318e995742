"""A hub on this machine, with a tiny checkpoint in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hub_server import Hub, Repository, running
from tiny_checkpoints import build_qwen3_vl

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NAME = "makers/tiny"


@pytest.fixture(scope="session")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_qwen3_vl(tmp_path_factory.mktemp("hub") / "tiny")


@pytest.fixture
def hub(checkpoint: Path) -> Iterator[Hub]:
    repository = Repository.of(checkpoint)
    repository.files |= {"LICENSE": b"Do as you like.", "pytorch_model.bin": b"pickled"}
    yield from running(Hub({NAME: repository}))
