"""Fetching a model's files from the hub: what the process of a download does.

The only module that imports `huggingface_hub`. Its own downloader keeps nothing of a file that was
not finished (2.4), so files are read here, by its session and its addresses, and taken up where
they stopped. Each is written beside its place, checked, and only then put there.
"""

from __future__ import annotations

import errno
import os
import shutil
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

import httpx2
from huggingface_hub import HfApi, get_session, get_token, hf_hub_url, hf_raise_for_status
from huggingface_hub.errors import (
    DisabledRepoError,
    EntryNotFoundError,
    GatedRepoError,
    HfHubHTTPError,
    RepositoryNotFoundError,
    RevisionNotFoundError,
)

from engine.atomic import FileNotWritten
from engine.catalogue.checksums import matches
from engine.catalogue.events import Broken, Fetched, Listed, Progress, Verifying, Waiting
from engine.catalogue.files import Manifest, NotAModel, RemoteFile, wanted_files
from engine.catalogue.unfinished import PART, write_manifest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from engine.catalogue.events import Cause, Event
    from engine.catalogue.job import Job

    Told = Callable[[Event], None]

_T = TypeVar("_T")

# Between two words of progress, and between two looks at the disk.
_TOLD_EVERY_S = 0.2
_DISK_EVERY_BYTES = 64 * 2**20
# What a download leaves free on the disk.
_LEFT_FREE_BYTES = 256 * 2**20
_GB = 1024**3
_MB = 1024**2
_RETRIED = frozenset({408, 425, 429, 500, 502, 503, 504})


class _StoppedError(Exception):
    """The download ends here, and this is what there is to say."""

    def __init__(self, event: Broken) -> None:
        super().__init__(event.sentence)
        self.event = event


class _AgainError(Exception):
    """The hub did not answer as it should; that may pass."""

    def __init__(self, cause: Cause, details: str) -> None:
        super().__init__(details)
        self.cause: Cause = cause


@dataclass(slots=True)
class _Run:
    """One run of a download. `done` counts bytes that are here, `received` those of this run."""

    job: Job
    told: Told
    total: int = 0
    done: int = 0
    received: int = 0
    last_told: float = 0.0
    last_file: str = ""
    unlooked: int = 0
    host: str = field(default="")

    def take_in(self, file: str, count: int) -> None:
        """`count` more bytes of `file` came."""
        self.done += count
        self.received += count
        self.unlooked += count
        if self.unlooked >= _DISK_EVERY_BYTES:
            self.unlooked = 0
            _look_at_disk(self.job.folder, 0)
        now = time.monotonic()
        if file != self.last_file or now - self.last_told >= _TOLD_EVERY_S:
            self.last_told = now
            self.last_file = file
            self.tell(file)

    def tell(self, file: str) -> None:
        """Say how far it is."""
        self.told(Progress(file, self.done, self.total, self.received, self.host))


def fetch(job: Job, told: Told) -> None:
    """Fetch what `job` names and tell events; the last one is `Fetched` or `Broken`."""
    try:
        told(Fetched(_fetch(job, told)))
    except _StoppedError as stopped:
        told(stopped.event)
    except NotAModel as refused:
        told(Broken("not a model", refused.sentence, refused.details))
    except FileNotWritten as fault:
        told(Broken("folder", fault.sentence, fault.details))
    except OSError as fault:
        told(_of_disk(job, fault))
    except Exception as fault:  # noqa: BLE001 - told to a person; nobody else hears of it
        sentence = "The download stopped by a fault of Tanka. What was fetched is kept."
        told(Broken("fault", sentence, f"{type(fault).__name__}: {fault}"))


def _fetch(job: Job, told: Told) -> Manifest:
    run = _Run(job, told)
    manifest = _patiently(run, lambda: _list(job))
    write_manifest(job.folder, manifest)
    missing = [file for file in manifest.files if not (job.folder / file.name).is_file()]
    run.total = manifest.size
    run.done = manifest.size - sum(file.size - _kept(job.folder, file) for file in missing)
    told(Listed(manifest, run.done))
    _look_at_disk(job.folder, run.total - run.done)
    for file in missing:
        _fetch_file(run, manifest, file, manifest.files.index(file) + 1)
    return manifest


def _list(job: Job) -> Manifest:
    """What the hub says the repository holds, with sizes and checksums."""
    api = HfApi(endpoint=job.endpoint)
    info = api.model_info(
        job.repository, revision=job.revision, timeout=job.patience_s, files_metadata=True
    )
    listed = [
        RemoteFile(
            sibling.rfilename,
            sibling.size if sibling.size is not None else -1,
            sibling.lfs.sha256 if sibling.lfs is not None else None,
            sibling.blob_id if sibling.lfs is None else None,
        )
        for sibling in info.siblings or ()
    ]
    licence = getattr(info.card_data, "license", None)
    return Manifest(
        job.repository,
        str(info.sha),
        wanted_files(listed),
        licence if isinstance(licence, str) else None,
    )


