"""Which model of the list to offer for a machine: a rule that can be read, and no more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.catalogue.fit import fit_entry, place_of

if TYPE_CHECKING:
    from engine.catalogue.entries import Catalogue, Entry
    from engine.machine import Machine

# A day's work: a document of some forty pages and questions about it.
PLANNED_TOKENS = 32_000
# Beyond it a processor alone answers too slowly to be a first impression.
_MOST_ON_PROCESSOR = 5_000_000_000


def recommended(known: Catalogue, machine: Machine) -> Entry | None:
    """The largest model that fits with room for 32k tokens, whose licence asks nothing beforehand.

    `None` where none does, or nothing is known of the machine's memory. On a processor, none of
    more than five billion parameters; and what is taken on the way must fit onto the disk.
    """
    place = place_of(machine)
    suited = [
        entry
        for entry in known.models
        if entry.licence.id == "Apache-2.0"
        and fit_entry(entry, place, PLANNED_TOKENS).word == "fits"
        and entry.context >= PLANNED_TOKENS
        and (place.on_card or entry.parameters <= _MOST_ON_PROCESSOR)
        and has_room(entry, machine)
    ]
    return max(suited, key=lambda entry: entry.parameters, default=None)


def has_room(entry: Entry, machine: Machine) -> bool:
    """Whether the disk has room for all that is taken on the way, as far as it is known."""
    free = machine.disk_free_bytes
    source = entry.source(for_card=place_of(machine).on_card)
    needed = entry.figures.peak_disk if source.format == "full" else entry.figures.kept
    return free is None or needed <= free
