"""LaTeX formulas as drawings, made by ziamath without a browser or a TeX installation.

The library is imported at the first formula, in the thread that draws it: it takes a while.
"""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from xml.etree.ElementTree import tostring

log = logging.getLogger(__name__)

# Formulas are drawn once at this size, in pixels, and scaled to where they stand.
DRAWN_SIZE = 40.0
_LONGEST = 4000
# A command that is not known comes out as a word with its backslash.
_TAG = re.compile(r"\\tag\*?\{([^{}]*)\}")
_UNKNOWN_COMMAND = re.compile(r">\\[A-Za-z]+<")


@dataclass(frozen=True, slots=True)
class Drawing:
    """A formula at `DRAWN_SIZE`: how far it reaches from the baseline, and its SVG in black."""

    svg: str
    width: float
    ascent: float
    descent: float


def draw(source: str, display: bool) -> Drawing | None:
    """The formula `source`, or nothing where it cannot be drawn. It may take tenths of a second."""
    if len(source) > _LONGEST:
        return None
    try:
        return _draw(source, display)
    except Exception:
        # What a model writes may be anything; the library says by any exception that it cannot.
        log.info("a formula could not be drawn", exc_info=True)
        return None


def _draw(source: str, display: bool) -> Drawing | None:
    from ziamath.config import config
    from ziamath.tex import tex2mml
    from ziamath.zmath import Math

    # Qt knows shapes, but not all of what refers to them.
    config.svg2 = False
    mathml = tex2mml(_TAG.sub(r"\\qquad(\1)", source), inline=not display)
    if _UNKNOWN_COMMAND.search(mathml):
        return None
    svg = Math(mathml, size=DRAWN_SIZE).svgxml()
    _, top, width, height = (float(part) for part in svg.attrib["viewBox"].split())
    return Drawing(tostring(svg, encoding="unicode"), width, -top, top + height)