def _fetch_file(run: _Run, manifest: Manifest, file: RemoteFile, number: int) -> None:
    place = run.job.folder / file.name
    part = place.with_name(file.name + PART)
    if _kept(run.job.folder, file) < file.size:
        _patiently(run, lambda: _read(run, manifest, file, part))
    elif not part.exists():
        part.touch()
    run.tell(file.name)
    run.told(Verifying(file.name, number, len(manifest.files)))
    if not matches(part, file):
        part.unlink(missing_ok=True)
        raise _StoppedError(
            Broken(
                "corrupt",
                "One file does not match its checksum. Download that file again, "
                f"{_size(file.size)}.",
                file.name,
                file.name,
                file.size,
            )
        )
    part.replace(place)


def _read(run: _Run, manifest: Manifest, file: RemoteFile, part: Path) -> None:
    """Read what is missing of `file` into `part`; raises `_AgainError` where less came."""
    begun = _kept(run.job.folder, file)
    address = hf_hub_url(
        manifest.repository, file.name, revision=manifest.commit, endpoint=run.job.endpoint
    )
    headers = {"Accept-Encoding": "identity"}
    if token := get_token():
        headers["Authorization"] = f"Bearer {token}"
    if begun:
        headers["Range"] = f"bytes={begun}-"
    request = get_session().stream(
        "GET", address, headers=headers, timeout=run.job.patience_s, follow_redirects=True
    )
    with request as response:
        hf_raise_for_status(response)
        run.host = response.url.host
        if begun and response.status_code != httpx2.codes.PARTIAL_CONTENT:
            run.done -= begun  # the server sends all of it again
            begun = 0
        with part.open("r+b" if begun else "wb") as target:
            target.seek(begun)
            for piece in response.iter_raw():
                target.write(piece)
                target.flush()
                begun += len(piece)
                run.take_in(file.name, len(piece))
    if begun < file.size:
        raise _AgainError("truncated", f"{file.name}: {begun} of {file.size} bytes")


def _patiently(run: _Run, work: Callable[[], _T]) -> _T:
    """Do `work`, again where the hub does not answer, and give up after so many times in a row."""
    attempt = 0
    while True:
        before = run.received
        try:
            return _once(run.job, work)
        except _AgainError as again:
            attempt = 1 if run.received > before else attempt + 1
            if attempt >= run.job.attempts:
                raise _StoppedError(_given_up(run, again)) from again
            run.told(Waiting(run.job.pause_s, attempt))
            time.sleep(run.job.pause_s)


def _once(job: Job, work: Callable[[], _T]) -> _T:
    """Do `work`; raises `_AgainError` for what may pass and `_StoppedError` for what will not."""
    try:
        return work()
    except GatedRepoError as fault:
        raise _stopped(
            "gated",
            "The licence of this model must be accepted on the hub first. Open "
            f"{job.endpoint}/{job.repository}, accept it there, and start Tanka with your access "
            "token in the environment variable HF_TOKEN.",
            fault,
        ) from fault
    except (RepositoryNotFoundError, RevisionNotFoundError, EntryNotFoundError) as fault:
        raise _stopped(
            "not found",
            f"The hub has no model {job.repository}, or not in this version any more.",
            fault,
        ) from fault
    except DisabledRepoError as fault:
        raise _stopped("refused", "The hub has withdrawn this model.", fault) from fault
    except HfHubHTTPError as fault:
        status = fault.response.status_code
        if status in _RETRIED:
            raise _AgainError("server", f"HTTP {status}") from fault
        raise _stopped(
            "refused", f"The hub refused the download of {job.repository}.", fault
        ) from fault
    except httpx2.TransportError as fault:
        raise _AgainError("no connection", f"{type(fault).__name__}: {fault}") from fault


def _stopped(cause: Cause, sentence: str, fault: Exception) -> _StoppedError:
    return _StoppedError(Broken(cause, sentence, str(fault)))


def _given_up(run: _Run, again: _AgainError) -> Broken:
    why = {
        "server": "the server answered with an error",
        "truncated": "the server sent less than it should",
    }.get(again.cause, "the server did not answer")
    kept = f" {_size(run.done)} of {_size(run.total)} are kept." if run.done else ""
    return Broken(again.cause, f"The download stopped: {why}.{kept}", str(again))


def _kept(folder: Path, file: RemoteFile) -> int:
    """How many bytes of a file are here; more than it should have are none."""
    part = folder / (file.name + PART)
    size = part.stat().st_size if part.is_file() else 0
    return size if size <= file.size else 0


def _look_at_disk(folder: Path, needed: int) -> None:
    free = shutil.disk_usage(folder).free
    if free < needed + _LEFT_FREE_BYTES:
        raise _StoppedError(_no_space(needed, free))


def _no_space(needed: int, free: int) -> Broken:
    sentence = (
        f"Needs {_size(needed + _LEFT_FREE_BYTES)}, {_size(free)} free. Free some space and resume."
        if needed
        else f"The disk is nearly full, {_size(free)} free. Free some space and resume."
    )
    return Broken("disk full", sentence)


def _of_disk(job: Job, fault: OSError) -> Broken:
    if fault.errno in (errno.ENOSPC, errno.EDQUOT):
        return _no_space(0, shutil.disk_usage(job.folder).free)
    name = os.strerror(fault.errno) if fault.errno else str(fault)
    return Broken(
        "folder", f"The files cannot be written to {job.folder}: {name.lower()}.", repr(fault)
    )


def _size(count: int) -> str:
    return f"{count / _GB:.1f} GB" if count >= _GB else f"{max(1, round(count / _MB)):,} MB"
