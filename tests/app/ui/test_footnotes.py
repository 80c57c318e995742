"""Footnotes: numbered by mention, shown at the end, there and back by a click."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QTextCharFormat

if TYPE_CHECKING:
    from app.ui.answer_view import AnswerView


def notes(view: AnswerView) -> list[str]:
    if view.notes is None:
        return []
    return view.notes.toPlainText().replace(" ↩", "").split("\n")[1:]


def test_notes_are_numbered_by_first_mention(view: AnswerView) -> None:
    view.set_text("One[^b], two[^a], one again[^B].\n\n[^a]: A\n[^b]: B\n", growing=False)
    assert view.segments[0].text_view.toPlainText() == "One1, two2, one again1."
    assert notes(view) == ["1.\tB", "2.\tA"]
    mention = view.segments[0].text_view.document().find("1").charFormat()
    assert mention.verticalAlignment() == QTextCharFormat.VerticalAlignment.AlignSuperScript


def test_a_mention_without_a_note_is_text_in_the_end(view: AnswerView) -> None:
    text = "One[^x], two[^a].\n\n[^a]: A\n\nEnd."
    view.set_text(text, growing=True)
    assert view.segments[0].text_view.toPlainText().startswith("One1, two2.")
    view.set_text(text, growing=False)
    assert view.segments[0].text_view.toPlainText() == "One[^x], two1.\nEnd."
    assert notes(view) == ["1.\tA"]


def test_a_note_that_comes_later_leaves_the_text_as_it_is(view: AnswerView) -> None:
    view.set_text("One[^a].\n\nTwo.\n\n", growing=True)
    before = view.segments[0].text_view.document()
    before.setModified(False)
    view.set_text("One[^a].\n\nTwo.\n\n[^a]: A no", growing=True)
    assert notes(view) == ["1.\tA no"]
    assert view.notes is not None
    assert view.notes.caret_shown
    view.set_text("One[^a].\n\nTwo.\n\n[^a]: A note", growing=False)
    assert view.segments[0].text_view.document() is before
    assert notes(view) == ["1.\tA note"]


def test_nothing_that_was_written_is_lost(view: AnswerView) -> None:
    view.set_text("Text.\n\n[^a]: Never mentioned.\n\n    Second paragraph.", growing=False)
    assert notes(view) == ["1.\tNever mentioned.", "Second paragraph."]


def test_a_note_may_mention_another(view: AnswerView) -> None:
    view.set_text("One[^a].\n\n[^b]: B\n[^a]: see[^b]", growing=False)
    assert notes(view) == ["1.\tsee2", "2.\tB"]


def test_cells_mention_notes_too(view: AnswerView) -> None:
    view.set_text("| a |\n|---|\n| x[^1] |\n\n[^1]: N", growing=False)
    assert "x1" in view.segments[0].text_view.toPlainText()


def test_a_mention_leads_to_its_note_and_back(view: AnswerView) -> None:
    view.show()
    view.set_text("One[^a].\n\n[^a]: A", growing=False)
    text, at_end = view.segments[0].text_view, view.notes
    assert at_end is not None
    text.place_requested.emit("#note-a")
    assert at_end._reached is not None
    assert at_end._reached.target == "#mention-a"
    at_end.place_requested.emit(at_end._reached.target)
    assert text._reached is not None
    assert text._reached.text == "1"
