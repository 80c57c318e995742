"""Chat templates within limits: a template comes with a model folder and is not to be trusted.

transformers renders in a sandbox, which keeps a template from reaching Python, but not from
working for ever. A trace function looks at the clock for every line of the template's code.
"""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

    Trace = Callable[[FrameType, str, object], "Trace | None"]

_MOST_SECONDS = 2.0
_MOST_CHARACTERS = 64 * 2**20
# The file name that Jinja gives to code made from a string.
_TEMPLATE_CODE = "<template>"


class TemplateLimit(RuntimeError):
    """A template worked too long or wrote too much."""


def render_within_limits(render: Callable[[], str], seconds: float = _MOST_SECONDS) -> str:
    """What `render` gives, or `TemplateLimit` where its template code takes over `seconds`.

    Only frames of template code are traced, line by line; a tracer that was set before (a
    debugger's, a coverage tool's) is put back.
    """
    deadline = time.perf_counter() + seconds

    def look(_frame: FrameType, _event: str, _argument: object) -> Trace | None:
        if time.perf_counter() > deadline:
            raise TemplateLimit(f"the template took more than {seconds:g} s")
        return look

    def enter(frame: FrameType, event: str, argument: object) -> Trace | None:
        is_template = frame.f_code.co_filename == _TEMPLATE_CODE
        return look(frame, event, argument) if is_template else None

    before = sys.gettrace()
    sys.settrace(enter)
    try:
        text = render()
    finally:
        sys.settrace(before)
    if len(text) > _MOST_CHARACTERS:
        raise TemplateLimit(f"the template wrote {len(text)} characters")
    return text
