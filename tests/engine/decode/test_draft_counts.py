"""What a turn says of its drafts is what they did, held against the turn's own plain steps."""

from __future__ import annotations

import pytest

from engine.decode.drafting import Draft, Drafting, DraftingMemory

PLAIN = 0.010


class Silent:
    name = "silent"

    def propose(self, tokens: object, most: int) -> list[int]:
        del tokens, most
        return []


def turn(memory: DraftingMemory) -> Drafting:
    return Drafting([Silent()], memory)


def test_time_saved_is_measured_against_this_turns_own_steps() -> None:
    memory = DraftingMemory()
    busy = turn(memory)
    for _ in range(50):  # an earlier turn, while the machine was busy
        busy.note_plain(20 * PLAIN)
    drafting = turn(memory)
    for seconds in (PLAIN, PLAIN, 30 * PLAIN):  # one of them slow by accident
        drafting.note_plain(seconds)
    drafting.note_draft(Draft((1, 2, 3), 0, 0.001), 2, 0.012)
    drafting.note_draft(Draft((1, 2, 3), 0, 0.001), 0, 0.012)
    drafts = drafting.drafts
    assert (drafts.proposed, drafts.accepted, drafts.forwards) == (6, 2, 5)
    assert drafts.by == (("silent", 2),)
    # Four tokens in two forwards of 12 ms, each proposed in 1 ms.
    assert drafts.saved_s == pytest.approx(4 * PLAIN - 2 * 0.013)


def test_a_turn_without_a_plain_step_is_held_against_the_usual_one() -> None:
    memory = DraftingMemory()
    turn(memory).note_plain(PLAIN)
    drafting = turn(memory)
    drafting.note_draft(Draft((1, 2, 3), 0, 0.0), 3, 0.012)
    assert drafting.drafts.saved_s == pytest.approx(4 * PLAIN - 0.012)


def test_asking_in_vain_is_a_loss() -> None:
    drafting = turn(DraftingMemory())
    drafting.note_plain(PLAIN)
    assert drafting.propose([1, 2]) is None
    assert drafting.drafts.saved_s < 0
    assert drafting.counts.tokens == 1


def test_drafts_that_lose_wait_and_say_so() -> None:
    drafting = turn(DraftingMemory())
    drafting.note_plain(PLAIN)
    assert not drafting.drafts.note
    for _ in range(5):
        drafting.note_draft(Draft((1, 2, 3), 0, PLAIN), 0, 2 * PLAIN)
    assert drafting.drafts.note == "Cost more than it saved and waits: silent."
    assert drafting.drafts.saved_s == pytest.approx(5 * (PLAIN - 3 * PLAIN))
