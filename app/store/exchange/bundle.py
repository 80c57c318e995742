"""What a file of conversations holds, whatever its format."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.store.records import Conversation, Folder


@dataclass(frozen=True, slots=True)
class Bundle:
    """Conversations and the folders they stand in."""

    conversations: tuple[Conversation, ...]
    folders: tuple[Folder, ...] = ()
