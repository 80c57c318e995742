"""What a draft costs is counted exactly; counts that were overtaken are never shown."""

from __future__ import annotations

import pytest

from app.token_counting import TokenCounting
from engine import (
    CountTokens,
    DocumentPage,
    DocumentPart,
    Failed,
    ImagePart,
    ModelNotUsable,
    TokensCounted,
    user,
)

PICTURE = ImagePart("sign.png", "aa", 40, 20, b"png")
TEXT = DocumentPart("notes.txt", "bb", 5, (DocumentPage(1, "hello"),))
FRAME = 10


@pytest.fixture
def counting(bridge, script) -> TokenCounting:
    script.count = count
    return TokenCounting(bridge)


def count(ticket) -> None:
    """A frame of ten tokens, one for each character of text, and 208 for a picture."""
    assert isinstance(ticket.request, CountTokens)
    message = ticket.request.messages[-1]
    pages = [p for part in message.parts if isinstance(part, DocumentPart) for p in part.pages]
    text = len(message.text) + sum(len(page.text) for page in pages)
    images = 208 * len(message.images)
    total = FRAME + text + images
    ticket.emit(TokensCounted(ticket.request.request_id, total, images, total, 2048))


def test_a_draft_is_counted(qtbot, counting: TokenCounting) -> None:
    with qtbot.waitSignal(counting.counted) as counted:
        counting.count((user("four"),))
    assert counted.args[0].prompt_tokens == FRAME + 4


def test_a_draft_that_cannot_be_counted_is_told_of(qtbot, counting: TokenCounting, script) -> None:
    error = ModelNotUsable("No model is loaded.")
    script.count = lambda ticket: ticket.emit(Failed(ticket.request.request_id, error))
    with qtbot.waitSignal(counting.uncountable):
        counting.count((user("four"),))


def test_only_the_newest_count_is_told(qtbot, counting: TokenCounting) -> None:
    told: list[int] = []
    counting.counted.connect(lambda event: told.append(event.prompt_tokens))
    for text in ("o", "on", "once"):
        counting.count((user(text),))
    qtbot.waitUntil(lambda: bool(told))
    assert told == [FRAME + 4]


def test_attachments_are_counted_without_the_frame(qtbot, counting: TokenCounting) -> None:
    told: dict[str, int] = {}
    counting.attachment_counted.connect(lambda digest, tokens: told.update({digest: tokens}))
    counting.count_attachment(PICTURE)
    counting.count_attachment(TEXT)
    qtbot.waitUntil(lambda: len(told) == 2)
    assert told == {"aa": 208, "bb": 5}


def test_an_attachment_is_asked_for_once(qtbot, counting: TokenCounting, script) -> None:
    with qtbot.waitSignal(counting.attachment_counted):
        counting.count_attachment(PICTURE)
    asked = len(script.requests)
    with qtbot.waitSignal(counting.attachment_counted):
        counting.count_attachment(PICTURE)
    assert len(script.requests) == asked


def test_another_model_counts_anew(qtbot, counting: TokenCounting, script) -> None:
    with qtbot.waitSignal(counting.attachment_counted):
        counting.count_attachment(PICTURE)
    counting.forget_model()
    asked = len(script.requests)
    with qtbot.waitSignal(counting.attachment_counted):
        counting.count_attachment(PICTURE)
    assert len(script.requests) == asked + 2


def test_a_count_that_fails_can_be_asked_for_again(qtbot, counting: TokenCounting, script) -> None:
    error = ModelNotUsable("No model is loaded.")
    script.count = lambda ticket: ticket.emit(Failed(ticket.request.request_id, error))
    counting.count_attachment(TEXT)
    qtbot.waitUntil(lambda: len(script.requests) == 1)
    script.count = count
    qtbot.waitUntil(lambda: counting._attachments == {})
    with qtbot.waitSignal(counting.attachment_counted):
        counting.count_attachment(TEXT)
