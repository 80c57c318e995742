"""What was computed before a restart is found again, and nothing wrong is ever found."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from fake_turns import FakeTurns
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.cache.layer_kinds import FULL, LINEAR, LayerKind

WINDOW = LayerKind("sliding", 3)
CACHES = {
    "full": [FULL, FULL],
    "conv": [LINEAR, FULL],
    "sliding": [WINDOW, FULL],
    "sliding alone": [WINDOW],
    "mixed": [LINEAR, WINDOW, FULL],
}


@pytest.fixture(params=CACHES)
def kinds(request: pytest.FixtureRequest) -> list[LayerKind]:
    return CACHES[request.param]


def restarted(turns: FakeTurns, **options: object) -> FakeTurns:
    turns.close()
    return FakeTurns(turns.shelf.root, turns.kinds, **options)  # type: ignore[arg-type]


def test_a_conversation_goes_on_after_a_restart(tmp_path, kinds) -> None:
    turns = FakeTurns(tmp_path, kinds)
    turns.turn(range(10), answer=[10, 11, 12])
    turns = restarted(turns)
    assert turns.turn(range(20)) == (13, "")
    turns = restarted(turns)
    assert turns.turn(range(30)) == (20, "")
    turns.close()


def test_each_length_can_be_the_end_of_a_turn(tmp_path, kinds) -> None:
    for length in range(1, 14):
        turns = FakeTurns(tmp_path / str(length), kinds)
        turns.turn(range(length))
        turns = restarted(turns)
        assert turns.turn(range(length + 1)) == (length, "")
        turns.close()


def test_two_conversations_share_what_they_have_in_common(tmp_path) -> None:
    turns = FakeTurns(tmp_path, [FULL])
    turns.turn([*range(8), 100, 101])
    turns.finish()
    before = len(turns.files())
    turns.turn([*range(8), 200, 201, 202])
    turns = restarted(turns)
    assert (before, len(turns.files())) == (3, 4)
    assert turns.turn([*range(8), 100, 101, 102])[0] == 10
    assert turns.turn([*range(8), 200, 201, 202, 203])[0] == 11
    turns.close()


def test_an_edit_inside_a_piece_keeps_what_stands_before_it(tmp_path) -> None:
    turns = FakeTurns(tmp_path, [FULL])
    turns.turn(range(12))
    turns = restarted(turns)
    assert turns.turn([0, 1, 2, 3, 4, 5, 60, 61]) == (6, "")
    turns.close()


def test_an_edit_goes_back_to_the_last_state_before_it(tmp_path) -> None:
    turns = FakeTurns(tmp_path, CACHES["mixed"])
    turns.turn(range(10))
    turns.turn(range(20))
    turns = restarted(turns)
    # States lie at 9 and 10 (the first question and its end) and at 19 and 20.
    reused, note = turns.turn([*range(15), 99])
    assert reused == 10
    assert note.startswith("5 tokens were read again: this model can only return to chosen places")
    turns.close()


def test_a_turn_grows_the_files_by_its_own_tokens_alone(tmp_path) -> None:
    turns = FakeTurns(tmp_path, [FULL])
    turns.turn(range(9))
    turns.finish()
    first = {path: path.stat().st_ino for path in turns.files()}
    turns.turn(range(14))
    turns.finish()
    second = {path: path.stat().st_ino for path in turns.files()}
    whole = {path: node for path, node in first.items() if "-4." in path.name}
    assert len(whole) == 2
    assert whole.items() <= second.items()
    assert len(second) == 4  # three whole pieces and the rest; the rest of before is gone
    turns.close()


def test_what_is_not_worth_a_file_is_not_written(tmp_path) -> None:
    turns = FakeTurns(tmp_path, [FULL], least_tokens=10)
    turns.turn(range(10))
    turns.finish()
    assert turns.files() == []
    turns.close()


def test_what_memory_holds_is_not_read_from_disk(tmp_path) -> None:
    turns = FakeTurns(tmp_path, [FULL], least_tokens=3)
    turns.turn(range(8))
    turns.finish()
    for path in turns.files():
        path.write_bytes(b"nothing good")
    assert turns.turn(range(12)) == (8, "")
    turns.close()


def test_what_memory_must_let_go_is_found_on_disk(tmp_path, kinds) -> None:
    turns = FakeTurns(tmp_path, kinds, memory_bytes=1)
    with turns.saver.paused():
        turns.turn(range(10))
        turns.turn(range(100, 110))
        assert turns.saver.finish(60)
    assert turns.turn(range(12))[0] == 10
    turns.close()


def test_nothing_is_written_while_the_engine_works(tmp_path) -> None:
    turns = FakeTurns(tmp_path, [FULL])
    with turns.saver.paused():
        turns.turn(range(10))
        turns.turn(range(20))
        assert turns.files() == []
    turns.finish()
    assert len(turns.files()) == 5
    turns.close()


def test_a_cleared_store_frees_its_memory_and_writes_nothing(tmp_path) -> None:
    turns = FakeTurns(tmp_path, [FULL])
    with turns.saver.paused():
        turns.turn(range(10))
        resting = turns.prefixes._kept[0].resting
        assert resting is not None
        turns.prefixes.clear()
        assert resting.rows(0, 1) is None
    turns.finish()
    assert turns.files() == []
    turns.close()


def test_a_turn_aside_leaves_no_trace_on_disk(tmp_path, kinds) -> None:
    turns = FakeTurns(tmp_path, kinds)
    turns.turn(range(8))
    turns.finish()
    before = turns.files()
    keys = [*range(8), 50, 51, 52]
    with turns.prefixes.lease(keys, aside=True) as lease:
        turns.fill(lease, 3)
    turns.finish()
    assert turns.files() == before
    turns.close()


def test_a_picture_is_never_taken_up_in_the_middle(tmp_path) -> None:
    # Keys of a picture are negative and count down; a whole piece ends inside this one.
    picture = [-1 - 5000 - i for i in range(6)]
    keys = [1, 2, *picture, 3, 4, 5]
    turns = FakeTurns(tmp_path, [FULL])
    turns.turn(keys)
    turns.finish()
    for path in turns.files():
        if "-000000-" not in path.name:
            path.unlink()
    turns = restarted(turns)
    assert turns.turn([*keys, 6])[0] == 2
    turns.close()


histories = st.lists(
    st.tuples(
        st.lists(st.integers(0, 2), min_size=1, max_size=14),
        st.lists(st.integers(0, 2), max_size=5),
        st.sampled_from(["go on", "restart", "do not wait"]),
    ),
    min_size=1,
    max_size=8,
)


@pytest.mark.parametrize("cache", ["full", "conv"])
@settings(deadline=None, max_examples=25)
@given(history=histories)
def test_all_that_was_ever_written_is_found(cache: str, history) -> None:
    """The oracle: every length that can be returned to, of every turn that was written."""
    with tempfile.TemporaryDirectory() as folder:
        turns = FakeTurns(Path(folder), CACHES[cache])
        returnable: set[tuple[int, ...]] = set()
        for prompt, answer, then in history:
            whole = (*prompt, *answer)
            reused, note = turns.turn(prompt, answer)
            best = max(
                (n for n in range(len(prompt)) if tuple(prompt[:n]) in returnable), default=0
            )
            assert reused == best
            assert note == "" or cache == "conv"
            lengths = range(len(whole) + 1) if cache == "full" else (len(prompt) - 1, len(whole))
            returnable |= {whole[:n] for n in lengths}
            turns.finish()
            if then == "restart":
                turns = restarted(turns)
        turns.close()


@pytest.mark.parametrize("cache", CACHES)
@settings(deadline=None, max_examples=15)
@given(history=histories, memory=st.sampled_from([1, 30_000, 2**30]))
def test_nothing_wrong_is_ever_found(cache: str, history, memory: int) -> None:
    """Each turn checks all that it was given; writing and reading run side by side."""
    with tempfile.TemporaryDirectory() as folder:
        turns = FakeTurns(Path(folder), CACHES[cache], memory_bytes=memory, disk_bytes=40_000)
        for prompt, answer, then in history:
            turns.turn(prompt, answer)
            if then == "restart":
                turns = restarted(turns, memory_bytes=memory, disk_bytes=40_000)
            elif then == "go on":
                turns.finish()
        turns.close()


def test_a_window_is_cut_back_as_far_as_it_was_held(tmp_path) -> None:
    turns = FakeTurns(tmp_path, CACHES["sliding"])
    turns.turn(range(8), answer=range(8, 21))
    with turns.prefixes.lease(range(21), aside=True) as lease:
        floor = lease.cache.floor
    assert floor < 9
    for length in (20, 13, 10, 9, 12):
        turns = restarted(turns)
        assert turns.turn([*range(length), 99])[0] == length
    turns.close()


def test_regenerating_after_a_restart_computes_one_token(tmp_path, kinds) -> None:
    turns = FakeTurns(tmp_path, kinds)
    turns.turn(range(10), answer=range(10, 23))
    turns = restarted(turns)
    assert turns.turn(range(10))[0] == 9
    turns.close()


@pytest.mark.parametrize("cache", CACHES)
@settings(deadline=None, max_examples=15)
@given(history=histories)
def test_after_restarts_no_less_is_found_than_without(cache: str, history) -> None:
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
        steady = FakeTurns(Path(one), CACHES[cache])
        turns = FakeTurns(Path(other), CACHES[cache])
        steady.prefixes._disk = None
        for prompt, answer, then in history:
            assert turns.turn(prompt, answer)[0] >= steady.turn(prompt, answer)[0]
            turns.finish()
            if then == "restart":
                turns = restarted(turns)
        turns.close()
        steady.close()
