"""A message being written: its text and what is attached, before it is sent."""

from __future__ import annotations

from dataclasses import dataclass

from engine import DocumentPart, ImagePart, Message, user

Attachment = ImagePart | DocumentPart


def count_key(part: Attachment) -> str:
    """What the tokens of an attachment are kept by: its digest, and a picture's detail with it."""
    if isinstance(part, DocumentPart) or part.detail == "standard":
        return part.sha256
    return f"{part.sha256}:{part.detail}"


@dataclass(frozen=True, slots=True)
class Draft:
    """What the composer holds. Attachments are whole: files still being read are not in it."""

    text: str = ""
    attachments: tuple[Attachment, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether there is nothing to send."""
        return not self.attachments and not self.text.strip()

    def message(self) -> Message:
        """The draft as the model reads it: attachments first, so that the question comes last."""
        text = self.text.strip()
        return user(*self.attachments, *((text,) if text else ()))


def draft_of(question: Message) -> Draft:
    """`question` as it was before it was sent."""
    attachments = tuple(part for part in question.parts if isinstance(part, Attachment))
    return Draft(question.text, attachments)
