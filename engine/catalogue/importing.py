"""A folder that somebody has: what is in it, and whether it is a model that Tanka can use.

Looked at without the model runtime. Pickled weights and folders that need program code of their own
are refused, with the reason; what is missing is named.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.api.errors import ModelNotUsable
from engine.catalogue.checksums import sha256_of
from engine.catalogue.files import RemoteFile, is_wanted
from engine.model.folder import check_folder

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from engine.model.folder import ModelFolder

# As many of a licence's first characters as tell which one it is.
_HEAD_CHARACTERS = 4_000
_KNOWN_LICENCES = (
    ("Apache-2.0", "Apache 2.0", r"apache license\s+version 2\.0"),
    ("MIT", "MIT", r"permission is hereby granted, free of charge"),
    ("LicenseRef-Gemma", "Gemma Terms of Use", r"gemma terms of use"),
    ("LicenseRef-LFM-1.0", "LFM Open License v1.0", r"lfm open license v1\.0"),
)
_STATED = re.compile(r"^license:\s*['\"]?([\w.+-]+)", re.MULTILINE)
_SPDX = {"apache-2.0": ("Apache-2.0", "Apache 2.0"), "mit": ("MIT", "MIT")}


@dataclass(frozen=True, slots=True)
class Inspection:
    """What was found. `refusal` says why it cannot be used, empty where it can.

    `files` are those that would be taken along, `others` those that would not. `quantisation` is
    how the weights were saved, `None` for whole ones.
    """

    folder: Path
    files: tuple[RemoteFile, ...]
    others: tuple[str, ...]
    refusal: str
    details: str = ""
    model_type: str = ""
    quantisation: str | None = None
    parameters: int = 0
    licence_id: str | None = None
    licence_name: str = ""
    licence_file: str = ""

    @property
    def usable(self) -> bool:
        """Whether the engine can be asked to load it."""
        return not self.refusal

    @property
    def size(self) -> int:
        """What would be taken along, in bytes."""
        return sum(file.size for file in self.files)

    @property
    def form(self) -> str:
        """How its weights are kept, in words."""
        if self.quantisation == "bitsandbytes_4bit":
            return "safetensors, 4-bit"
        return f"safetensors, {self.quantisation or 'whole'}" if self.usable else "not usable"


def inspect(folder: Path) -> Inspection:
    """Look at `folder`; raises nothing: what is wrong with it is in the result."""
    try:
        paths = sorted(path for path in folder.iterdir() if path.is_file())
    except OSError as fault:
        return Inspection(folder, (), (), f"The folder {folder} cannot be read.", repr(fault))
    files = tuple(_plain(path) for path in paths if is_wanted(path.name))
    others = tuple(path.name for path in paths if not is_wanted(path.name))
    licence = _licence(folder, paths)
    try:
        checked = check_folder(folder)
    except ModelNotUsable as refused:
        return Inspection(folder, files, others, refused.sentence, refused.details, *_nothing())
    return Inspection(
        folder,
        files,
        others,
        _refusal(checked),
        "",
        checked.model_type,
        checked.quantisation,
        checked.values,
        *licence,
    )


def with_checksums(
    folder: Path, files: tuple[RemoteFile, ...], told: Callable[[int], None] | None = None
) -> tuple[RemoteFile, ...]:
    """`files` with the SHA-256 that they have now, for later looks; raises `OSError`."""
    return tuple(
        RemoteFile(file.name, file.size, sha256_of(folder / file.name, told)) for file in files
    )


def licence_text(folder: Path, file: str) -> str:
    """The text of a licence in a model's folder, empty where it cannot be read."""
    try:
        return (folder / file).read_text(encoding="utf-8", errors="replace") if file else ""
    except OSError:
        return ""


def _nothing() -> tuple[str, None, int]:
    return "", None, 0


def _plain(path: Path) -> RemoteFile:
    return RemoteFile(path.name, path.stat().st_size)


def _refusal(checked: ModelFolder) -> str:
    if checked.quantisation in (None, "bitsandbytes_4bit"):
        return ""
    return (
        f"Its weights were saved as {checked.quantisation}, which Tanka cannot run. Get the model "
        "unquantised or in bitsandbytes 4-bit."
    )


def _licence(folder: Path, paths: list[Path]) -> tuple[str | None, str, str]:
    """Id, name and file of the licence: told by its text, or by what the model card states."""
    texts = [path.name for path in paths if path.name.lower().startswith(("license", "licence"))]
    for name in texts:
        head = licence_text(folder, name)[:_HEAD_CHARACTERS].lower()
        for known, title, pattern in _KNOWN_LICENCES:
            if re.search(pattern, head):
                return known, title, name
    file = texts[0] if texts else ""
    stated = _STATED.search(licence_text(folder, "README.md")[:_HEAD_CHARACTERS])
    if stated is None:
        return None, "", file
    known, title = _SPDX.get(stated[1].lower(), (f"LicenseRef-{stated[1]}", stated[1]))
    return known, title, file
