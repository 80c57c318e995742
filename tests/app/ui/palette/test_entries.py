"""Which entries are offered for what is typed, and in which order."""

from __future__ import annotations

import time

from app.ui.palette.entries import LONGEST, Entry, Offer


def nothing() -> None:
    pass


def entry(title: str, scope="action", reason: str = "") -> Entry:
    return Entry(f"{scope}:{title}", title, scope, nothing, reason=reason)


ENTRIES = [
    entry("New conversation"),
    entry("Export conversation as Markdown…"),
    entry("Stop", reason="No answer is being written"),
    entry("Shortcut list"),
    entry("Models", "page"),
    entry("Export rules for wine", "conversation"),
    entry("Stopping distances", "conversation"),
]


def titles(typed: str, recent=()) -> list[str]:
    return [row.entry.title for row in Offer(ENTRIES, recent).find(typed).rows]


def test_everything_in_its_order_where_nothing_is_typed_but_what_is_off_comes_last() -> None:
    shown = titles("")
    assert shown[-1] == "Stop"
    assert shown[:3] == ["New conversation", "Export conversation as Markdown…", "Shortcut list"]


def test_what_was_chosen_last_comes_first() -> None:
    recent = ("conversation:Stopping distances", "action:Shortcut list", "action:gone")
    assert titles("", recent)[:3] == ["Stopping distances", "Shortcut list", "New conversation"]
    assert titles("exp", ("conversation:Export rules for wine",))[0] == "Export rules for wine"


def test_a_better_fit_comes_before_a_recent_one() -> None:
    assert titles("new", ("conversation:Export rules for wine",))[0] == "New conversation"


def test_one_letter_before_the_rest_limits_what_is_looked_through() -> None:
    assert titles("> exp") == ["Export conversation as Markdown…"]
    assert titles("#exp") == ["Export rules for wine"]
    assert titles("#") == ["Export rules for wine", "Stopping distances"]


def test_what_is_off_is_offered_with_its_reason_after_what_is_not() -> None:
    rows = Offer(ENTRIES, ()).find("stop").rows
    assert [row.entry.title for row in rows] == ["Stopping distances", "Stop"]
    assert rows[1].entry.reason == "No answer is being written"


def test_what_is_not_there_is_said_in_words() -> None:
    offer = Offer(ENTRIES, ())
    assert offer.find("exq").nothing == "No command or conversation matches ‘exq’."
    assert offer.find("> exq").nothing == "No command matches ‘exq’."
    assert offer.find("#exq").nothing == "No conversation matches ‘exq’."
    assert offer.find("@").nothing == "No documents are open."
    assert offer.find("@a").nothing == "No open document matches ‘a’."
    assert Offer(ENTRIES[:1], ()).find("#").nothing == "There are no conversations yet."
    assert offer.find("new").nothing == ""


def test_ten_thousand_conversations_are_looked_through_while_one_types() -> None:
    many = [entry(f"Letter {n} to the housing office", "conversation") for n in range(10_000)]
    offer = Offer(many, ())
    began = time.process_time()
    found = offer.find("lthoff")
    assert time.process_time() - began < 1.0
    assert len(found.rows) == LONGEST
