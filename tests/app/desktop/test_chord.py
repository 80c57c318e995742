"""Keys held together are read as Qt writes them and written as systems want them."""

from __future__ import annotations

import pytest

from app.desktop import Chord, NotAChord
from app.desktop.windows_shortcut import virtual_key


def test_keys_are_read() -> None:
    assert Chord.parse("Ctrl+Alt+S") == Chord(frozenset({"ctrl", "alt"}), "S")
    assert Chord.parse("Meta+Shift+F5") == Chord(frozenset({"meta", "shift"}), "F5")
    assert Chord.parse("Alt+Print").key == "Print"


@pytest.mark.parametrize(
    "text", ["", "S", "Ctrl", "Ctrl+K, Ctrl+S", "Ctrl++", "Alt+Left", "Ctrl+ä"]
)
def test_what_no_system_hands_out_is_refused(text: str) -> None:
    with pytest.raises(NotAChord):
        Chord.parse(text)


def test_they_are_written_for_the_portal() -> None:
    assert Chord.parse("Alt+Ctrl+S").for_portal() == "CTRL+ALT+s"
    assert Chord.parse("Meta+F5").for_portal() == "LOGO+F5"


def test_they_have_numbers_on_windows() -> None:
    assert [virtual_key(key) for key in ("S", "7", "F5", "Print")] == [0x53, 0x37, 0x74, 0x2C]
