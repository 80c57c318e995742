"""Some wrong answers of each task, to be read: that is how people judge a model."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from engine.evaluation.asking import Answered

_LONGEST = 160


def wrong_answers(answered: Iterable[Answered], most: int) -> list[str]:
    """A paragraph for each task that has wrong answers."""
    answered = tuple(answered)
    count = Counter(a.outcome.task for a in answered if not a.outcome.right)
    paragraphs = []
    for task, found in _by_task(answered, most).items():
        lines = [f"{task}: {len(found)} of {count[task]} wrong answers"]
        for answer in found:
            lines += [
                f"  asked     {_shortened(answer.question)}",
                f"  right     {_shortened(answer.expected)}",
                f"  answered  {_shortened(answer.said)}",
                "",
            ]
        paragraphs.append("\n".join(lines[:-1]))
    return paragraphs


def wrong_objects(answered: Iterable[Answered], most: int) -> list[dict[str, object]]:
    """The same as objects, whole."""
    return [
        {
            "task": task,
            "item": answer.outcome.item,
            "exchange": answer.outcome.exchange,
            "question": answer.question,
            "right": answer.expected,
            "answered": answer.said,
        }
        for task, found in _by_task(tuple(answered), most).items()
        for answer in found
    ]


def _by_task(answered: tuple[Answered, ...], most: int) -> dict[str, list[Answered]]:
    found: dict[str, list[Answered]] = defaultdict(list)
    for answer in answered:
        if not answer.outcome.right and len(found[answer.outcome.task]) < most:
            found[answer.outcome.task].append(answer)
    return found


def _shortened(text: str) -> str:
    """One line; of a long one the end, which holds the question, and of any its beginning."""
    line = " ".join(text.split())
    if len(line) <= _LONGEST:
        return line
    half = _LONGEST // 2
    return f"{line[:half].rstrip()} … {line[-half:].lstrip()}"
