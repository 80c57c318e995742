"""Fonts to draw with: those of training, found where they are installed, and one held out.

The held-out font is the one Pillow carries, so an installed application can always draw with it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.util import find_spec
from pathlib import Path

from PIL import ImageFont

_DEJAVU = Path("/usr/share/fonts/truetype/dejavu")
# Package (or folder) and the faces taken from it, in the order in which they are learnt.
_TRAINING = (
    (_DEJAVU, ("DejaVuSansMono.ttf", "DejaVuSans.ttf")),
    ("font_roboto", ("Roboto-Regular.ttf",)),
    ("font_caladea", ("Caladea-Regular.ttf",)),
    ("font_source_sans_pro", ("SourceSansPro-Regular.ttf",)),
    ("font_manrope", ("Manrope-Regular.ttf",)),
)
_EXTRA_HELD_OUT = (
    ("font_hanken_grotesk", ("HankenGrotesk-Regular.otf", "HankenGrotesk-Medium.otf")),
)


@dataclass(frozen=True, slots=True)
class Face:
    """A font to draw with; without a path it is Pillow's own."""

    name: str
    path: str | None = None

    def at(self, size: int) -> ImageFont.FreeTypeFont:
        """Return the font in a size in pixels."""
        return _loaded(self.path, size)


@cache
def training_faces() -> tuple[Face, ...]:
    """Return the installed training fonts, those to be learnt first in front."""
    return _found(_TRAINING)


@cache
def held_out_faces() -> tuple[Face, ...]:
    """Return the font no training picture was drawn with."""
    return (Face("Aileron"),)


@cache
def extra_held_out_faces() -> tuple[Face, ...]:
    """Return further fonts outside of training, where their package is installed."""
    return _found(_EXTRA_HELD_OUT)


def _found(sources: tuple[tuple[Path | str, tuple[str, ...]], ...]) -> tuple[Face, ...]:
    faces = []
    for source, names in sources:
        folder = _package_files(source) if isinstance(source, str) else source
        faces += [
            Face(Path(name).stem, str(folder / name))
            for name in names
            if folder is not None and (folder / name).is_file()
        ]
    return tuple(faces)


def _package_files(package: str) -> Path | None:
    found = find_spec(package)
    if found is None or found.origin is None:
        return None
    return Path(found.origin).parent / "files"


@lru_cache(maxsize=1024)
def _loaded(path: str | None, size: int) -> ImageFont.FreeTypeFont:
    if path is None:
        font = ImageFont.load_default(size)
        if not isinstance(font, ImageFont.FreeTypeFont):
            raise RuntimeError("this Pillow is built without FreeType, so it cannot draw text")
        return font
    return ImageFont.truetype(path, size)
