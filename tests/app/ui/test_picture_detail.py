"""The detail of an attached picture: shown, chosen, and counted by itself."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from composing import attach, write
from heic import heic
from PySide6.QtCore import QSize

from app.drafts import count_key
from app.token_counting import TokenCounting
from app.ui.picture import Picture, decode
from engine import CountTokens, ImagePart, PictureSeen, Seen, TokensCounted, UnreadableFile
from engine.documents import read_image_bytes

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytestqt.qtbot import QtBot

    from app.ui.composer import Composer
    from tests.conftest import FileMaker

ROWS = [[(76, 85, 255), (150, 44, 21)], [(29, 255, 107), (255, 128, 128)]]


def seen_of(part: ImagePart) -> PictureSeen:
    return PictureSeen(part.sha256, Seen(504, 364, 234), Seen(1148, 840, 1230), Seen(1, 1, 1))


def entries(composer: Composer) -> list[str]:
    button = composer.attachments.chips[0].detail
    assert button is not None
    return [action.text() for action in button.menu().actions()]


def test_the_chip_says_what_the_model_sees(
    qtbot: QtBot, composer: Composer, make_files: FileMaker
) -> None:
    attach(qtbot, composer, make_files.png("shot.png", "hello", (1600, 1200)))
    (chip,) = composer.attachments.chips
    assert entries(composer) == ["Low", "Standard", "Full"]
    assert isinstance(chip.part, ImagePart)

    composer.attachments.set_seen(seen_of(chip.part))
    composer.set_attachment_tokens(chip.part.sha256, 1230)

    assert chip.toolTip() == "1,148 × 840 seen, 1,230 tokens\nThe file has 1,600 × 1,200."
    assert chip.accessibleName() == "Attached, shot.png, 1,230 tokens"
    assert entries(composer) == [
        "Low\t504 × 364 seen, 234 tokens",
        "Standard\t1,148 × 840 seen, 1,230 tokens",
        "Full\t1 × 1 seen, 1 token",
    ]
    composer.forget_counts()
    assert entries(composer) == ["Low", "Standard", "Full"]
    assert chip.toolTip() == ""


def test_choosing_a_detail_changes_the_draft_and_its_cost(
    qtbot: QtBot, composer: Composer, make_files: FileMaker
) -> None:
    write(qtbot, composer, "What?")
    attach(qtbot, composer, make_files.png("shot.png", "hello"))
    (chip,) = composer.attachments.chips
    assert isinstance(chip.part, ImagePart)
    usual = chip.part
    composer.attachments.set_seen(seen_of(usual))
    composer.set_attachment_tokens(count_key(replace(usual, detail="low")), 234)
    button = chip.detail
    assert button is not None
    assert (button.text(), button.accessibleName()) == ("Detail", "Detail of shot.png: standard")

    with qtbot.waitSignal(composer.draft_changed) as changed:
        button.menu().actions()[0].trigger()

    (part,) = changed.args[0].attachments
    assert part == replace(usual, detail="low")
    assert (button.text(), button.accessibleName()) == ("Low detail", "Detail of shot.png: low")
    assert chip.accessibleName() == "Attached, shot.png, 234 tokens"
    assert chip.toolTip().startswith("504 × 364 seen, 234 tokens")
    composer.set_count(TokensCounted("c", 244, 234, 244, 2_048))
    assert composer.meter.accessibleName() == "Text 10 + image 234 = 244 tokens"

    with qtbot.assertNotEmitted(composer.draft_changed, wait=250):
        button.menu().actions()[0].trigger()  # the same again changes nothing


def test_documents_have_no_detail(qtbot: QtBot, composer: Composer, make_files: FileMaker) -> None:
    attach(qtbot, composer, make_files.text("a.txt", "hello"))
    (chip,) = composer.attachments.chips
    assert chip.detail is None


def test_one_count_tells_of_every_detail(qtbot: QtBot, bridge, script) -> None:
    part = ImagePart("sign.png", "aa", 40, 20, b"png")

    def count(ticket) -> None:
        assert isinstance(ticket.request, CountTokens)
        pictures = tuple(seen_of(p) for p in ticket.request.messages[-1].images)
        ticket.emit(TokensCounted(ticket.request.request_id, 10, 1230, 10, 2048, pictures=pictures))

    script.count = count
    counting = TokenCounting(bridge)
    told: dict[str, int] = {}
    counting.attachment_counted.connect(told.__setitem__)
    with qtbot.waitSignal(counting.picture_seen) as seen:
        counting.count_attachment(part)
    assert seen.args == [seen_of(part)]
    qtbot.waitUntil(lambda: told == {"aa": 1230, "aa:low": 234, "aa:full": 1})
    asked = len(script.requests)
    counting.count_attachment(replace(part, detail="low"))
    assert len(script.requests) == asked


@pytest.mark.parametrize("kind", ["heic", "svg", "tif"])
def test_pictures_that_qt_does_not_know_are_drawn(
    qtbot: QtBot, theme, background, encoded_picture, kind
) -> None:
    data = encoded_picture(kind)
    image = decode(data, QSize(30, 20))
    assert (image.width(), image.height()) == (30, 20)
    drawn = Picture(theme, background, read_image_bytes(data, f"a.{kind}"), QSize(24, 24))
    qtbot.addWidget(drawn)
    qtbot.waitUntil(lambda: drawn.loaded)


@pytest.fixture
def encoded_picture(make_files: FileMaker) -> Callable[[str], bytes]:
    def encode(kind: str) -> bytes:
        if kind == "heic":
            return heic(ROWS)
        if kind == "svg":
            return b'<svg xmlns="http://www.w3.org/2000/svg"><path d="M1 1h90v90"/></svg>'
        from PIL import Image

        path = make_files.folder / "a.tif"
        Image.new("RGB", (40, 30), "red").save(path)
        return path.read_bytes()

    return encode


def test_what_is_no_picture_keeps_its_mark(qtbot: QtBot, theme, background) -> None:
    with pytest.raises(UnreadableFile):
        decode(b"words", QSize(30, 20))
    drawn = Picture(theme, background, ImagePart("a.png", "", 3, 3, b"words"), QSize(24, 24))
    qtbot.addWidget(drawn)
    qtbot.waitUntil(lambda: drawn.failed)
