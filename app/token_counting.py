"""Counts exactly what a draft would cost, and each attachment by itself."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from app.drafts import count_key
from engine import DETAILS, CountTokens, ImagePart, TokensCounted, user

if TYPE_CHECKING:
    from app.drafts import Attachment
    from app.engine_bridge import EngineBridge
    from engine import Event, Message, PictureSeen


class TokenCounting(QObject):
    """`counted` carries the newest count of the draft; counts that were overtaken are dropped.

    `uncountable` says that there will be none. `priced` carries the count that `price` asked for,
    `attachment_counted` the `count_key` of an attachment and its tokens, `picture_seen` a
    `PictureSeen`.
    """

    counted = Signal(object)
    uncountable = Signal()
    attachment_counted = Signal(str, int)
    priced = Signal(object)
    picture_seen = Signal(object)

    def __init__(self, bridge: EngineBridge, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._request_id: str | None = None
        self._price_id: str | None = None
        # Per model, what an empty message costs, and what each attachment does, by its key.
        self._frame_tokens: int | None = None
        self._attachments: dict[str, int | None] = {}
        self._waiting: list[Attachment] = []

    def count(self, messages: tuple[Message, ...], thinking: bool | None = None) -> None:
        """Count what `messages` cost as a prompt, with thinking switched so."""
        self.forget()
        request = CountTokens(messages, thinking=thinking)
        self._request_id = self._bridge.submit(request, self._hear_draft)

    def price(self, messages: tuple[Message, ...], thinking: bool | None = None) -> None:
        """Count what asking `messages` instead of the draft would cost."""
        if self._price_id is not None:
            self._bridge.drop(self._price_id)
        request = CountTokens(messages, thinking=thinking)
        self._price_id = self._bridge.submit(request, self._hear_price)

    def forget(self) -> None:
        """Drop the draft's count that is on its way."""
        if self._request_id is not None:
            self._bridge.drop(self._request_id)
            self._request_id = None

    def forget_model(self) -> None:
        """Another model counts differently: nothing known so far holds."""
        self.forget()
        self._frame_tokens = None
        self._attachments.clear()
        self._waiting.clear()

    def count_attachment(self, attachment: Attachment) -> None:
        """Count `attachment` alone; `attachment_counted` gives its key and tokens."""
        key = count_key(attachment)
        if key in self._attachments:
            known = self._attachments[key]
            if known is not None:
                self.attachment_counted.emit(key, known)
            return
        self._attachments[key] = None
        if self._frame_tokens is None:
            self._waiting.append(attachment)
            self._count_frame()
        else:
            self._submit_attachment(attachment)

    def _hear_draft(self, event: Event) -> None:
        self._request_id = None
        if isinstance(event, TokensCounted):
            self.counted.emit(event)
        else:
            self.uncountable.emit()

    def _hear_price(self, event: Event) -> None:
        self._price_id = None
        if isinstance(event, TokensCounted):
            self.priced.emit(event)

    def _count_frame(self) -> None:
        """What the template adds to any message: counted once, and taken off afterwards."""
        if len(self._waiting) == 1:
            self._bridge.submit(CountTokens((user("x"),)), self._hear_frame)

    def _hear_frame(self, event: Event) -> None:
        waiting, self._waiting = self._waiting, []
        if not isinstance(event, TokensCounted):
            for attachment in waiting:
                del self._attachments[count_key(attachment)]
            return
        self._frame_tokens = event.prompt_tokens - 1
        for attachment in waiting:
            self._submit_attachment(attachment)

    def _submit_attachment(self, attachment: Attachment) -> None:
        key, picture = count_key(attachment), isinstance(attachment, ImagePart)

        def hear(event: Event) -> None:
            if not isinstance(event, TokensCounted):
                self._attachments.pop(key, None)
                return
            rest = event.prompt_tokens - (self._frame_tokens or 0)
            self._learn(key, event.image_tokens if picture else rest)
            if isinstance(attachment, ImagePart):
                self._learn_details(attachment, event.pictures)

        self._bridge.submit(CountTokens((user(attachment),)), hear)

    def _learn(self, key: str, tokens: int) -> None:
        self._attachments[key] = tokens
        self.attachment_counted.emit(key, tokens)

    def _learn_details(self, picture: ImagePart, pictures: tuple[PictureSeen, ...]) -> None:
        """One count tells what the picture costs at every detail."""
        for seen in pictures:
            self.picture_seen.emit(seen)
            for detail in DETAILS:
                self._learn(count_key(replace(picture, detail=detail)), seen.at(detail).tokens)
