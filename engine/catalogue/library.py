"""The models on this computer: found, taken in, checked, removed.

Each model that Tanka keeps itself has a folder in `models` under its data; one that was imported in
place stays where it is and is never written to. A download that is not finished lies in a folder
of its own until it is whole.
"""

from __future__ import annotations

import re
import shutil
import threading
from contextlib import suppress
from datetime import date
from typing import TYPE_CHECKING

from engine.api.errors import BadRequest, EngineError
from engine.catalogue.checksums import matches
from engine.catalogue.importing import inspect, with_checksums
from engine.catalogue.records import Kept, KeptFile, KeptLicence, KeptModel
from engine.catalogue.unfinished import OWN_FILES, kept_bytes, read_wish, write_wish
from engine.paths import data_dir
from engine.settings_file import load_file, save_file

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from engine.catalogue.entries import Catalogue, Entry
    from engine.catalogue.files import Manifest, RemoteFile
    from engine.catalogue.importing import Inspection
    from engine.catalogue.records import Measured
    from engine.catalogue.unfinished import Wish
    from engine.settings_file import SettingsProblem

_RECORDS = "models.json"
_UNFINISHED = ".unfinished"
_LEFT_FREE_BYTES = 256 * 2**20
_NOT_IN_NAMES = re.compile(r"[^a-z0-9.]+")


class NoSpace(EngineError):
    """The disk has no room for a model."""

    def __init__(self, needed: int, free: int) -> None:
        gb = 1024**3
        super().__init__(f"Needs {needed / gb:.1f} GB, {free / gb:.1f} GB free.")
        self.needed = needed
        self.free = free


