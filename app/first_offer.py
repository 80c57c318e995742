"""What the first-run page says of a larger model: one of the list that suits this machine."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from app.wording import gigabytes, size
from engine.catalogue.fit import fit_entry, place_of
from engine.catalogue.recommend import PLANNED_TOKENS, recommended

if TYPE_CHECKING:
    from app.model_rows import ModelRow
    from engine.catalogue.entries import Catalogue, Entry
    from engine.machine import Machine

_NONE_FITS = "No model of the list fits with room for a long text. Open the folder of one you have."
_BUTTONS = {
    "downloading": ("Pause", "pause"),
    "waiting": ("Pause", "pause"),
    "paused": ("Resume", "download"),
    "failed": ("Try again", "download"),
    "corrupt": ("Try again", "download"),
    "no space": ("Try again", "download"),
}


@dataclass(frozen=True, slots=True)
class Offer:
    """Words of the cell; `button` asks for `verb` of the model `entry`, where there is one."""

    text: str
    entry: str = ""
    button: str = ""
    verb: str = ""


def offer(machine: Machine, known: Catalogue) -> Offer:
    """What to offer on this machine. Nothing begins by itself."""
    entry = recommended(known, machine)
    if entry is not None:
        return Offer(_figures(entry, machine), entry.id, "Download", "download")
    entry = recommended(known, replace(machine, disk_free_bytes=None))
    if entry is None:
        return Offer(_NONE_FITS)
    room = f"Free some space first: {size(machine.disk_free_bytes or 0)} are left."
    return Offer(f"{_figures(entry, machine)} {room}")


def offer_under_way(row: ModelRow) -> Offer:
    """The offered model while it is fetched, by its row on the page of models."""
    text, verb = _BUTTONS.get(row.state, ("", ""))
    words = row.work.text if row.work is not None else "Downloaded."
    return Offer(f"{row.name}: {words}", row.id, text, verb)


def _figures(entry: Entry, machine: Machine) -> str:
    place = place_of(machine)
    count = entry.source(for_card=place.on_card).bytes
    download = "a download of a size not known yet" if count is None else f"{size(count)} to fetch"
    needs = gigabytes(fit_entry(entry, place, PLANNED_TOKENS).needed_bytes)
    where = "on the card" if place.on_card else "of memory, on the processor"
    return f"{entry.name} suits it: {download}, then {needs} GB {where}."
