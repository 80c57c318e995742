"""A head's memory keeps what belongs to the conversation as it stands, and nothing else."""

from __future__ import annotations

import random

import pytest
import torch

from engine.cache.head_memory import HeadMemory
from engine.cache.kv_cache import KVCache
from engine.cache.layer_kinds import FULL

SIZE = 3


def rows_of(start: int, count: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Hidden states and positions that say which token they are of."""
    numbers = torch.arange(start, start + count)
    return numbers[:, None].expand(-1, SIZE).float(), numbers[None]


def note(memory: HeadMemory, start: int, count: int) -> None:
    hidden, positions = rows_of(start, count)
    memory.note(start, hidden, positions)


def read(memory: HeadMemory) -> list[int]:
    """Read all that waits, as a head does; returns the numbers of those tokens."""
    rows = memory.take()
    if rows is None:
        return []
    assert rows.hidden[:, 0].tolist() == rows.positions[0].tolist() == list(rows.places)
    states = rows.hidden[None, None]
    memory.layer.update(states, states)
    memory.note_read(rows.places)
    return list(rows.places)


def held(memory: HeadMemory) -> list[int]:
    """What the layer holds, by the numbers that its keys say."""
    if not memory.layer.length:
        return []
    return [int(key) for key in memory.layer.rows(0, memory.layer.length)["keys"][0, 0, :, 0]]


def test_only_the_last_tokens_wait() -> None:
    memory = HeadMemory(most_waiting=5)
    for start, count in ((0, 4), (4, 9), (13, 1), (14, 2)):
        note(memory, start, count)
    assert read(memory) == [11, 12, 13, 14, 15]
    assert read(memory) == []


def test_long_pieces_do_not_stay_in_memory() -> None:
    memory = HeadMemory(most_waiting=5)
    note(memory, 0, 1_000)
    assert memory.nbytes == 5 * SIZE * 4
    rows = memory.take()
    assert rows is not None
    assert rows.hidden.untyped_storage().nbytes() == memory.nbytes + 5 * SIZE * 4


@pytest.mark.parametrize("length", range(13))
def test_a_cut_drops_what_was_read_with_a_token_that_is_gone(length: int) -> None:
    memory = HeadMemory()
    note(memory, 0, 8)
    read(memory)
    note(memory, 8, 4)
    memory.cut(length)
    # A token is read together with the next one, so the last that is left was read with another.
    assert list(memory.read) == held(memory) == list(range(min(8, max(0, length - 1))))
    assert read(memory) == list(range(8, length))


def test_a_copy_goes_its_own_way() -> None:
    memory = HeadMemory()
    note(memory, 0, 6)
    read(memory)
    note(memory, 6, 3)
    copy = memory.fork(8)
    note(copy, 8, 2)
    assert read(copy) == [6, 7, 8, 9]
    assert held(copy) == list(range(10))
    assert read(memory) == [6, 7, 8]
    assert held(memory) == list(range(9))


def test_drafted_tokens_are_forgotten() -> None:
    memory = HeadMemory()
    note(memory, 0, 4)
    read(memory)
    states = torch.full((1, 1, 2, SIZE), 99.0)
    memory.layer.update(states, states)
    memory.forget_drafted()
    assert held(memory) == [0, 1, 2, 3]


def test_it_follows_its_cache_through_anything() -> None:
    """Drafts, cuts and copies in any order, against lists of numbers."""
    choose = random.Random(0)
    for _ in range(200):
        cache = KVCache([FULL])
        cache.head = HeadMemory(most_waiting=choose.randrange(1, 9))
        for _ in range(12):
            start, count = cache.length, choose.randrange(1, 6)
            drafting = choose.random() < 0.5
            if drafting:
                cache.begin()
            states = torch.zeros(1, 1, count, 1)
            cache.update(states, states, 0)
            assert cache.head is not None
            note(cache.head, start, count)
            if drafting:
                cache.commit(choose.randrange(1, count + 1))
            if choose.random() < 0.5:
                read(cache.head)
            if choose.random() < 0.2:
                cache.truncate(choose.randrange(cache.length + 1))
            if choose.random() < 0.2:
                cache = cache.fork(cache.checkpoint())
            assert cache.head is not None
            numbers = held(cache.head)
            assert numbers == list(cache.head.read) == sorted(set(numbers))
            assert not numbers or numbers[-1] < cache.length
