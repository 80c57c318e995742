"""What the page of models shows of each model: words and shares, no widgets and no files.

Figures are the planner's and the catalogue's; what was not measured is called an estimate, and what
is not known "–".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from app.wording import gigabytes, rate, size

if TYPE_CHECKING:
    from engine.catalogue.entries import Entry
    from engine.catalogue.fit import Fit
    from engine.catalogue.records import KeptModel

State = Literal[
    "listed",
    "downloading",
    "paused",
    "waiting",
    "verifying",
    "corrupt",
    "failed",
    "no space",
    "ready",
    "loading",
    "in use",
]
Ink = Literal["ink", "ink2", "ink3", "accent", "warn", "danger"]

_LICENCE_UNKNOWN = "licence not stated"
_ESTIMATE = "Estimate, until it has run once"
_GB = 1024**3
_MB = 1024**2
# Below it a rate says nothing any more: 50 kB a second.
_LEAST_RATE = 50 * 1024


@dataclass(frozen=True, slots=True)
class Badge:
    """A short word beside the name; `kind` is "accent", "plain" or "warn"."""

    text: str
    kind: Literal["accent", "plain", "warn"] = "plain"


@dataclass(frozen=True, slots=True)
class FitView:
    """A fit bar in words: `weights`, `context` and `working` are shares of the memory."""

    headline: str
    ink: Ink
    caption: str
    weights: float = 0.0
    context: float = 0.0
    working: float = 0.0
    full: bool = False
    tip: str = ""


@dataclass(frozen=True, slots=True)
class Work:
    """What is under way with a model: a share, `None` where none can be told, and words."""

    text: str
    share: float | None = None
    ink: Ink = "accent"


@dataclass(frozen=True, slots=True)
class ModelRow:
    """One card. `before` and `after` are the facts around the licence."""

    id: str
    name: str
    state: State
    badges: tuple[Badge, ...]
    before: str
    licence: str
    licence_known: bool
    after: str
    fit: FitView
    work: Work | None = None
    here: bool = False

    @property
    def facts(self) -> str:
        """The whole line of facts."""
        return " · ".join(part for part in (self.before, self.licence, self.after) if part)

    def matches(self, words: str) -> bool:
        """Whether every word stands in the name or in the facts."""
        text = f"{self.name} {self.facts}".casefold()
        return all(word in text for word in words.casefold().split())


def row_of_entry(entry: Entry, fit: Fit, state: State, work: Work | None) -> ModelRow:
    """A model of the list that is not here, or on its way."""
    source = entry.source(for_card=fit.place.on_card)
    form = "4-bit" if source.format != "full" else "16-bit"
    download = "size not known" if source.bytes is None else size(source.bytes)
    return ModelRow(
        id=entry.id,
        name=entry.name,
        state=state,
        badges=(),
        before=f"{form} · {download}",
        licence=entry.licence.name,
        licence_known=True,
        after=f"context {context(entry.context)} · {', '.join(entry.sees)}",
        fit=fit_view(fit, ""),
        work=work,
    )


def row_of_kept(
    model: KeptModel,
    fit: Fit | None,
    declared: int | None,
    form: str,
    state: State,
    work: Work | None,
) -> ModelRow:
    """A model on this computer. `form` says how its weights are kept, `declared` its context."""
    badges = []
    if state == "in use":
        badges.append(Badge("In use", "accent"))
    if state == "loading":
        badges.append(Badge("loading"))
    if model.origin == "in place":
        badges.append(Badge("local folder"))
    if model.damaged:
        badges.append(Badge("damaged", "warn"))
    after = f"context {'–' if declared is None else context(declared)}"
    return ModelRow(
        id=model.id,
        name=model.name,
        state=state,
        badges=tuple(badges),
        before=f"{form} · {size(model.size)}",
        licence=model.licence.name or model.licence.id or _LICENCE_UNKNOWN,
        licence_known=model.licence.id is not None,
        after=after,
        fit=_unread() if fit is None else fit_view(fit, _measured(model)),
        work=work,
        here=True,
    )


def fit_view(fit: Fit, measured: str) -> FitView:
    """A fit in words; `measured` is what is known of the speed."""
    small = fit.needed_bytes < _GB // 10
    needs = f"Needs {size(fit.needed_bytes) if small else f'{gigabytes(fit.needed_bytes)} GB'}"
    memory = fit.place.memory_bytes
    if memory is None:
        return FitView(needs, "ink", measured or "How much memory there is, is not known")
    of = f"{needs} of your {gigabytes(memory)} GB"
    parts = (fit.weight_bytes, fit.context_bytes, fit.working_bytes)
    weights, read, working = (part / memory for part in parts)
    tip = fit_parts(fit)
    if fit.word == "does not fit":
        headline = f"{needs}, does not fit"
        return FitView(headline, "danger", fit.consequence, full=True, tip=tip)
    if fit.word == "tight":
        for_what = "for the screen" if fit.place.on_card else "for other programs"
        left = f"Tight: leaves {gigabytes(fit.left_bytes)} GB {for_what}"
        tip = f"{tip}\n{fit.consequence}"
        return FitView(of, "warn", left, weights, read, working, tip=tip)
    return FitView(of, "ink", measured or _ESTIMATE, weights, read, working, tip=tip)


def fit_parts(fit: Fit) -> str:
    """The parts of a fit bar in words."""
    return (
        f"Weights {size(fit.weight_bytes)}, context of {fit.tokens:,} tokens "
        f"{size(fit.context_bytes)}, working space {size(fit.working_bytes)}"
    )


def context(tokens: int) -> str:
    """A model's context as its makers call it: 262,144 is 256k."""
    if tokens >= 1024 and tokens % 1024 == 0:
        return f"{tokens // 1024}k"
    return f"{round(tokens / 1000)}k" if tokens >= 1000 else str(tokens)


def download_text(done: int, total: int, per_second: float | None) -> str:
    """How far a download is: done, rate, time left."""
    if total >= _GB:
        parts = [f"{gigabytes(done)} of {size(total)}"]
    else:
        parts = [f"{done / _MB:,.0f} of {size(total)}"]
    if per_second is not None and per_second >= _LEAST_RATE:
        digits = 0 if per_second >= 10 * _MB else 1
        parts.append(f"{per_second / _MB:,.{digits}f} MB/s")
        parts.append(f"{_left((total - done) / per_second)} left")
    return " · ".join(parts)


def _left(seconds: float) -> str:
    if seconds < 60:
        return f"{max(1, round(seconds))} s"
    if seconds < 3600:
        return f"{round(seconds / 60)} min"
    return f"{seconds / 3600:.1f} h"


def _measured(model: KeptModel) -> str:
    if model.measured is None:
        return ""
    drafted = ", with draft" if model.measured.with_draft else ""
    return f"{rate(model.measured.tok_s)} tok/s measured here{drafted}"


def _unread() -> FitView:
    return FitView("Needs –", "ink3", "Its files cannot be read")
