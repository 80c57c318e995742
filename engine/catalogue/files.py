"""The files of a repository: which of them a model needs, and what they must be.

What comes from the hub's list is not trusted: a name that leaves its folder, or that is no plain
file name, is refused.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.api.errors import EngineError

if TYPE_CHECKING:
    from collections.abc import Iterable

# Weights are taken as safetensors alone; all else is text.
_WANTED = re.compile(
    r"(?:[\w.-]+\.safetensors|[\w.-]+\.json|[\w.-]+\.jinja|[\w.-]+\.model|merges\.txt|vocab\.txt"
    r"|licen[cs]e(?:\.\w+)?|notice(?:\.\w+)?|use_policy(?:\.\w+)?|readme\.md)",
    re.IGNORECASE,
)
_SHA256 = re.compile(r"[0-9a-f]{64}")
_SHA1 = re.compile(r"[0-9a-f]{40}")
_MOST_FILES = 1_000
_MOST_BYTES = 2**41


class NotAModel(EngineError):
    """A repository or a folder holds nothing that could be used as a model."""


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """A file as the hub lists it, with its size in bytes.

    `sha256` is that of its content, for large files; `blob` is git's own checksum, for small ones.
    """

    name: str
    size: int
    sha256: str | None = None
    blob: str | None = None


@dataclass(frozen=True, slots=True)
class Manifest:
    """What is fetched: the files of `repository` at `commit`."""

    repository: str
    commit: str
    files: tuple[RemoteFile, ...]
    licence: str | None = None

    @property
    def size(self) -> int:
        """All files together, in bytes."""
        return sum(file.size for file in self.files)


def wanted_files(listed: Iterable[RemoteFile]) -> tuple[RemoteFile, ...]:
    """Those of a repository's files that a model consists of, the small ones first.

    Raises `NotAModel` for a list that holds no safetensors, or whose figures cannot be.
    """
    files = [file for file in listed if is_wanted(file.name)]
    if not any(file.name.endswith(".safetensors") for file in files):
        raise NotAModel("This repository has no weights in safetensors format.")
    names = {file.name.casefold() for file in files}
    if len(files) > _MOST_FILES or len(names) != len(files):
        raise NotAModel("This repository's list of files cannot be right.")
    for file in files:
        _check(file)
    return tuple(sorted(files, key=lambda file: (file.size, file.name)))


def is_wanted(name: str) -> bool:
    """Whether a model needs a file of this name. Files in folders are never needed."""
    return _WANTED.fullmatch(name) is not None and name not in {".json", ".model"}


def _check(file: RemoteFile) -> None:
    sound = (
        0 <= file.size <= _MOST_BYTES
        and (file.sha256 is None or _SHA256.fullmatch(file.sha256))
        and (file.blob is None or _SHA1.fullmatch(file.blob))
        and (file.sha256 or file.blob)
    )
    if not sound:
        raise NotAModel("This repository's list of files cannot be right.", repr(file))
