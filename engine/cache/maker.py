"""What must agree for a kept prefix to be of use."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.cache.layer_kinds import LayerKind

# To be raised whenever files are read differently, or hold other numbers for the same tokens.
FORMAT = 2

OTHER_MODEL = "they were kept by another model"
OTHER_VERSION = "they were kept by another version of Tanka"


@dataclass(frozen=True, slots=True)
class Maker:
    """Engine and model that compute and keep prefixes, with what the model's layers remember.

    `model_key` tells models apart that would compute anything differently.
    """

    engine_version: str
    model_key: str
    kinds: tuple[LayerKind, ...]
    device: str = "cpu"

    @property
    def version(self) -> str:
        """Engine and format as eight hexadecimal digits."""
        text = f"{FORMAT} {self.engine_version}"
        return hashlib.blake2b(text.encode(), digest_size=4).hexdigest()

    @property
    def folder_name(self) -> str:
        """The name of the folder for what this model keeps."""
        return hashlib.blake2b(self.model_key.encode(), digest_size=16).hexdigest()

    @property
    def truncates_anywhere(self) -> bool:
        """Whether the caches are cut back without a state."""
        return all(kind.name == "full" for kind in self.kinds)

    def about(self) -> dict[str, object]:
        """What each file says of its maker."""
        return {
            "format": FORMAT,
            "engine": self.engine_version,
            "model": self.model_key,
            "layers": [[kind.name, kind.window, kind.int8] for kind in self.kinds],
        }

    def objection(self, about: Mapping[str, object]) -> str:
        """Why a file that says `about` is of no use here; nothing if it is."""
        mine = self.about()
        if any(about.get(name) != mine[name] for name in ("format", "engine")):
            return OTHER_VERSION
        return OTHER_MODEL if any(about.get(name) != value for name, value in mine.items()) else ""
