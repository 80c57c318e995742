"""What a plain step costs is measured again and again, also where something always drafts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from engine.decode.draft_length import StepCosts
from engine.decode.drafting import Drafting, DraftingMemory

if TYPE_CHECKING:
    from collections.abc import Sequence

PLAIN = 0.010


class AlwaysAnIdea:
    """Proposes as many tokens as are asked for."""

    name = "always an idea"

    def propose(self, tokens: Sequence[int], most: int) -> Sequence[int]:
        del tokens
        return [0] * most


def run(steps: int, first: float, *, right: bool) -> tuple[int, int, int]:
    """Plain steps, drafts and tokens of so many forwards, the first one `first` times as slow."""
    drafting = Drafting([AlwaysAnIdea()], DraftingMemory())
    plain = drafts = tokens = 0
    for step in range(steps):
        draft = drafting.propose([1, 2, 3])
        if draft is None:
            drafting.note_plain(PLAIN * (first if step == 0 else 1.0))
            plain, tokens = plain + 1, tokens + 1
            continue
        accepted = len(draft.tokens) if right else 0
        drafting.note_draft(draft, accepted, PLAIN * (1 + 0.1 * len(draft.tokens)))
        drafts, tokens = drafts + 1, tokens + 1 + accepted
    return plain, drafts, tokens


@pytest.mark.parametrize("first", [1.0, 3.0, 20.0])
def test_a_slow_first_step_does_not_make_wrong_drafts_pay(first: float) -> None:
    plain, drafts, _ = run(1_000, first, right=False)
    assert plain + drafts == 1_000
    # A wrong draft costs a tenth of a step or more; a hundredth of all may be lost, and some tries.
    assert 0 < drafts < 150


def test_a_plain_step_now_and_then_costs_little() -> None:
    plain, _, tokens = run(1_000, 1.0, right=True)
    assert 10 < plain < 40
    assert tokens > 13_000


def test_the_fastest_of_the_first_forwards_counts() -> None:
    costs = StepCosts()
    for seconds in (5.0, 1.0, 2.0):
        costs.note(1, seconds)
    assert costs.plain == 1.0
    for _ in range(50):
        costs.note(1, 2.0)
    assert costs.plain == pytest.approx(2.0, rel=0.01)
