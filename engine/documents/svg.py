"""SVG: made harmless, sized, and drawn in a process of its own.

A drawing may name files and addresses, hold scripts and pictures, and be any size or complexity.
Here all references outside it are taken away, its own pictures are judged like any other, and it is
drawn at a size that suits a model, under limits of time and memory (`svg_child`).
"""

from __future__ import annotations

import re
import subprocess
import sys
from base64 import b64decode
from binascii import Error as NoBase64
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree as Xml

from PIL import Image

from engine.documents import refusals
from engine.documents.opening import MAX_PIXELS, decoding, judge_size, open_picture
from engine.documents.sniff import Kind, sniff

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

MAX_BYTES = 10_000_000
# The longer side of what is drawn: enough for small writing, and never more than a screen.
_LEAST_SIDE, _MOST_SIDE = 1024, 2048
_PATIENCE_S = 15.0
_CHILD = Path(__file__).with_name("svg_child.py")
_SVG = "{http://www.w3.org/2000/svg}"
# Browsers take this where a drawing says nothing of its size.
_USUAL = (300.0, 150.0)
_UNITS = {
    "": 1.0, "px": 1.0, "pt": 96 / 72, "pc": 16.0, "mm": 96 / 25.4, "cm": 96 / 2.54, "in": 96.0,
    "em": 16.0, "ex": 8.0,
}  # fmt: skip
_LENGTH = re.compile(r"\s*\+?(\d+\.?\d*(?:e[+-]?\d+)?|\.\d+)\s*([a-z]*)\s*", re.IGNORECASE)
_EMBEDDED = re.compile(r"\s*data:image/(?:png|jpe?g|gif|webp)\s*;\s*base64\s*,", re.IGNORECASE)
_DROPPED = frozenset({"script", "foreignObject", "iframe", "audio", "video", "handler", "listener"})
_EMBEDDABLE = frozenset({Kind.PNG, Kind.JPEG, Kind.GIF, Kind.WEBP})


def draw(data: bytes, name: str) -> Image.Image:
    """The drawing as pixels, RGBA, its longer side between 1,024 and 2,048.

    Raises `UnreadableFile`: damaged, larger than a picture may be, or too much work to draw.
    """
    if len(data) > MAX_BYTES:
        raise refusals.drawing_too_complex(name, f"{len(data):,} bytes")
    with decoding(name):
        root = Xml.fromstring(data)  # noqa: S314 - expat fetches nothing and bounds what grows
        if root.tag != f"{_SVG}svg" and root.tag != "svg":
            raise refusals.picture_damaged(name, root.tag)
        _set_size(root, name)
        _strip(root, name)
        try:
            text = Xml.tostring(root)
        except RecursionError as fault:
            raise refusals.drawing_too_complex(name, repr(fault)) from fault
        fonts = any(_local(element.tag) == "text" for element in root.iter())
    drawn = _drawn(text, name, with_fonts=fonts)
    with decoding(name):
        picture = open_picture(drawn, Kind.PNG, name)
        picture.load()
        return picture


def _drawn(text: bytes, name: str, *, with_fonts: bool) -> bytes:
    command = [sys.executable, "-I", str(_CHILD), *(["fonts"] if with_fonts else [])]
    try:
        done = subprocess.run(command, input=text, capture_output=True, timeout=_PATIENCE_S)
    except subprocess.TimeoutExpired as fault:
        raise refusals.drawing_too_complex(name, str(fault)) from fault
    if done.returncode == 0 and done.stdout:
        return done.stdout
    details = done.stderr.decode("utf-8", "replace")[-400:]
    if "ValueError" in details and "limit" not in details:
        raise refusals.picture_damaged(name, details)
    raise refusals.drawing_too_complex(name, f"exit status {done.returncode}. {details}")


def _set_size(root: Element, name: str) -> None:
    """Judge the size that the drawing says it has, and have it drawn at one that suits us."""
    box = _view_box(root.get("viewBox", ""))
    width, height = _size(_length(root.get("width")), _length(root.get("height")), box)
    judge_size(width, height, name)
    if box is None:
        root.set("viewBox", f"0 0 {width:g} {height:g}")
    longer = max(width, height)
    scale = min(max(longer, _LEAST_SIDE), _MOST_SIDE) / longer
    root.set("width", str(max(1, round(width * scale))))
    root.set("height", str(max(1, round(height * scale))))


def _size(
    width: float | None, height: float | None, box: tuple[float, float] | None
) -> tuple[float, float]:
    """The size in pixels that a browser would give the drawing by itself."""
    if width is not None and height is not None:
        return width, height
    if box is None:
        return width or _USUAL[0], height or _USUAL[1]
    if width is not None:
        return width, width * box[1] / box[0]
    if height is not None:
        return height * box[0] / box[1], height
    return box


def _length(text: str | None) -> float | None:
    """Pixels; `None` for shares of a page that there is not, and for what is no length."""
    found = _LENGTH.fullmatch(text or "")
    unit = _UNITS.get(found[2].lower()) if found else None
    return float(found[1]) * unit if found and unit is not None else None


def _view_box(text: str) -> tuple[float, float] | None:
    numbers = text.replace(",", " ").split()
    if len(numbers) != 4:
        return None
    width, height = float(numbers[2]), float(numbers[3])
    return (width, height) if width > 0 and height > 0 else None


def _strip(root: Element, name: str) -> None:
    """Take away what runs, and every reference to what is not in the drawing itself."""
    for parent in list(root.iter()):
        for child in [c for c in parent if _local(c.tag) in _DROPPED]:
            parent.remove(child)
    pixels = 0
    for element in root.iter():
        for key, value in list(element.attrib.items()):
            if _local(key) != "href" or value.lstrip().startswith("#"):
                continue
            embedded = _embedded(value)
            if embedded is None:
                del element.attrib[key]
                continue
            width, height = embedded
            pixels += width * height
    if pixels > MAX_PIXELS:
        inside = f"{pixels / 1e6:,.0f} megapixels in the pictures inside it"
        raise refusals.picture_too_large(name, inside, MAX_PIXELS)


def _embedded(address: str) -> tuple[int, int] | None:
    """The size of a picture that an address holds; `None` where it holds no sound one."""
    head = _EMBEDDED.match(address)
    if head is None:
        return None
    try:
        data = b64decode(address[head.end() :])
    except (NoBase64, ValueError):
        return None
    kind = sniff(data)
    if kind is None or kind not in _EMBEDDABLE:
        return None
    return _header_size(data, kind)


def _header_size(data: bytes, kind: Kind) -> tuple[int, int] | None:
    try:
        width, height = open_picture(data, kind, "").size
    except (OSError, SyntaxError, ValueError):
        return None
    return width, height


def _local(tag: object) -> str:
    """A name without its namespace; nothing for comments and the like."""
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""