class Library:
    """The folder of models and what is written down of them. Any thread may ask."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder if folder is not None else data_dir() / "models"
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        loaded = load_file(self.folder / _RECORDS, Kept)
        # Why the file could not be read, for whoever shows the list.
        self.problem: SettingsProblem | None = loaded.problem
        self._models = {model.id: model for model in loaded.settings.models}
        self._lock = threading.RLock()

    @property
    def models(self) -> Sequence[KeptModel]:
        """All that are here, in the order in which they came."""
        with self._lock:
            return tuple(self._models.values())

    def find(self, name: str) -> KeptModel | None:
        """The model with this id, name, entry, repository or folder."""
        wanted = name.casefold()
        for model in self.models:
            names = (model.id, model.name, model.entry, model.repository, str(model.folder))
            if wanted in {known.casefold() for known in names if known}:
                return model
        return None

    def of_entry(self, entry: Entry) -> KeptModel | None:
        """The model of the list that is here already."""
        return next((m for m in self.models if m.entry == entry.id), None)

    def unfinished(self) -> Sequence[tuple[Path, Wish, int]]:
        """Folder, wish and kept bytes of each download that can be taken up again."""
        place = self.folder / _UNFINISHED
        folders = sorted(place.iterdir()) if place.is_dir() else []
        found = []
        for folder in folders:
            wish = read_wish(folder)
            if wish is not None:
                found.append((folder, wish, kept_bytes(folder)))
        return found

    def prepare(self, wish: Wish) -> Path:
        """The folder to fetch `wish` into, with what is there of it. Raises `EngineError`."""
        folder = self.folder / _UNFINISHED / _slug(wish.entry or wish.repository)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_wish(folder, wish)
        return folder

    def finish(self, folder: Path, manifest: Manifest, known: Catalogue) -> KeptModel:
        """Take in a download whose files have all been checked. Raises `EngineError`."""
        wish = read_wish(folder)
        if wish is None:
            raise BadRequest("This folder holds no download.")
        entry = known.find(wish.entry) if wish.entry else None
        inspection = inspect(folder)
        target = self._free_folder(wish.entry or wish.repository)
        for name in OWN_FILES:
            (folder / name).unlink(missing_ok=True)
        folder.replace(target)
        model = KeptModel(
            id=target.name,
            name=wish.name,
            folder=target,
            origin="downloaded",
            entry=wish.entry,
            repository=manifest.repository,
            commit=manifest.commit,
            files=tuple(KeptFile.of(file) for file in manifest.files),
            licence=_licence_of(entry, inspection),
            verified=date.today(),
        )
        return self._keep(model)

    def discard(self, folder: Path) -> int:
        """Remove an unfinished download; returns the bytes freed."""
        freed = kept_bytes(folder)
        shutil.rmtree(folder)
        return freed

    def take_in(
        self,
        inspection: Inspection,
        *,
        copy: bool,
        name: str = "",
        told: Callable[[int], None] | None = None,
    ) -> KeptModel:
        """Use the folder that was inspected where it is, or a copy of it.

        `told` hears of bytes read and may raise to end it; nothing is left then. Raises
        `EngineError` for a folder that is refused, is here already, or has no room.
        """
        if not inspection.usable:
            raise BadRequest(inspection.refusal, inspection.details)
        source = inspection.folder.resolve()
        if any(model.folder == source for model in self.models):
            raise BadRequest(f"The model in {source} is in the list already.")
        name = name or source.name
        folder = self._copied(inspection, name, told) if copy else source
        model = KeptModel(
            id=folder.name if copy else self._free_id(name),
            name=name,
            folder=folder,
            origin="copied" if copy else "in place",
            files=tuple(KeptFile.of(f) for f in with_checksums(folder, inspection.files, told)),
            licence=_licence_of(None, inspection),
            verified=date.today(),
        )
        return self._keep(model)

    def verify(self, model: KeptModel, told: Callable[[str, int], None] | None = None) -> KeptModel:
        """Look at every file again; `told(file, bytes)` hears how far. Returns what is known now.

        What does not match is named in `damaged`. Raises `EngineError` where it cannot be kept.
        """
        damaged = ""
        for file in model.files:
            heard = None if told is None else _naming(told, file.name)
            if not _sound(model.folder / file.name, file.remote(), heard):
                damaged = file.name
                break
        return self._update(model, verified=date.today(), damaged=damaged)

    def removable_bytes(self, model: KeptModel) -> int:
        """What removing it would free: nothing where it was imported in place."""
        return 0 if model.origin == "in place" else model.size

    def remove(self, model: KeptModel) -> int:
        """Remove a model, and its files if they are Tanka's; returns the bytes freed."""
        freed = self.removable_bytes(model)
        if model.origin != "in place":
            shutil.rmtree(model.folder, ignore_errors=False)
        with self._lock:
            del self._models[model.id]
            self._save()
        return freed

    def accept_licence(self, model: KeptModel) -> KeptModel:
        """The person has read it and accepts it, today."""
        accepted = model.licence.model_copy(update={"accepted": date.today()})
        return self._update(model, licence=accepted)

    def remember(self, model: KeptModel, measured: Measured) -> KeptModel:
        """How fast it was, here."""
        return self._update(model, measured=measured)

    def pair(self, model: KeptModel, draft: KeptModel | None) -> KeptModel:
        """Which model drafts for it from now on, or none."""
        return self._update(model, draft=draft.id if draft else "")

    def _copied(
        self, inspection: Inspection, name: str, told: Callable[[int], None] | None
    ) -> Path:
        free = shutil.disk_usage(self.folder).free
        if inspection.size + _LEFT_FREE_BYTES > free:
            raise NoSpace(inspection.size + _LEFT_FREE_BYTES, free)
        target = self._free_folder(name)
        target.mkdir(mode=0o700)
        try:
            for file in inspection.files:
                shutil.copyfile(inspection.folder / file.name, target / file.name)
                if told is not None:
                    told(file.size)
        except BaseException:
            with suppress(OSError):
                shutil.rmtree(target)
            raise
        return target

    def _free_folder(self, name: str) -> Path:
        return self.folder / self._free_id(name)

    def _free_id(self, name: str) -> str:
        slug, number = _slug(name), 1
        found = slug
        while found in self._models or (self.folder / found).exists():
            number += 1
            found = f"{slug}-{number}"
        return found

    def _keep(self, model: KeptModel) -> KeptModel:
        with self._lock:
            self._models[model.id] = model
            self._save()
        return model

    def _update(self, model: KeptModel, **changes: object) -> KeptModel:
        """Change what is known of a model now, unless it has been removed meanwhile."""
        with self._lock:
            now = self._models.get(model.id)
            if now is None:
                return model
            return self._keep(now.model_copy(update=changes))

    def _save(self) -> None:
        save_file(self.folder / _RECORDS, Kept(models=tuple(self._models.values())))


def _slug(name: str) -> str:
    """A folder's name for a model's: plain letters, on every system."""
    return _NOT_IN_NAMES.sub("-", name.lower()).strip("-.") or "model"


def _licence_of(entry: Entry | None, inspection: Inspection) -> KeptLicence:
    """The list's licence where the model is in it, else what its folder states."""
    if entry is None:
        return KeptLicence(
            id=inspection.licence_id, name=inspection.licence_name, file=inspection.licence_file
        )
    known = entry.licence
    return KeptLicence(id=known.id, name=known.name, link=known.link, file=inspection.licence_file)


def _naming(told: Callable[[str, int], None], name: str) -> Callable[[int], None]:
    return lambda count: told(name, count)


def _sound(path: Path, file: RemoteFile, told: Callable[[int], None] | None) -> bool:
    try:
        return matches(path, file, told)
    except OSError:
        return False
