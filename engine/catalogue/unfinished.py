"""A download that is not finished: what its folder says of it, for the next start.

Beside the files lie the hub's list of them, and what the person asked for. Files that are not
whole end in `.part`.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from engine.atomic import write_atomic
from engine.catalogue.files import Manifest, RemoteFile

if TYPE_CHECKING:
    from pathlib import Path

PART = ".part"
_MANIFEST = "tanka-files.json"
_WISH = "tanka-download.json"
OWN_FILES = frozenset({_MANIFEST, _WISH})
_WRONG = (OSError, ValueError, KeyError, TypeError)


@dataclass(frozen=True, slots=True)
class Wish:
    """What was asked for. `entry` is the id in the catalogue, empty for what is not in it."""

    name: str
    repository: str
    revision: str | None
    format: str
    entry: str = ""


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Keep the hub's list; raises `FileNotWritten`."""
    write_atomic(folder / _MANIFEST, json.dumps(asdict(manifest)).encode())


def read_manifest(folder: Path) -> Manifest | None:
    """The list that was kept, `None` where there is none that can be read."""
    try:
        content = json.loads((folder / _MANIFEST).read_text(encoding="utf-8"))
        return Manifest(
            str(content["repository"]),
            str(content["commit"]),
            tuple(RemoteFile(**file) for file in content["files"]),
            content["licence"],
        )
    except _WRONG:
        return None


def write_wish(folder: Path, wish: Wish) -> None:
    """Keep what was asked for; raises `FileNotWritten`."""
    write_atomic(folder / _WISH, json.dumps(asdict(wish)).encode())


def read_wish(folder: Path) -> Wish | None:
    """What was asked for, `None` where that cannot be read."""
    try:
        return Wish(**json.loads((folder / _WISH).read_text(encoding="utf-8")))
    except _WRONG:
        return None


def kept_bytes(folder: Path) -> int:
    """How much of the model is here already; raises `OSError`."""
    files = [path for path in folder.iterdir() if path.is_file()]
    return sum(path.stat().st_size for path in files if path.name not in OWN_FILES)
