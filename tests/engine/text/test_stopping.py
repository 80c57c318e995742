"""Stop strings: nothing of them is ever shown, and nothing else is ever lost."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from engine.text.stopping import StopStrings

LETTERS = st.text(alphabet="ab\n", max_size=30)
STOPS = st.lists(st.text(alphabet="ab\n", min_size=1, max_size=4), min_size=1, max_size=3)


def cut(text: str, stops: list[str]) -> str:
    """Where the first complete stop string ends, the text before the earliest one inside."""
    for end in range(len(text) + 1):
        found = [at for stop in stops if (at := text[:end].find(stop)) >= 0]
        if found:
            return text[: min(found)]
    return text


@given(LETTERS, STOPS)
def test_letter_by_letter_equals_cutting_the_whole(text: str, stops: list[str]) -> None:
    watcher = StopStrings(stops)
    shown = "".join(watcher.hear(letter) for letter in text)
    assert shown + watcher.flush() == cut(text, stops)
    assert watcher.stopped == (cut(text, stops) != text)


@given(LETTERS, STOPS, st.integers(1, 7))
def test_pieces_never_show_a_stop_string(text: str, stops: list[str], size: int) -> None:
    watcher = StopStrings(stops)
    pieces = [watcher.hear(text[at : at + size]) for at in range(0, len(text), size)]
    shown = "".join(pieces) + watcher.flush()
    assert not any(stop in shown for stop in stops)
    assert text.startswith(shown)


def test_only_what_may_begin_a_stop_is_held_back() -> None:
    watcher = StopStrings(["END"])
    assert watcher.hear("the E") == "the "
    assert watcher.hear("N") == ""
    assert watcher.hear("gine") == "ENgine"
    assert not watcher.stopped


def test_without_stop_strings_everything_passes_at_once() -> None:
    assert StopStrings([]).hear("any text") == "any text"
