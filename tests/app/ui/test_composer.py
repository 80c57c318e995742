from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtGui import QGuiApplication, QImage, QInputMethodEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QVBoxLayout, QWidget

from app.background import Background
from app.drafts import Draft
from app.ui.composer import Composer
from app.ui.theme import Theme
from engine import DocumentPart, ImagePart, TokensCounted

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from tests.conftest import FileMaker

PLAIN = Qt.KeyboardModifier.NoModifier


@pytest.fixture
def composer(qtbot: QtBot) -> Iterator[Composer]:
    background = Background()
    made = Composer(Theme(), background)
    window = QWidget()
    qtbot.addWidget(window)
    page = QVBoxLayout(window)
    page.addStretch(1)
    page.addWidget(made)
    window.resize(760, 600)
    window.show()
    window.activateWindow()
    made.focus_text()
    yield made
    background.close()


def count(
    prompt: int, images: int = 0, last: int | None = None, limit: int = 2_048
) -> TokensCounted:
    return TokensCounted("c", prompt, images, prompt if last is None else last, limit)


def write(qtbot: QtBot, composer: Composer, text: str) -> None:
    """Type `text` and wait until it is to be counted."""
    with qtbot.waitSignal(composer.draft_changed):
        qtbot.keyClicks(composer.editor, text)


def attach(qtbot: QtBot, composer: Composer, path: Path) -> None:
    """Attach the file at `path` and wait until it is to be counted."""
    with qtbot.waitSignal(
        composer.draft_changed, check_params_cb=lambda draft: bool(draft.attachments)
    ):
        composer.add_paths([path])


def press(composer: Composer, key: Qt.Key, held: Qt.KeyboardModifier = PLAIN) -> None:
    QTest.keyClick(composer.editor, key, held)


def test_enter_sends_and_empties_the_field(qtbot: QtBot, composer: Composer) -> None:
    qtbot.keyClicks(composer.editor, "What is this?")

    with qtbot.waitSignal(composer.submitted) as sent:
        press(composer, Qt.Key.Key_Return)

    assert sent.args == [Draft("What is this?")]
    assert composer.draft() == Draft()


