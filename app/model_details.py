"""What the details of a model say: its draft models, its files, its licence, where facts are from.

Words only; the widgets are in `app.ui.model_details`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from app.model_rows import context
from app.wording import UNKNOWN, rate, size

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.model_library import ModelLibrary
    from engine.catalogue.entries import Entry
    from engine.catalogue.pairing import Verdict
    from engine.catalogue.records import KeptModel

_GUESSES = (
    "A small model guesses the next words and this one checks each guess. Answers stay the same, "
    "they only arrive sooner."
)
_OWN_HEAD = "It has a prediction head of its own, which drafts where its files hold it."
_UNMEASURED = "Not measured yet."


@dataclass(frozen=True, slots=True)
class DraftOption:
    """One model that may draft, or may not; `id` is empty for none."""

    id: str
    name: str
    text: str
    badge: str = ""
    allowed: bool = True
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class Fact:
    """A line of the list; `link` is an address that can be opened, `mark` a check beside it."""

    name: str
    value: str
    link: str = ""
    kind: Literal["", "good", "bad"] = ""
    verb: str = ""


@dataclass(frozen=True, slots=True)
class Details:
    """All of it. `draft_text` is empty where there is nothing to choose."""

    id: str
    name: str
    here: bool
    draft_text: str
    options: tuple[DraftOption, ...]
    facts: tuple[Fact, ...]
    removes: str = ""
    sources: tuple[Fact, ...] = ()


def details_of_kept(
    library: ModelLibrary, model: KeptModel, verdicts: Sequence[Verdict] | None
) -> Details:
    """The details of a model on this computer; `verdicts` are `None` while they are found out."""
    looked = library.looked_at(model.id)
    entry = library.entry(model.entry)
    head = entry is not None and entry.draft is not None and entry.draft.kind == "mtp"
    return Details(
        id=model.id,
        name=model.name,
        here=True,
        draft_text=f"{_GUESSES} {_OWN_HEAD}" if head else _GUESSES,
        options=_options(model, verdicts),
        facts=(
            _checksum(model),
            Fact("On disk", f"{size(model.size)} in {len(model.files)} files"),
            _licence(model),
            Fact("Context", UNKNOWN if looked is None else f"{looked.context:,} tokens declared"),
            Fact("From", _origin(model)),
            Fact("Folder", str(model.folder)),
        ),
        removes=_removes(library, model),
    )


def details_of_entry(entry: Entry, *, on_card: bool) -> Details:
    """The details of a model of the list."""
    source = entry.source(for_card=on_card)
    figures = entry.figures
    revision = source.revision[:12] if source.revision else "not known; the newest is taken"
    facts = [
        Fact("Parameters", f"{entry.parameters:,}"),
        Fact("Licence", entry.licence.name, entry.licence.link),
        Fact("Context", f"{entry.context:,} tokens ({context(entry.context)})"),
        Fact("Repository", source.repository, f"https://huggingface.co/{source.repository}"),
        Fact("Version", revision),
        Fact("Download", UNKNOWN if source.bytes is None else _with_basis(source.bytes, source)),
    ]
    if source.format == "full":
        text = (
            f"{size(figures.kept)} more on disk, packed when it is first loaded. That takes "
            f"{size(figures.peak_disk)} of disk in all, and {size(figures.peak_memory)} of memory"
        )
        facts.append(Fact("In 4-bit", text))
    if entry.draft is not None:
        facts.append(Fact("Drafts with", entry.draft.repository or entry.draft.note))
    if entry.licence.gated:
        facts.insert(2, Fact("", "To be accepted on the hub first", kind="bad"))
    return Details(
        id=entry.id,
        name=entry.name,
        here=False,
        draft_text="",
        options=(),
        facts=tuple(facts),
        sources=tuple(Fact(name.capitalize(), text) for name, text in entry.sources.items()),
    )


def _with_basis(count: int, source: object) -> str:
    counted = getattr(source, "basis", None) == "counted"
    return f"about {size(count)} (estimate)" if counted else size(count)


def _options(model: KeptModel, verdicts: Sequence[Verdict] | None) -> tuple[DraftOption, ...]:
    alone = model.measured if model.measured and not model.measured.with_draft else None
    none = DraftOption(
        "",
        "No draft",
        f"{rate(alone.tok_s)} tok/s measured here" if alone else _UNMEASURED,
        chosen=not model.draft,
    )
    if verdicts is None:
        return (none, DraftOption(" ", "Looking at the others…", "", allowed=False))
    return (none, *(_option(model, verdict) for verdict in verdicts))


def _option(model: KeptModel, verdict: Verdict) -> DraftOption:
    chosen = model.draft == verdict.draft.id
    if not verdict.accepted:
        return DraftOption(
            verdict.draft.id, verdict.draft.name, verdict.reason, "Refused", allowed=False
        )
    paired = model.measured if chosen and model.measured and model.measured.with_draft else None
    parts = (
        f"{rate(paired.tok_s)} tok/s measured here." if paired else _UNMEASURED,
        verdict.caution,
        f"Adds {size(verdict.adds_bytes)}.",
    )
    return DraftOption(
        verdict.draft.id,
        verdict.draft.name,
        " ".join(part for part in parts if part),
        "Paired" if chosen else "",
        chosen=chosen,
    )


def _checksum(model: KeptModel) -> Fact:
    if model.damaged:
        return Fact("Checksum", f"{model.damaged} does not match", kind="bad")
    if model.verified is None:
        return Fact("Checksum", "Not looked at yet")
    day = f"{model.verified.day} {model.verified:%b}"
    known = all(file.sha256 for file in model.files)
    name = "SHA-256 matches" if known else "Checksums match"
    return Fact("Checksum", f"{name}, {day}", kind="good")


def _licence(model: KeptModel) -> Fact:
    licence = model.licence
    if licence.id is None:
        return Fact("Licence", "Not stated", kind="bad", verb="licence" if licence.file else "")
    text = f"{licence.name or licence.id}, read it"
    return Fact("Licence", text, licence.link, verb="licence" if licence.file else "")


def _origin(model: KeptModel) -> str:
    if model.repository:
        return f"{model.repository} at {model.commit[:12]}"
    return "A folder, used where it is" if model.origin == "in place" else "A copy of a folder"


def _removes(library: ModelLibrary, model: KeptModel) -> str:
    freed = library.library.removable_bytes(model)
    if not freed:
        return "It is taken off the list. Its folder stays as it is."
    return f"Its files are deleted. That frees {size(freed)}."
