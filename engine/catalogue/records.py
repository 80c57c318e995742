"""The models on this computer, as they are written down: one file beside their folders.

Folders that were imported in place are never written to, so all that is known of a model stands
here. A file that cannot be used is set aside and reported, as settings are; folders that Tanka
fetched itself are found again without it.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from engine.catalogue.files import RemoteFile

Origin = Literal["downloaded", "copied", "in place"]


class _Value(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class KeptFile(_Value):
    """A file with what it must be: see `RemoteFile`."""

    name: str
    size: int
    sha256: str | None = None
    blob: str | None = None

    @classmethod
    def of(cls, file: RemoteFile) -> KeptFile:
        """From the hub's list."""
        return cls(name=file.name, size=file.size, sha256=file.sha256, blob=file.blob)

    def remote(self) -> RemoteFile:
        """As the hub lists it."""
        return RemoteFile(self.name, self.size, self.sha256, self.blob)


class KeptLicence(_Value):
    """`id` is one of SPDX's or a `LicenseRef-`, `None` where none is stated. `file` is its text."""

    id: str | None = None
    name: str = ""
    link: str = ""
    file: str = ""
    accepted: date | None = None


class Measured(_Value):
    """Tokens a second of answers on this machine; with a draft model beside, if there is one."""

    tok_s: float
    with_draft: bool = False


class KeptModel(_Value):
    """One model. `entry` is its id in the catalogue, empty where it is not in it.

    `damaged` names the file that did not match when they were looked at on `verified`.
    """

    id: str
    name: str
    folder: Path
    origin: Origin
    entry: str = ""
    repository: str = ""
    commit: str = ""
    files: tuple[KeptFile, ...] = ()
    licence: KeptLicence = KeptLicence()
    verified: date | None = None
    damaged: str = ""
    measured: Measured | None = None
    draft: str = ""

    @property
    def size(self) -> int:
        """All files together, in bytes."""
        return sum(file.size for file in self.files)


class Kept(_Value):
    """All of them."""

    models: tuple[KeptModel, ...] = Field(default=())
