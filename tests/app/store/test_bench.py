"""The suite `store` at a small size: every row is there, and the texts are worth searching."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from app.__main__ import _window_suites
from app.bench import store as suite
from app.bench.store import _conversations, _fill, run

if TYPE_CHECKING:
    import pytest

    from app.store import Store


def test_the_suite_is_registered_and_prints_its_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(suite, "_CONVERSATIONS", 30)
    rows = {row.name: row for row in _window_suites()["store"]()}
    assert rows["search_200k_messages_ms"].bar == 100
    assert all(row.value > 0 and row.suite == "store" for row in rows.values())
    assert set(rows) == {row.name for row in run()}


def test_the_texts_are_varied_and_the_same_each_time(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(suite, "_CONVERSATIONS", 40)
    _fill(store)
    assert len(store.conversations.rows()) == 40
    assert len(store.search.find("th")) == 40
    assert store.search.find("nitrte") == []
    first, second = next(_conversations(random.Random(1))), next(_conversations(random.Random(1)))
    assert first == second
