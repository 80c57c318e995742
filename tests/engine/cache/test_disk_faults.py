"""Damaged files, foreign files, full disks and killed processes cost time and nothing else."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from fake_turns import PIECE, FakeTurns

from engine.cache.layer_kinds import FULL, LINEAR
from engine.cache.maker import Maker
from engine.cache.sealed_file import SealedReader

if TYPE_CHECKING:
    from collections.abc import Callable

posix = pytest.mark.skipif(os.name != "posix", reason="needs POSIX processes")

CACHES = {"full": [FULL], "conv": [LINEAR, FULL]}
KEYS = range(4 * PIECE + 2)


@pytest.fixture(params=CACHES)
def kept(request: pytest.FixtureRequest, tmp_path) -> FakeTurns:
    """A conversation of four pieces and a rest, written by a process that has ended."""
    turns = FakeTurns(tmp_path, CACHES[request.param])
    turns.turn(KEYS[: 2 * PIECE + 1])
    turns.turn(KEYS)
    turns.close()
    return turns


def again(turns: FakeTurns, **options: object) -> FakeTurns:
    return FakeTurns(turns.shelf.root, turns.kinds, **options)  # type: ignore[arg-type]


def piece(turns: FakeTurns, depth: int) -> Path:
    (path,) = [p for p in turns.files() if f"-{depth:06}-" in p.name and p.stem.endswith("-4")]
    return path


def truncated(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def emptied(path: Path) -> None:
    os.truncate(path, 0)


def flipped(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[-3] ^= 16
    path.write_bytes(content)


def zeroed(path: Path) -> None:
    path.write_bytes(bytes(path.stat().st_size))


def exchanged(path: Path) -> None:
    """A whole and sound file, but with other keys than its name says."""
    (other,) = [p for p in path.parent.glob("*-000000-*") if p.stem.endswith("-4")]
    path.write_bytes(other.read_bytes())


@pytest.mark.parametrize("damage", [truncated, emptied, flipped, zeroed, exchanged])
def test_a_damaged_piece_ends_what_can_be_used(
    kept: FakeTurns, damage: Callable[[Path], None], caplog
) -> None:
    path = piece(kept, 2)
    damage(path)
    turns = again(kept)
    reused, note = turns.turn([*KEYS, 99])
    # Without states anything up to the damage is of use; else the state before it is.
    assert reused == 2 * PIECE + (0 if len(kept.kinds) == 1 else 1)
    lost = len(KEYS) - reused
    assert note == f"{lost} tokens were read again: the file that kept them was damaged."
    assert not path.exists()
    assert path.name in caplog.text
    turns.close()
    turns = again(kept)  # what was computed again is whole again
    assert turns.turn([*KEYS, 99, 100]) == (len(KEYS) + 1, "")
    turns.close()


def test_a_damaged_rest_or_state_costs_no_more_than_itself(kept: FakeTurns) -> None:
    (last,) = [p for p in kept.files() if p.stem.endswith(("-2", "-2s0"))]
    flipped(last)
    turns = again(kept)
    reused, note = turns.turn([*KEYS, 99])
    assert reused == (4 * PIECE if len(kept.kinds) == 1 else len(KEYS) - 1)
    assert "was damaged" in note
    turns.close()


def test_everything_damaged_is_a_cold_start(kept: FakeTurns) -> None:
    for path in kept.files():
        flipped(path)
    turns = again(kept)
    reused, note = turns.turn([*KEYS, 99])
    assert reused == 0
    assert "was damaged" in note
    turns.close()


def test_a_file_that_cannot_be_read_is_left_alone(kept: FakeTurns) -> None:
    path = piece(kept, 0)
    path.unlink()
    path.mkdir()
    turns = again(kept)
    reused, note = turns.turn([*KEYS, 99])
    assert (reused, path.is_dir()) == (0, True)
    assert "cannot be read" in note
    turns.close()


def test_what_another_process_has_removed_is_no_damage(kept: FakeTurns, caplog) -> None:
    turns = again(kept)
    for path in kept.files():
        path.unlink()
    assert turns.turn([*KEYS, 99]) == (0, "")
    assert not caplog.records
    turns.close()
    turns = again(kept)
    assert turns.turn([*KEYS, 99, 100])[0] == len(KEYS) + 1
    turns.close()


def test_another_version_is_ignored_and_left_alone(kept: FakeTurns) -> None:
    before = kept.files()
    turns = again(kept, version="2")
    reused, note = turns.turn([*KEYS, 99])
    assert reused == 0
    assert note.endswith("tokens were read again: they were kept by another version of Tanka.")
    turns.close()
    assert set(before) < set(kept.files())
    turns = again(kept, version="2")
    assert turns.turn([*KEYS, 99, 100]) == (len(KEYS) + 1, "")
    turns.close()


def test_files_under_a_false_version_are_found_out(kept: FakeTurns) -> None:
    for path in kept.files():
        mine = Maker("2", "a model", kept.kinds).version
        path.rename(path.with_name(path.name.replace(path.name.split("-")[1], mine)))
    turns = again(kept, version="2")
    reused, note = turns.turn([*KEYS, 99])
    assert reused == 0
    assert "another version" in note
    turns.close()
    for _ in kept.files():  # each turn writes over what it has found to be of no use
        turns = again(kept, version="2")
        reused, _ = turns.turn([*KEYS, 99])
        turns.close()
    assert reused == len(KEYS)


def test_another_model_finds_nothing(kept: FakeTurns) -> None:
    turns = again(kept, model="another model")
    assert turns.turn([*KEYS, 99]) == (0, "")
    turns.close()


def test_a_file_of_another_model_is_found_out(kept: FakeTurns) -> None:
    other = again(kept, model="another model")
    other.turn(KEYS)
    other.close()
    mine, theirs = (p for p in kept.files() if "-000000-" in p.name and p.stem.endswith("-4"))
    if mine.parent.name != Maker("1", "a model", kept.kinds).folder_name:
        mine, theirs = theirs, mine
    mine.write_bytes(theirs.read_bytes())
    turns = again(kept)
    reused, note = turns.turn([*KEYS, 99])
    assert reused == 0
    assert "they were kept by another model" in note
    turns.close()
    turns = again(kept)
    assert turns.turn([*KEYS, 99, 100]) == (len(KEYS) + 1, "")
    turns.close()


def test_the_shelf_keeps_its_size_and_the_start_of_long_conversations(tmp_path) -> None:
    turns = FakeTurns(tmp_path, [FULL], disk_bytes=20_000)
    for conversation in range(6):
        turns.turn(range(conversation * 1000, conversation * 1000 + 40))
        turns.finish()
        held = sum(path.stat().st_size for path in turns.files())
        assert held <= 20_000
    assert held > 10_000
    turns.close()
    turns = again(turns, disk_bytes=20_000)
    assert turns.turn([*range(5000, 5040), 1])[0] == 40  # the latest is there as a whole
    assert turns.turn([*range(41), 1])[0] == 0  # the first is gone
    turns.close()


def test_a_conversation_larger_than_the_shelf_keeps_its_beginning(tmp_path) -> None:
    turns = FakeTurns(tmp_path, [FULL], disk_bytes=6_000)
    turns.turn(range(100))
    turns.close()
    turns = again(turns, disk_bytes=6_000)
    reused, _ = turns.turn(range(101))
    assert 0 < reused < 100
    assert reused % PIECE == 0
    turns.close()


@posix
def test_a_full_disk_fails_no_turn(tmp_path, caplog) -> None:
    import resource

    turns = FakeTurns(tmp_path, [FULL], width=256)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, hard))
        for end in (10, 20, 30):
            turns.turn(range(end))
            turns.finish()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert turns.files() == []
    assert len([r for r in caplog.records if "cannot be kept" in r.getMessage()]) == 1
    turns.turn(range(40))
    turns.close()
    turns = again(turns, width=256)
    assert turns.turn(range(41))[0] == 40
    turns.close()


WRITER = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from fake_turns import FakeTurns
from engine.cache.layer_kinds import FULL, LINEAR

turns = FakeTurns(Path(sys.argv[1]), [LINEAR, FULL], width=4096)
for end in range(10, 10_000, 3):
    turns.turn(range(end), answer=[end, end + 1])
    if end % 2:
        turns.finish()
    print(end, flush=True)
"""


@posix
@pytest.mark.parametrize("seed", range(3))
def test_a_process_killed_while_it_writes_leaves_whole_files_only(tmp_path, seed: int) -> None:
    support = Path(__file__).parents[2] / "support"
    child = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(tmp_path), str(support)],
        stdout=subprocess.PIPE, cwd=Path(__file__).parents[3],
    )  # fmt: skip
    try:
        assert child.stdout is not None
        lines = random.Random(seed).randint(4, 40)
        for _ in range(lines):
            assert child.stdout.readline()
    finally:
        child.send_signal(signal.SIGKILL)
        child.wait(60)
        child.stdout.close()  # type: ignore[union-attr]
    turns = FakeTurns(tmp_path, [LINEAR, FULL], width=4096)
    whole = [path for path in turns.files() if path.suffix == ".safetensors"]
    for path in whole:
        SealedReader().read(path)
    keys = list(range(10_000))
    reused, note = turns.turn(keys[: 10 + 3 * lines])
    assert "damaged" not in note
    assert reused > 0
    turns.close()
    turns = again(turns, width=4096)
    assert turns.turn(keys[: 11 + 3 * lines])[0] == 10 + 3 * lines
    turns.close()
