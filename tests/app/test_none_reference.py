import sys

import pytest
from PySide6.QtCore import QObject

from app.none_reference import keep_none_alive


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="None is immortal from 3.12 on")
def test_more_calls_than_none_had_references_are_survived() -> None:
    keep_none_alive()
    thing = QObject()

    for _ in range(100_000):
        thing.setObjectName("a")

    assert sys.getrefcount(None) > 100_000
