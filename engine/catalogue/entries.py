"""The list of known models, as it is shipped in `resources/catalogue.json`.

Facts only: each entry says where every one of them is from, and what could not be found out is
`None` and shown as such. The list is dated; what the hub says at the time of a download is what
counts for that download.
"""

from __future__ import annotations

from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

Format = Literal["full", "bnb_nf4"]

_FILE = "catalogue.json"


class _Fact(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Licence(_Fact):
    """`id` is one of SPDX's list, or a `LicenseRef-`. `gated`: to be accepted on the hub first."""

    id: str
    name: str
    link: str
    gated: bool = False


class Companion(_Fact):
    """What drafts for the model: a head in its own files, or a repository beside it."""

    kind: Literal["mtp", "assistant"]
    repository: str | None
    revision: str | None
    note: str = ""


class Source(_Fact):
    """A repository to fetch. `bytes` is all of it, `None` where that is not known before.

    `revision` is the commit, `None` where the newest one is taken and shown. `basis` says whether
    the bytes stand in the hub's own list or were counted from the model's size.
    """

    format: Format
    repository: str
    revision: str | None
    bytes: int | None
    numbers: Literal["bfloat16", "float32"]
    basis: Literal["listed", "counted"] | None = None


class Counted(_Fact):
    """How many of a model's numbers one way of keeping weights packs: `engine.model.sizes`."""

    packed: int
    largest: int
    head: int
    tied: bool


class Figures(_Fact):
    """Bytes where the published weights are packed on this computer.

    `download`; `kept` on disk once the download is removed; `peak_disk` and `peak_memory` are the
    most that is taken on the way.
    """

    download: int
    kept: int
    peak_disk: int
    peak_memory: int


class Entry(_Fact):
    """One model. `config` has the dimensions that memory follows from, `sources` where it is from.

    `context` is in tokens, as its makers declare it.
    """

    id: str
    name: str
    family: str
    parameters: int
    licence: Licence
    context: int
    sees: tuple[str, ...]
    draft: Companion | None
    downloads: tuple[Source, ...]
    config: dict[str, Any]
    counts: dict[str, Counted]
    figures: Figures
    sources: dict[str, str]

    def source(self, *, for_card: bool) -> Source:
        """What to fetch: weights that are packed already suit a card, whole ones a processor."""
        packed = [source for source in self.downloads if source.format == "bnb_nf4"]
        return packed[0] if for_card and packed else self.whole

    @property
    def whole(self) -> Source:
        """The weights as their makers published them."""
        return next(source for source in self.downloads if source.format == "full")


class Catalogue(_Fact):
    """The list, and the day that it was made."""

    date: date
    models: tuple[Entry, ...]

    def find(self, name: str) -> Entry | None:
        """The entry with this id, repository or name."""
        wanted = name.casefold()
        for entry in self.models:
            names = (entry.id, entry.name, *(source.repository for source in entry.downloads))
            if wanted in {known.casefold() for known in names}:
                return entry
        return None


@cache
def catalogue() -> Catalogue:
    """The list that is shipped."""
    return read_catalogue(files("resources").joinpath(_FILE).read_text(encoding="utf-8"))


def read_catalogue(text: str) -> Catalogue:
    """A list from its JSON; raises `pydantic.ValidationError` for anything else."""
    return Catalogue.model_validate_json(text)