def test_shift_enter_breaks_the_line_and_the_field_grows(qtbot: QtBot, composer: Composer) -> None:
    qtbot.keyClicks(composer.editor, "one")
    height = composer.editor.height()
    with qtbot.assertNotEmitted(composer.submitted):
        press(composer, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    qtbot.keyClicks(composer.editor, "two")

    assert composer.draft().text == "one\ntwo"
    assert composer.editor.height() == height + 24


def test_enter_during_composition_never_sends(qtbot: QtBot, composer: Composer) -> None:
    qtbot.keyClicks(composer.editor, "a")
    QApplication.sendEvent(composer.editor, QInputMethodEvent("か", []))
    with qtbot.assertNotEmitted(composer.submitted):
        press(composer, Qt.Key.Key_Return)

    committed = QInputMethodEvent("", [])
    committed.setCommitString("化")
    QApplication.sendEvent(composer.editor, committed)
    with qtbot.waitSignal(composer.submitted) as sent:
        press(composer, Qt.Key.Key_Return)
    assert sent.args[0].text.strip() == "a化"


def test_nothing_to_send_is_said_on_the_button(qtbot: QtBot, composer: Composer) -> None:
    assert not composer.send.isEnabled()
    assert composer.send.toolTip() == "Write a question or attach a file"
    with qtbot.assertNotEmitted(composer.submitted):
        press(composer, Qt.Key.Key_Return)

    qtbot.keyClicks(composer.editor, "x")
    assert composer.send.isEnabled()
    with qtbot.waitSignal(composer.submitted):
        qtbot.mouseClick(composer.send, Qt.MouseButton.LeftButton)


def test_while_busy_the_button_stops_and_typing_goes_on(qtbot: QtBot, composer: Composer) -> None:
    composer.set_busy(True)
    qtbot.keyClicks(composer.editor, "next")

    assert composer.send.accessibleName() == "Stop"
    with qtbot.waitSignal(composer.stop_requested):
        qtbot.mouseClick(composer.send, Qt.MouseButton.LeftButton)
    with qtbot.waitSignal(composer.stop_requested):
        press(composer, Qt.Key.Key_Escape)
    assert composer.draft().text == "next"

    composer.set_busy(False)
    assert composer.send.accessibleName() == "Send"
    with qtbot.assertNotEmitted(composer.stop_requested):
        press(composer, Qt.Key.Key_Escape)


def test_files_become_parts_and_a_refused_one_says_why(
    qtbot: QtBot, composer: Composer, make_files: FileMaker
) -> None:
    qtbot.keyClicks(composer.editor, "Compare")
    composer.add_paths(
        [
            make_files.pdf("report.pdf", ["first page", "second page"]),
            make_files.png("shot.png", "hello"),
            make_files.empty_pdf("empty.pdf"),
        ]
    )
    assert composer.send.toolTip() == "Still reading report.pdf"
    with qtbot.assertNotEmitted(composer.submitted):
        press(composer, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not composer.attachments.reading)

    refused = [chip for chip in composer.attachments.chips if chip.reason]
    assert [chip.name for chip in refused] == ["empty.pdf"]
    assert "empty.pdf" in refused[0].reason
    with qtbot.waitSignal(composer.submitted) as sent:
        press(composer, Qt.Key.Key_Return)
    draft = sent.args[0]
    assert [type(part) for part in draft.attachments] == [DocumentPart, ImagePart]
    assert len(draft.attachments[0].pages) == 2
    assert composer.attachments.isHidden()


def test_attachment_can_be_removed_while_it_is_read_and_after(
    qtbot: QtBot, composer: Composer, make_files: FileMaker
) -> None:
    composer.add_paths([make_files.text("a.txt", "hello"), make_files.text("b.txt", "there")])
    removal = composer.attachments.chips[0].findChild(QPushButton)
    assert isinstance(removal, QPushButton)
    assert removal.accessibleName() == "Remove a.txt"
    qtbot.mouseClick(removal, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not composer.attachments.reading)

    assert [part.name for part in composer.draft().attachments] == ["b.txt"]


def test_pasted_picture_becomes_an_attachment(qtbot: QtBot, composer: Composer) -> None:
    image = QImage(40, 30, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.red)
    QGuiApplication.clipboard().setImage(image)

    composer.editor.paste()
    qtbot.waitUntil(lambda: bool(composer.draft().attachments))

    part = composer.draft().attachments[0]
    assert isinstance(part, ImagePart)
    assert (part.name, part.width, part.height) == ("Pasted picture", 40, 30)
    assert composer.draft().text == ""


def test_pasted_files_are_attached_and_pasted_text_stays_plain(
    qtbot: QtBot, composer: Composer, make_files: FileMaker
) -> None:
    files = QMimeData()
    files.setUrls([QUrl.fromLocalFile(str(make_files.text("notes.txt", "hello")))])
    composer.editor.insertFromMimeData(files)
    rich = QMimeData()
    rich.setHtml("<b>bold</b>")
    rich.setText("bold")
    composer.editor.insertFromMimeData(rich)
    qtbot.waitUntil(lambda: bool(composer.draft().attachments))

    assert composer.draft().text == "bold"
    assert "font-weight:7" not in composer.editor.toHtml()


def test_draft_is_announced_once_typing_has_stopped(qtbot: QtBot, composer: Composer) -> None:
    drafts: list[Draft] = []
    composer.draft_changed.connect(drafts.append)

    qtbot.keyClicks(composer.editor, "three words here")
    assert drafts == []
    qtbot.waitUntil(lambda: bool(drafts))

    assert drafts == [Draft("three words here")]


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


def test_draft_is_taken_up_again_whole(
    qtbot: QtBot, composer: Composer, make_files: FileMaker
) -> None:
    composer.add_paths([make_files.text("a.txt", "hello")])
    qtbot.waitUntil(lambda: not composer.attachments.reading)
    draft = Draft("question\nsecond line", composer.draft().attachments)
    composer.clear()
    assert composer.draft() == Draft()

    composer.prepend(draft)

    assert composer.draft() == draft


def test_what_is_put_away_is_read_on_and_comes_back_whole(
    qtbot: QtBot, composer: Composer, make_files: FileMaker
) -> None:
    qtbot.keyClicks(composer.editor, "Compare")
    composer.add_paths([make_files.text("a.txt", "hello"), make_files.empty_pdf("empty.pdf")])
    unfinished = composer.put_away()
    assert (composer.draft(), composer.attachments.chips) == (Draft(), ())
    assert composer.attachments.isHidden()
    assert unfinished.chips[0].reading

    qtbot.waitUntil(lambda: not any(chip.reading for chip in unfinished.chips))
    assert composer.attachments.isHidden()
    composer.take_up(unfinished)

    assert [part.name for part in composer.draft().attachments] == ["a.txt"]
    assert composer.draft().text == "Compare"
    chips = composer.attachments.chips
    assert [chip.isVisible() for chip in chips] == [True, True]
    assert "empty.pdf" in chips[1].reason


def test_what_is_put_in_front_leaves_everything_else(
    qtbot: QtBot, composer: Composer, make_files: FileMaker
) -> None:
    composer.add_paths([make_files.text("a.txt", "hello")])
    qtbot.waitUntil(lambda: not composer.attachments.reading)
    earlier = composer.draft().attachments
    composer.clear()
    qtbot.keyClicks(composer.editor, "Later")
    composer.add_paths([make_files.empty_pdf("empty.pdf"), make_files.text("b.txt", "there")])

    composer.prepend(Draft("Early?", earlier))

    assert [chip.name for chip in composer.attachments.chips] == ["a.txt", "empty.pdf", "b.txt"]
    assert composer.attachments.reading
    qtbot.waitUntil(lambda: not composer.attachments.reading)
    qtbot.keyClicks(composer.editor, "!")
    assert composer.draft().text == "Early?\n\nLater!"
    assert [part.name for part in composer.draft().attachments] == ["a.txt", "b.txt"]
    assert composer.attachments.chips[1].reason
    qtbot.waitUntil(lambda: (lefts := [c.x() for c in composer.attachments.chips]) == sorted(lefts))


def test_field_scrolls_from_two_fifths_of_the_window_on(qtbot: QtBot, composer: Composer) -> None:
    composer.editor.set_text("\n".join("line" for _ in range(100)))
    qtbot.waitUntil(lambda: composer.height() > composer.editor.height() > 100)

    assert composer.height() <= 240
    assert composer.editor.verticalScrollBar().maximum() > 0


def test_long_pasted_text_can_become_an_attachment(qtbot: QtBot, composer: Composer) -> None:
    qtbot.keyClicks(composer.editor, "Sum this up: ")
    long = "\n".join(f"line {number} of many" for number in range(600))
    data = QMimeData()
    data.setText(long)
    composer.editor.insertFromMimeData(data)
    qtbot.keyClicks(composer.editor, " please")
    assert composer.paste_offer.isVisible()

    qtbot.mouseClick(composer.paste_offer.attach, Qt.MouseButton.LeftButton)

    assert composer.draft().text == "Sum this up:  please"
    part = composer.draft().attachments[0]
    assert isinstance(part, DocumentPart)
    assert (part.name, part.pages[0].text) == ("Pasted text.txt", long)
    assert composer.paste_offer.isHidden()


def test_long_pasted_text_can_stay_and_short_text_is_not_asked_about(
    qtbot: QtBot, composer: Composer
) -> None:
    data = QMimeData()
    data.setText("x" * 8_000)
    composer.editor.insertFromMimeData(data)
    assert composer.paste_offer.isHidden()

    data.setText("y" * 8_001)
    composer.editor.insertFromMimeData(data)
    qtbot.mouseClick(composer.paste_offer.keep, Qt.MouseButton.LeftButton)
    assert composer.paste_offer.isHidden()
    assert len(composer.draft().text) == 16_001


def test_file_named_like_markup_is_shown_as_it_is(
    qtbot: QtBot, composer: Composer, make_files: FileMaker
) -> None:
    composer.add_paths([make_files.text("<b>&amp;.txt", "hello")])
    assert composer.send.toolTip() == "<qt>Still reading &lt;b&gt;&amp;amp;.txt</qt>"
    qtbot.waitUntil(lambda: not composer.attachments.reading)

    assert composer.draft().attachments[0].name == "<b>&amp;.txt"
