"""A process that is killed in the middle of an answer."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from stored_conversations import Clock

from app.store import (
    open_store,
)

if TYPE_CHECKING:
    from pathlib import Path


STREAM = """
import sys, time
from pathlib import Path
from app.store import open_store
from engine import user
store = open_store(Path(sys.argv[1])).store
conversation = store.conversations.create()
turn = store.turns.ask(conversation.id, user("Count without end"))
answer, saved = "", time.monotonic()
for n in range(10_000_000):
    answer += f"{n} "
    if time.monotonic() - saved >= 0.05:
        store.turns.save_partial(turn.id, answer)
        saved = time.monotonic()
        print(len(answer), flush=True)
"""


@pytest.mark.skipif(os.name == "nt", reason="there is no such signal")
def test_a_killed_process_loses_only_what_was_not_saved_yet(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", STREAM, str(tmp_path)], stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None
        told = [int(child.stdout.readline()) for _ in range(6)]
        child.send_signal(signal.SIGKILL)
        told += [int(line) for line in child.stdout.read().splitlines()]
    assert child.returncode == -signal.SIGKILL
    opened = open_store(tmp_path, Clock())
    assert (opened.damaged, opened.interrupted) == (None, 1)
    (row,) = opened.store.conversations.rows()
    (turn,) = opened.store.conversations.read(row.id).turns
    # One more may have been saved and not told of.
    assert len(turn.answer) >= told[-1]
    numbers = turn.answer.split()
    assert numbers == [str(n) for n in range(len(numbers))]
    assert opened.store.database.problems() == []
    opened.store.close()
