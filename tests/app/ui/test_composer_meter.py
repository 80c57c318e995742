"""What a draft costs, and what is held back for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from composing import attach, count, press, write
from PySide6.QtCore import Qt

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from app.drafts import Draft
    from app.ui.composer import Composer
    from tests.conftest import FileMaker


def test_meter_is_a_guess_until_the_count_is_there(qtbot: QtBot, composer: Composer) -> None:
    assert composer.meter.accessibleName() == "0 tokens"
    write(qtbot, composer, "x" * 40)
    assert composer.meter.accessibleName() == "about 10 tokens"
    composer.set_count(count(24))
    assert composer.meter.accessibleName() == "24 tokens"
    qtbot.keyClicks(composer.editor, "x" * 8)
    assert composer.meter.accessibleName() == "about 26 tokens"


def test_count_that_typing_has_overtaken_stays_a_guess(qtbot: QtBot, composer: Composer) -> None:
    write(qtbot, composer, "x" * 40)
    qtbot.keyClicks(composer.editor, "x" * 80)

    composer.set_count(count(24))  # of the first forty

    assert composer.meter.accessibleName() == "about 44 tokens"


def test_meter_gives_the_shares_that_it_knows(
    qtbot: QtBot, composer: Composer, make_files: FileMaker
) -> None:
    qtbot.keyClicks(composer.editor, "What?")
    attach(qtbot, composer, make_files.png("shot.png", "hello"))
    composer.set_count(count(532, 522))
    assert composer.meter.accessibleName() == "532 tokens"

    composer.set_attachment_tokens(composer.draft().attachments[0].sha256, 522)
    assert composer.meter.accessibleName() == "Text 10 + image 522 = 532 tokens"


def test_where_nothing_is_written_the_meter_speaks_of_no_text(
    qtbot: QtBot, composer: Composer, make_files: FileMaker
) -> None:
    attach(qtbot, composer, make_files.png("shot.png", "hello"))
    composer.set_count(count(533, 522))
    composer.set_attachment_tokens(composer.draft().attachments[0].sha256, 522)
    assert composer.meter.accessibleName() == "533 tokens"


def test_nothing_is_sent_before_its_attachments_are_counted(
    qtbot: QtBot, composer: Composer, make_files: FileMaker
) -> None:
    composer.set_limit(2_048)
    qtbot.keyClicks(composer.editor, "What?")
    attach(qtbot, composer, make_files.text("long.txt", "hello"))
    assert composer.meter.accessibleName() == "counting…"
    assert composer.send.toolTip() == "Still counting what is attached"
    with qtbot.assertNotEmitted(composer.submitted):
        press(composer, Qt.Key.Key_Return)

    composer.set_count(count(1_000))
    qtbot.keyClicks(composer.editor, " Tell.")  # what was counted is still known
    assert composer.send.isEnabled()
    qtbot.keyClicks(composer.editor, "x" * 4_200)
    assert composer.send.toolTip().startswith("Still counting. This may be more")
    with qtbot.assertNotEmitted(composer.submitted):
        press(composer, Qt.Key.Key_Return)


@pytest.mark.parametrize("countable", [False, True])
def test_what_cannot_be_counted_is_not_held_back(
    qtbot: QtBot, composer: Composer, make_files: FileMaker, *, countable: bool
) -> None:
    composer.set_limit(2_048 if countable else None)
    attach(qtbot, composer, make_files.text("a.txt", "hello"))
    if countable:
        composer.set_uncountable()
    with qtbot.waitSignal(composer.submitted):
        press(composer, Qt.Key.Key_Return)


def test_attachments_are_counted_while_one_goes_on_typing(
    qtbot: QtBot, composer: Composer, make_files: FileMaker
) -> None:
    announced: list[Draft] = []
    composer.draft_changed.connect(announced.append)
    composer.add_paths([make_files.text("a.txt", "hello")])

    def type_on() -> bool:
        qtbot.keyClicks(composer.editor, "x")
        return any(draft.attachments for draft in announced)

    qtbot.waitUntil(type_on)


def test_a_full_conversation_says_so_and_offers_a_new_one(qtbot: QtBot, composer: Composer) -> None:
    write(qtbot, composer, "And then?")
    composer.set_count(count(2_050, last=20))
    assert composer.way_out.isVisible()
    assert composer.way_out.text == "This conversation is full."
    assert composer.way_out.y() > composer.bar.y()
    with qtbot.waitSignal(composer.new_conversation_requested):
        qtbot.mouseClick(composer.way_out.new_conversation, Qt.MouseButton.LeftButton)

    composer.set_count(count(1_900, last=20))
    assert composer.way_out.isHidden()


def test_a_draft_too_long_by_itself_is_to_be_made_shorter(
    qtbot: QtBot, composer: Composer, make_files: FileMaker
) -> None:
    write(qtbot, composer, "long")
    composer.set_count(count(5_000, last=4_000))
    assert composer.way_out.text == "Shorten the question."

    attach(qtbot, composer, make_files.text("a.txt", "hello"))
    composer.set_count(count(5_000, last=4_000))
    assert composer.way_out.text == "Remove a document, or ask about fewer pages."
    assert composer.way_out.new_conversation.isHidden()


def test_over_the_limit_nothing_is_sent_and_the_reason_is_given(
    qtbot: QtBot, composer: Composer
) -> None:
    write(qtbot, composer, "long")
    composer.set_count(count(2_048 + 3_611))

    assert composer.meter.accessibleName() == "3,612 over 2,048"
    assert not composer.send.isEnabled()
    assert "3,612 tokens more than the model can hold" in composer.send.toolTip()
    with qtbot.assertNotEmitted(composer.submitted):
        press(composer, Qt.Key.Key_Return)


def test_near_the_limit_a_bar_shows_how_much_is_left(qtbot: QtBot, composer: Composer) -> None:
    write(qtbot, composer, "x")
    composer.set_count(count(1_500, last=300))
    assert composer.bar.isHidden()

    composer.set_count(count(2_000, last=800))
    assert not composer.bar.isHidden()
    assert composer.bar.share == pytest.approx(800 / 848)
