"""The card says of every goal whether it is reached, from the figures measured."""

from pathlib import Path

from asked import ask_handwritten
from asked import table as asked_table
from goals import goals, table

STARTER = Path(__file__).resolve().parents[3] / "resources" / "starter"


def row(task: str, correct: int, n: int) -> dict[str, object]:
    return {"task": task, "correct": correct, "n": n}


def test_goals_sum_their_tasks_and_say_what_is_missed() -> None:
    rows = [
        row("document/facts", 10, 10),
        row("document/long", 8, 10),
        row("document", 0, 99),
        row("examples/five", 5, 10),
        row("examples/none", 1, 10),
        row("needle/2k", 1, 2),
    ]
    found = {goal.name: goal for goal in goals(rows, accepted=0.6, kept=(0.98, 0.995))}
    assert found["documents"].measured == 0.9
    assert found["five examples over none"].measured == 0.4
    assert found["functions"].measured == 0.0
    lines = {goal.name: goal.line for goal in found.values()}
    assert lines["documents"].endswith("reached")
    assert lines["a needle in 2,000 tokens"].endswith("missed")
    assert lines["share of the accuracy kept in 4-bit, at least"].endswith("missed")
    assert all(line in table(tuple(found.values())) for line in lines.values())


def test_hand_written_items_are_asked_of_the_packed_folder() -> None:
    (result,) = ask_handwritten(STARTER, ["handwritten/picture"])
    assert result.n + sum(count for _, count in result.skipped) >= 20
    assert f"{result.accuracy:.3f}" in asked_table([result])
