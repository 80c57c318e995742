from app.drafts import Draft
from engine import DocumentPage, DocumentPart, ImagePart, TextPart

PICTURE = ImagePart("shot.png", "a" * 64, 4, 3, b"x")
REPORT = DocumentPart("report.pdf", "d" * 64, 10, (DocumentPage(1, "one"),))


def test_message_puts_attachments_before_the_trimmed_text() -> None:
    message = Draft("  What is this?\n", (REPORT, PICTURE)).message()

    assert message.role == "user"
    assert message.parts == (REPORT, PICTURE, TextPart("What is this?"))


def test_message_of_attachments_alone_has_no_empty_text() -> None:
    assert Draft(" \n", (PICTURE,)).message().parts == (PICTURE,)


def test_only_white_space_is_empty_and_an_attachment_is_not() -> None:
    assert Draft(" \n\t").empty
    assert not Draft("", (PICTURE,)).empty
    assert not Draft("x").empty
