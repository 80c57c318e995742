"""Files and pictures on their way into a draft."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

import pytest
from composing import press
from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMimeData, Qt, QUrl
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QApplication, QPushButton

from app.drafts import Draft
from engine import DocumentPart, ImagePart

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

    from app.ui.composer import Composer
    from tests.conftest import FileMaker


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


def browser_picture(address: str, *, plain: bool) -> QMimeData:
    """What browsers put on the clipboard, and what they drag: pixels, a tag, and an address."""
    data = QMimeData()
    image = QImage(40, 30, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.green)
    content = QByteArray()
    buffer = QBuffer(content)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")
    data.setData("image/png", content)
    data.setHtml(f'<img src="{address}">')
    if plain:
        data.setText(address)
        data.setUrls([QUrl(address)])
    return data


@pytest.mark.parametrize("plain", [False, True])
def test_a_picture_copied_in_a_browser_is_its_pixels(
    qtbot: QtBot, composer: Composer, *, plain: bool
) -> None:
    data = browser_picture("https://example.org/a.png", plain=plain)
    assert composer.editor.canInsertFromMimeData(data)
    composer.editor.insertFromMimeData(data)
    qtbot.waitUntil(lambda: bool(composer.draft().attachments))
    (part,) = composer.draft().attachments
    assert isinstance(part, ImagePart)
    assert (part.width, part.height) == (40, 30)
    assert composer.draft().text == ""


def test_text_with_a_picture_of_it_is_text(composer: Composer) -> None:
    data = browser_picture("https://example.org/a.png", plain=False)
    data.setText("three cells\tof a table")
    composer.editor.insertFromMimeData(data)
    assert composer.draft().text == "three cells\tof a table"
    assert composer.attachments.chips == ()


def test_a_tag_alone_fetches_nothing(composer: Composer) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0)
        address = f"http://127.0.0.1:{server.getsockname()[1]}/a.png"
        data = QMimeData()
        data.setHtml(f'<p>before</p><img src="{address}"><p>after</p>')
        composer.editor.insertFromMimeData(data)
        composer.grab()
        QApplication.processEvents()
        assert composer.attachments.chips == ()
        with pytest.raises(BlockingIOError):
            server.accept()
