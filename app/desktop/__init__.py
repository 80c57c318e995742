"""What the desktop lends: keys that are heard while other programs run."""

from app.desktop.chord import Chord, NotAChord
from app.desktop.global_shortcut import GlobalShortcut
from app.desktop.of_this_system import shortcut_of_this_system

__all__ = ["Chord", "GlobalShortcut", "NotAChord", "shortcut_of_this_system"]
