"""How much of what the draft model proposes the target would accept, by teacher forcing.

Both models read the right answers. At each place of an answer the draft proposes its most likely
tokens one after the other, as long as they are the target's too; the first that is not costs the
rest of the round, and the target's own token ends it (Leviathan et al. 2023, arXiv:2211.17192,
greedy). Proposals follow the answer as it stands, not the draft's own earlier ones, which differ
only behind the first refusal, where nothing counts any more.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from batches import make_batch, scored_logits
from evaluate import sorted_by_length

from engine.evals.tasks import draw_items

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from chat import ChatEncoder, Sample
    from transformers import PreTrainedModel

    from engine.evals.items import Item


DRAFTED_TASKS = (
    "document/facts", "document/prose", "document/table", "document/pages", "document/absent",
    "document/meant", "document/long", "tools/call", "tools/optional", "tools/two", "tools/result",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Accepted:
    """Tokens proposed and accepted, and the target's passes that they cost."""

    proposed: int = 0
    accepted: int = 0
    rounds: int = 0

    @property
    def share(self) -> float:
        """The acceptance rate."""
        return self.accepted / self.proposed if self.proposed else 0.0

    def __add__(self, other: Accepted) -> Accepted:
        return Accepted(
            self.proposed + other.proposed,
            self.accepted + other.accepted,
            self.rounds + other.rounds,
        )


def rounds_of(agrees: Sequence[bool], k: int) -> Accepted:
    """Go through one answer in rounds of at most `k` proposals."""
    total, place = Accepted(), 0
    while place < len(agrees):
        proposed = agrees[place : place + k]
        accepted = next((i for i, right in enumerate(proposed) if not right), len(proposed))
        total += Accepted(len(proposed), accepted, 1)
        place += accepted + 1
    return total


@torch.no_grad()
def acceptance(
    target: PreTrainedModel,
    draft: PreTrainedModel,
    encoder: ChatEncoder,
    tasks: Iterable[str],
    items: int,
    k: int = 4,
    seed: int = 3,
) -> dict[str, Accepted]:
    """Return what is accepted per task, over held-out answers."""
    target.eval()
    draft.eval()
    totals: dict[str, Accepted] = defaultdict(Accepted)
    for task in tasks:
        drawn = [(item, encoder.sample(item, task)) for item in draw_items(task, items, seed)]
        for group in sorted_by_length(drawn):
            batch = make_batch([sample for _, sample in group], 0).to(str(target.device))
            chosen = scored_logits(target, batch).argmax(-1)
            guessed = scored_logits(draft, batch).argmax(-1)
            for agrees in _answers(group, (chosen == guessed).tolist()):
                totals[task] += rounds_of(agrees, k)
    return dict(totals)


def table(found: dict[str, Accepted]) -> str:
    """Return the figures as lines of plain text."""
    rows = [*found.items(), ("all", sum(found.values(), Accepted()))]
    return "\n".join(
        f"{task:<24}{part.share:.3f}  of {part.proposed} proposed in {part.rounds} rounds"
        for task, part in rows
    )


def _answers(group: list[tuple[Item, Sample]], agrees: list[bool]) -> Iterator[list[bool]]:
    place = 0
    for _, sample in group:
        for answer in sample.answers:
            length = answer.end - answer.first
            yield agrees[place : place + length]
            place += length
