"""The models on this computer and those that could be, for the page that shows them.

Between `engine.catalogue` and the widgets: it keeps the library, listens to downloads, has slow
work done beside the window's thread, and says `changed` when there is something new to show.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from app.model_rows import ModelRow, Work, download_text, row_of_entry, row_of_kept
from engine import EngineError
from engine.catalogue.download import Download, allow
from engine.catalogue.entries import catalogue
from engine.catalogue.events import Broken, Fetched, Listed, Progress, Verifying, Waiting
from engine.catalogue.fit import fit_entry, place_of
from engine.catalogue.importing import inspect
from engine.catalogue.installed import Installed, look_at
from engine.catalogue.job import Job
from engine.catalogue.library import Library
from engine.catalogue.pairing import judge, put_beside
from engine.catalogue.recommend import PLANNED_TOKENS, recommended
from engine.catalogue.records import Measured
from engine.catalogue.unfinished import Wish

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from app.background import Background
    from app.model_rows import State
    from engine.catalogue.download import Allow
    from engine.catalogue.entries import Catalogue, Entry
    from engine.catalogue.events import Event
    from engine.catalogue.fit import Place
    from engine.catalogue.importing import Inspection
    from engine.catalogue.pairing import Verdict
    from engine.catalogue.records import KeptModel
    from engine.machine import Machine

# How often the processes of downloads are listened to.
_LISTEN_MS = 200
# A rate is taken over so long, so that it does not jump.
_RATE_S = 4.0
# A speed that changed by less is not written down again.
_WORTH_TELLING = 0.05


@dataclass(slots=True)
class Transfer:
    """A download as it is shown: under way, paused or broken off."""

    wish: Wish
    folder: Path
    state: State
    done: int = 0
    total: int = 0
    text: str = ""
    download: Download | None = None
    marks: list[tuple[float, int]] = field(default_factory=list)

    def rate(self) -> float | None:
        """Bytes a second over the last moments."""
        if len(self.marks) < 2:
            return None
        (begun, first), (now, last) = self.marks[0], self.marks[-1]
        return (last - first) / (now - begun) if now - begun >= 0.5 else None


class ModelLibrary(QObject):
    """What is here, what is known, what is on its way. All in the window's thread."""

    changed = Signal()
    failed = Signal(str, str)
    inspected = Signal(object)
    judged = Signal(str, object)
    arrived = Signal(object)

    def __init__(
        self,
        background: Background,
        parent: QObject | None = None,
        library: Library | None = None,
        known: Catalogue | None = None,
        ask: Allow = allow,
    ) -> None:
        super().__init__(parent)
        self._background = background
        self._ask = ask
        self.library = library if library is not None else Library()
        self.known = known if known is not None else catalogue()
        self.machine: Machine | None = None
        self.tokens = PLANNED_TOKENS
        self.used: Path | None = None
        self.loading: Path | None = None
        self._transfers: dict[str, Transfer] = {}
        self._looked: dict[str, Installed | None] = {}
        self._working: dict[str, Work] = {}
        self._listening = QTimer(self)
        self._listening.setInterval(_LISTEN_MS)
        self._listening.timeout.connect(self._listen)
        for folder, wish, kept in self.library.unfinished():
            whole = self._size_of(wish)
            self._transfers[_key(wish)] = Transfer(wish, folder, "paused", kept, whole)

    @property
    def place(self) -> Place | None:
        """Where models would run, once the machine is known."""
        return None if self.machine is None else place_of(self.machine)

    def set_machine(self, machine: Machine) -> None:
        """What this machine turned out to be."""
        self.machine = machine
        self._look_at_all()
        self.changed.emit()

    def set_tokens(self, tokens: int) -> None:
        """The context that is planned for."""
        self.tokens = tokens
        self.changed.emit()

    def set_used(self, used: Path | None, loading: Path | None) -> None:
        """Which folder's model answers, and which one is being loaded."""
        if (used, loading) != (self.used, self.loading):
            self.used, self.loading = used, loading
            self.changed.emit()

    def recommended(self) -> Entry | None:
        """The model of the list to offer on this machine."""
        return None if self.machine is None else recommended(self.known, self.machine)

    def model(self, model_id: str) -> KeptModel | None:
        """A model on this computer."""
        return next((m for m in self.library.models if m.id == model_id), None)

    def entry(self, entry_id: str) -> Entry | None:
        """A model of the list."""
        return next((e for e in self.known.models if e.id == entry_id), None)

    def looked_at(self, model_id: str) -> Installed | None:
        """What is known of a model's folder, once it has been looked at."""
        return self._looked.get(model_id)

    def here(self) -> list[ModelRow]:
        """A row for each model on this computer."""
        return [self._kept_row(model) for model in self.library.models]

    def listed(self) -> list[ModelRow]:
        """A row for each model of the list that is not here."""
        place = self.place
        if place is None:
            return []
        rows = []
        for entry in self.known.models:
            if self.library.of_entry(entry) is not None:
                continue
            transfer = self._transfers.get(entry.id)
            fit = fit_entry(entry, place, self.tokens)
            state: State = transfer.state if transfer is not None else "listed"
            rows.append(row_of_entry(entry, fit, state, _work(transfer)))
        return rows

    def download(self, entry_id: str) -> None:
        """Begin the download of a model of the list, or take it up."""
        entry = self.entry(entry_id)
        if entry is None or self.place is None:
            return
        source = entry.source(for_card=self.place.on_card)
        self._begin(Wish(entry.name, source.repository, source.revision, source.format, entry.id))

    def pause(self, entry_id: str) -> None:
        """End the process of a download; what is here is kept."""
        transfer = self._transfers.get(entry_id)
        if transfer is not None and transfer.download is not None:
            transfer.download.pause()
            transfer.download, transfer.state, transfer.marks = None, "paused", []
            self.changed.emit()

    def discard(self, entry_id: str) -> None:
        """Give a download up and remove what is here of it."""
        self.pause(entry_id)
        transfer = self._transfers.pop(entry_id, None)
        if transfer is not None:
            self._tried(lambda: self.library.discard(transfer.folder))

    def inspect(self, folder: Path) -> None:
        """Look at a folder; `inspected` tells what was found."""
        self._background.run(lambda: inspect(folder), self.inspected.emit, self._fail)

    def take_in(self, found: Inspection, *, copy: bool) -> None:
        """Use an inspected folder as it is, or a copy of it."""
        key = str(found.folder)
        self._working[key] = Work(f"Reading {found.folder.name}")
        self.changed.emit()

        def done(model: KeptModel) -> None:
            self._working.pop(key, None)
            self._look_at(model)
            self.arrived.emit(model)
            self.changed.emit()

        def fail(fault: Exception) -> None:
            self._working.pop(key, None)
            self._fail(fault)

        self._background.run(lambda: self.library.take_in(found, copy=copy), done, fail)

    def verify(self, model_id: str) -> None:
        """Look at every file of a model again."""
        model = self.model(model_id)
        if model is None or model_id in self._working:
            return
        self._working[model_id] = Work(f"Verifying {len(model.files)} files", None, "ink2")
        self.changed.emit()

        def done(_: KeptModel) -> None:
            self._working.pop(model_id, None)
            self.changed.emit()

        def fail(fault: Exception) -> None:
            self._working.pop(model_id, None)
            self._fail(fault)

        self._background.run(lambda: self.library.verify(model), done, fail)

    def remove(self, model_id: str) -> None:
        """Remove a model, and its files where they are Tanka's."""
        model = self.model(model_id)
        if model is not None:
            self._looked.pop(model_id, None)
            self._tried(lambda: self.library.remove(model))

    def accept_licence(self, model_id: str) -> None:
        """The person accepts the licence of a model."""
        model = self.model(model_id)
        if model is not None:
            self._tried(lambda: self.library.accept_licence(model))

    def judge(self, model_id: str) -> None:
        """Find out which of the others may draft for a model; `judged` tells."""
        model, place, tokens = self.model(model_id), self.place, self.tokens
        if model is None or place is None:
            return
        others = self.library.models

        def done(verdicts: tuple[Verdict, ...]) -> None:
            self.judged.emit(model_id, verdicts)

        self._background.run(lambda: judge(model, others, place, tokens), done, self._fail)

    def pair(self, model_id: str, draft_id: str) -> None:
        """Let another model draft for this one, or none where `draft_id` is empty."""
        model, draft = self.model(model_id), self.model(draft_id)
        if model is None:
            return

        def put() -> None:
            put_beside(model, draft)
            self.library.pair(model, draft)

        self._tried(put)

    def note_speed(self, folder: Path, tok_s: float, *, with_draft: bool) -> None:
        """An answer ran at so many tokens a second: the model's card says so from now on."""
        model = next((m for m in self.library.models if m.folder == folder), None)
        if model is None or tok_s <= 0:
            return
        old = model.measured
        same = old is not None and old.with_draft == with_draft
        if old is None or not same or abs(old.tok_s - tok_s) >= _WORTH_TELLING * old.tok_s:
            measured = Measured(tok_s=tok_s, with_draft=with_draft)
            self._tried(lambda: self.library.remember(model, measured))

    def close(self) -> None:
        """End every download; they can be taken up at the next start."""
        self._listening.stop()
        for transfer in self._transfers.values():
            if transfer.download is not None:
                transfer.download.pause()

    def _begin(self, wish: Wish) -> None:
        try:
            folder = self.library.prepare(wish)
            download = Download(
                Job(wish.repository, wish.revision, folder), f"Download of {wish.name}", self._ask
            )
            download.start()
        except EngineError as fault:
            self._fail(fault)
            return
        old = self._transfers.get(_key(wish))
        done = old.done if old is not None else 0
        self._transfers[_key(wish)] = Transfer(
            wish, folder, "waiting", done, self._size_of(wish), "Asking the hub", download
        )
        self._listening.start()
        self.changed.emit()

    def _size_of(self, wish: Wish) -> int:
        entry = self.entry(wish.entry)
        sources = () if entry is None else entry.downloads
        known = (s.bytes for s in sources if s.repository == wish.repository)
        return next(known, None) or 0

    def _listen(self) -> None:
        heard = False
        for key, transfer in list(self._transfers.items()):
            if transfer.download is None:
                continue
            for event in transfer.download.poll():
                heard = True
                self._hear(key, transfer, event)
        if not any(t.download is not None for t in self._transfers.values()):
            self._listening.stop()
        if heard:
            self.changed.emit()

    def _hear(self, key: str, transfer: Transfer, event: Event) -> None:
        match event:
            case Listed(manifest, done):
                transfer.state, transfer.total, transfer.done = "downloading", manifest.size, done
                transfer.marks = []
            case Progress():
                self._progress(transfer, event)
            case Waiting():
                transfer.state, transfer.text, transfer.marks = "waiting", "", []
            case Verifying(_, number, count):
                transfer.state = "verifying"
                transfer.text = f"Verifying, {number} of {count} files"
            case Fetched(manifest):
                transfer.download = None
                self._tried(lambda: self._finish(key, transfer, event))
            case Broken():
                self._break(transfer, event)

    def _progress(self, transfer: Transfer, event: Progress) -> None:
        transfer.state = "downloading"
        transfer.done, transfer.total = event.done_bytes, event.total_bytes
        now = time.monotonic()
        marks = [mark for mark in transfer.marks if now - mark[0] <= _RATE_S]
        transfer.marks = [*marks, (now, event.done_bytes)]

    def _finish(self, key: str, transfer: Transfer, event: Fetched) -> None:
        model = self.library.finish(transfer.folder, event.manifest, self.known)
        del self._transfers[key]
        self._look_at(model)
        self.arrived.emit(model)

    def _break(self, transfer: Transfer, event: Broken) -> None:
        states: dict[str, State] = {"corrupt": "corrupt", "disk full": "no space"}
        transfer.download = None
        transfer.state = states.get(event.cause, "failed")
        transfer.text = event.sentence
        self.failed.emit(event.sentence, event.details)

    def _kept_row(self, model: KeptModel) -> ModelRow:
        looked = self._looked.get(model.id)
        fit = None if looked is None else looked.fit(self.tokens)
        form = "4-bit" if looked is not None and looked.quantisation else "whole weights"
        work = self._working.get(model.id)
        if model.damaged and work is None:
            work = Work(f"{model.damaged} does not match its checksum", None, "danger")
        declared = None if looked is None else looked.context or None
        return row_of_kept(model, fit, declared, form, self._state(model), work)

    def _state(self, model: KeptModel) -> State:
        if model.id in self._working:
            return "verifying"
        if model.folder == self.loading:
            return "loading"
        if model.damaged:
            return "corrupt"
        return "in use" if model.folder == self.used else "ready"

    def _look_at_all(self) -> None:
        for model in self.library.models:
            self._look_at(model)

    def _look_at(self, model: KeptModel) -> None:
        """Read the headers of its files, which takes a moment, once."""
        place = self.place
        if place is None:
            return

        def done(looked: Installed) -> None:
            self._looked[model.id] = looked
            self.changed.emit()

        def fail(_: Exception) -> None:
            self._looked[model.id] = None
            self.changed.emit()

        self._background.run(lambda: look_at(model.folder, place), done, fail)

    def _tried(self, work: Callable[[], object]) -> None:
        """Do what is quick, and say what went wrong."""
        try:
            work()
        except (EngineError, OSError) as fault:
            self._fail(fault)
        self.changed.emit()

    def _fail(self, fault: Exception) -> None:
        if isinstance(fault, EngineError):
            self.failed.emit(fault.sentence, fault.details)
        else:
            self.failed.emit("That could not be done.", f"{type(fault).__name__}: {fault}")
        self.changed.emit()


def _key(wish: Wish) -> str:
    return wish.entry or wish.repository


def _work(transfer: Transfer | None) -> Work | None:
    """What is under way, in words."""
    if transfer is None:
        return None
    share = transfer.done / transfer.total if transfer.total else None
    match transfer.state:
        case "downloading":
            text = download_text(transfer.done, transfer.total, transfer.rate())
            return Work(text, share)
        case "paused":
            text = download_text(transfer.done, transfer.total, None)
            return Work(f"Paused, {text}", share, "ink2")
        case "waiting":
            return Work(transfer.text or "Waiting for connection", share, "warn")
        case "verifying":
            return Work(transfer.text, share, "ink2")
        case "corrupt" | "failed" | "no space":
            return Work(transfer.text, None, "danger")
        case _:
            return None
