"""What the strip's cells say of the figures: words only, an unknown figure is "–"."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.ui.strip_chart import ChartSpec
from app.wording import drafting, gigabytes, percent, rate, seconds, size, tokens

if TYPE_CHECKING:
    from app.figures import Figures
    from engine import Drafts

TIPS = {
    "speed": "Tokens per second: how fast the answer is written, or the question read.",
    "first_token": "From sending the question to the first word of the answer.",
    "accepted": "The share of drafted tokens that the model would have chosen too.",
    "reused": "The share of the last prompt that did not have to be read again.",
    "gpu": "Memory of the graphics card in use, of all it has.",
    "ram": "Main memory that Tanka uses, of all this machine has.",
    "context": "Tokens of this conversation, of all that the model can hold at once.",
}


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell's content; `share` fills its bar, and `None` there means that it has none.

    `more` stands in the tip below what the cell means.
    """

    name: str
    before: str
    value: str
    after: str
    share: float | None = None
    bar: bool = False
    more: str = ""

    @property
    def empty(self) -> bool:
        """Whether there is nothing to show, not even that something is unknown."""
        return not self.before and not self.value


def cells(figures: Figures) -> tuple[Cell, ...]:
    """The strip's cells from left to right."""
    return (
        _speed(figures),
        Cell("first_token", "first token", seconds(figures.ttft_s), ""),
        _accepted(figures.drafts),
        Cell("reused", "reused", percent(figures.reused_share), ""),
        _gpu(figures),
        _memory("ram", "RAM", figures.process_bytes, figures.memory_bytes),
        _context(figures.context_tokens, figures.max_context),
    )


def _speed(figures: Figures) -> Cell:
    if figures.phase == "loading":
        if not figures.loading_bytes:
            return Cell("speed", "Loading the model", "", "")
        loaded, total = size(figures.loaded_bytes), size(figures.loading_bytes)
        return Cell("speed", "Loading the model", loaded, f"of {total}")
    idle = "" if figures.tok_s is None else "last"
    before = {"reading": "Reading", "answering": ""}.get(figures.phase, idle)
    return Cell("speed", before, rate(figures.tok_s), "tok/s")


def _accepted(drafts: Drafts | None) -> Cell:
    share = drafts.accepted / drafts.proposed if drafts is not None and drafts.proposed else None
    more = "" if drafts is None else drafting(drafts)
    return Cell("accepted", "accepted", percent(share), "", more=more)


def _context(used: int | None, whole: int | None) -> Cell:
    after = "" if whole is None else f"of {tokens(whole)}"
    return Cell("context", "Context", tokens(used), after, _share(used, whole), bar=True)


def _gpu(figures: Figures) -> Cell:
    if figures.on_gpu is False:
        return Cell("gpu", "CPU only", "", "")
    if figures.on_gpu is None:
        return Cell("gpu", "", "", "")
    return _memory("gpu", "GPU", figures.gpu_used_bytes, figures.gpu_total_bytes)


def _memory(name: str, label: str, used: int | None, total: int | None) -> Cell:
    after = "" if total is None else f"of {gigabytes(total)} GB"
    return Cell(name, label, gigabytes(used), after, _share(used, total), bar=True)


def _share(part: int | None, whole: int | None) -> float | None:
    return None if part is None or not whole else min(1.0, part / whole)


def chart_of(name: str, figures: Figures) -> ChartSpec:
    """How the last minute of the cell `name` is shown; figures of a part have their whole."""
    tip = TIPS[name]
    match name:
        case "speed":
            return ChartSpec("Tokens per second", tip, lambda value: f"{rate(value)} tok/s")
        case "first_token":
            return ChartSpec("First token", tip, seconds)
        case "accepted":
            return ChartSpec("Accepted", tip, percent, 1.0)
        case "reused":
            return ChartSpec("Reused", tip, percent, 1.0)
        case "gpu":
            return ChartSpec("Graphics memory", tip, _in_gb, figures.gpu_total_bytes)
        case "ram":
            return ChartSpec("Main memory", tip, _in_gb, figures.memory_bytes)
        case _:
            return ChartSpec("Context", tip, _in_tokens, figures.max_context)


def _in_gb(value: float) -> str:
    return f"{gigabytes(round(value))} GB"


def _in_tokens(value: float) -> str:
    return f"{tokens(round(value))} tokens"
