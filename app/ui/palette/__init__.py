"""The command palette: everything that can be done or opened, found by a few letters of its name.

`matching` and `entries` decide what is shown and know no widget; `row_model`, `row_delegate` and
`command_palette` show it.
"""

from __future__ import annotations

from app.ui.palette.command_palette import CommandPalette
from app.ui.palette.entries import Entry, Scope, Source

__all__ = ["CommandPalette", "Entry", "Scope", "Source"]
