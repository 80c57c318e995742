"""`tanka models`: what is known, what is here, and everything that can be done with it."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn
from rich.table import Table
from rich.text import Text

from engine.api.errors import BadRequest, ModelNotUsable
from engine.catalogue.download import Download, DownloadFailed
from engine.catalogue.entries import catalogue
from engine.catalogue.events import Broken, Fetched, Listed, Verifying, Waiting
from engine.catalogue.events import Progress as Received
from engine.catalogue.fit import CONTEXTS, fit_entry, place_of
from engine.catalogue.importing import inspect
from engine.catalogue.installed import look_at
from engine.catalogue.job import Job
from engine.catalogue.library import Library
from engine.catalogue.recommend import recommended
from engine.catalogue.unfinished import Wish
from engine.machine import read_machine

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from engine.catalogue.entries import Entry
    from engine.catalogue.events import Event
    from engine.catalogue.fit import Fit, Place
    from engine.catalogue.library import Library as Models
    from engine.catalogue.records import KeptModel

_GB = 1024**3


def list_models(*, as_json: bool) -> None:
    """What is on this computer, and the list of known models."""
    library, known = Library(), catalogue()
    content = {
        "here": [_described(model) for model in library.models],
        "unfinished": [
            {"name": wish.name, "repository": wish.repository, "kept_bytes": kept}
            for _, wish, kept in library.unfinished()
        ],
        "catalogue": {
            "date": known.date.isoformat(),
            "models": [_entry_facts(entry) for entry in known.models],
        },
    }
    if as_json:
        _print_json(content)
        return
    here = _table("On this computer", "", "model", "size", "licence")
    for model in library.models:
        here.add_row(model.id, model.name, _gb(model.size), model.licence.name or "not stated")
    listed = _table(f"Known models, {known.date:%d %B %Y}", "", "model", "licence", "download")
    for entry in known.models:
        listed.add_row(entry.id, entry.name, entry.licence.name, _gb(entry.whole.bytes))
    Console().print(here, listed)


def show_model(name: str, *, as_json: bool) -> None:
    """All that is known of a model; raises `BadRequest` for one that is not."""
    model, entry = _find(Library(), name)
    facts = _described(model) if model is not None else {}
    if entry is not None:
        facts |= {"catalogue": entry.model_dump(mode="json")}
    _print_facts(facts, as_json=as_json)


def fit_model(name: str, *, as_json: bool) -> None:
    """How a model fits this machine, for each length that people plan for."""
    library, machine = Library(), read_machine()
    place = place_of(machine)
    model, entry = _find(library, name)
    fits = [_fit(model, entry, place, tokens) for tokens in CONTEXTS]
    if as_json:
        _print_json({"memory_bytes": place.memory_bytes, "fits": [_fit_facts(f) for f in fits]})
        return
    table = _table(name, "context", "needs", "of", "")
    for found in fits:
        word = f"{found.word}. {found.consequence}".rstrip(". ") + "."
        table.add_row(f"{found.tokens:,}", _gb(found.needed_bytes), _gb(place.memory_bytes), word)
    Console().print(table)


def recommend(*, as_json: bool) -> None:
    """The model that this machine would be offered first."""
    entry = recommended(catalogue(), read_machine())
    facts = {"recommended": None} if entry is None else {"recommended": _entry_facts(entry)}
    _print_facts(facts, as_json=as_json)


def download_model(name: str, *, whole: bool, accept: bool, as_json: bool) -> None:
    """Fetch a model of the list, or a repository named in full.

    Raises `BadRequest` where its licence was not accepted, `DownloadFailed` where it ended early.
    """
    library, known = Library(), catalogue()
    entry = known.find(name)
    if entry is None and "/" not in name:
        raise BadRequest(f"“{name}” is not in the list. Name a repository in full to fetch it.")
    if entry is not None and entry.licence.id != "Apache-2.0" and not accept:
        raise BadRequest(
            f"{entry.name} comes under the {entry.licence.name}: {entry.licence.link}. Read it, "
            "and repeat the command with --accept-licence."
        )
    wish = _wish(name, entry, whole=whole)
    folder = library.prepare(wish)
    job = Job(wish.repository, wish.revision, folder)
    download = Download(job, f"Download of {wish.name}")
    download.start()
    try:
        end = _follow(download, as_json=as_json)
    finally:
        download.pause()
    if isinstance(end, Broken):
        raise DownloadFailed(end.sentence, end.details)
    assert isinstance(end, Fetched)
    model = library.finish(folder, end.manifest, known)
    if accept:
        model = library.accept_licence(model)
    _print_facts(_described(model), as_json=as_json)


def import_model(folder: Path, *, copy: bool, as_json: bool) -> None:
    """Take in a folder, as it is or copied; raises `BadRequest` for one that is refused."""
    found = inspect(folder.expanduser().absolute())
    model = Library().take_in(found, copy=copy)
    _print_facts(_described(model), as_json=as_json)


def verify_model(name: str, *, as_json: bool) -> None:
    """Look at every file again; raises `ModelNotUsable` for one that does not match."""
    library = Library()
    model = library.verify(_here(library, name))
    _print_facts(_described(model), as_json=as_json)
    if model.damaged:
        raise ModelNotUsable(f"One file does not match its checksum: {model.damaged}.")


def remove_model(name: str, *, as_json: bool) -> None:
    """Remove a model from this computer."""
    library = Library()
    freed = library.remove(_here(library, name))
    _print_facts({"freed_bytes": freed}, as_json=as_json)


def _follow(download: Download, *, as_json: bool) -> Event | None:
    """Show a download until it ends; returns its last event."""
    last: Event | None = None
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn())
    console = Console(stderr=True, quiet=as_json)
    with Progress(*columns, TransferSpeedColumn(), console=console) as shown:
        task = shown.add_task("Asking the hub", total=None)
        for event in download.events():
            last = event
            match event:
                case Listed(manifest, done):
                    shown.update(task, total=manifest.size, completed=done)
                case Received(file, done):
                    shown.update(task, description=file, completed=done)
                case Verifying(file):
                    shown.update(task, description=f"Checking {file}")
                case Waiting(_, attempt):
                    shown.update(task, description=f"Waiting for connection ({attempt})")
                case _:
                    pass
    return last


def _wish(name: str, entry: Entry | None, *, whole: bool) -> Wish:
    if entry is None:
        return Wish(name.rpartition("/")[2], name, None, "full")
    on_card = place_of(read_machine()).on_card and not whole
    source = entry.source(for_card=on_card)
    return Wish(entry.name, source.repository, source.revision, source.format, entry.id)


def _find(library: Models, name: str) -> tuple[KeptModel | None, Entry | None]:
    model = library.find(name)
    entry = catalogue().find(model.entry if model is not None and model.entry else name)
    if model is None and entry is None:
        raise BadRequest(f"No model is called “{name}”. `tanka models list` shows all.")
    return model, entry


def _here(library: Models, name: str) -> KeptModel:
    model = library.find(name)
    if model is None:
        raise BadRequest(f"“{name}” is not on this computer. `tanka models list` shows what is.")
    return model


def _fit(model: KeptModel | None, entry: Entry | None, place: Place, tokens: int) -> Fit:
    if model is not None:
        return look_at(model.folder, place).fit(tokens)
    assert entry is not None
    return fit_entry(entry, place, tokens)


def _described(model: KeptModel) -> dict[str, Any]:
    return {**model.model_dump(mode="json", exclude={"files"}), "size_bytes": model.size}


def _entry_facts(entry: Entry) -> dict[str, Any]:
    return {
        "id": entry.id,
        "name": entry.name,
        "family": entry.family,
        "parameters": entry.parameters,
        "licence": entry.licence.id,
        "context": entry.context,
        "figures": entry.figures.model_dump(),
        "downloads": [source.model_dump() for source in entry.downloads],
    }


def _fit_facts(found: Fit) -> Mapping[str, object]:
    return {**asdict(found), "needed_bytes": found.needed_bytes, "left_bytes": found.left_bytes}


def _print_facts(facts: Mapping[str, Any], *, as_json: bool) -> None:
    if as_json:
        _print_json(facts)
        return
    table = Table(show_header=False, box=None, pad_edge=False)
    for name, value in facts.items():
        table.add_row(name.replace("_", " "), Text(_said(value)))
    Console().print(table)


def _said(value: object) -> str:
    return json.dumps(value, indent=1, ensure_ascii=False) if value is not None else "not known"


def _print_json(content: object) -> None:
    sys.stdout.write(f"{json.dumps(content, default=str)}\n")


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left", box=None, pad_edge=False)
    for column in columns:
        table.add_column(column)
    return table


def _gb(count: int | None) -> str:
    return "not known" if count is None else f"{count / _GB:.1f} GB"
