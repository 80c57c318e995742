"""Conversations that mix skills: small talk after a picture, a document after a picture."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from engine.evals import dialogue, documents, pictures
from engine.evals.items import Item, Split

if TYPE_CHECKING:
    import random


def draw_mixed(rng: random.Random, split: Split, level: int = pictures.TOP_LEVEL) -> Item:
    """Draw a conversation in which one kind of question follows another."""
    picture = pictures.draw_picture(rng, split, level).exchanges
    kind = rng.random()
    if kind < 0.4:
        return Item("mixed", (*picture, dialogue.small_talk(rng, split, attached=True)))
    document = documents.draw_document(rng, split, min(level, 3)).exchanges
    if kind < 0.7:
        return Item("mixed", (*picture, *document))
    if kind < 0.8:
        return Item("mixed", (*document[:2], *picture))
    if kind < 0.9:
        return Item("mixed", (dialogue.small_talk(rng, split), *document))
    return Item("mixed", (*document[:2], dialogue.small_talk(rng, split, attached=True)))


def with_system(rng: random.Random, item: Item, share: float = 0.1) -> Item:
    """Put a short system message before a share of the conversations."""
    return replace(item, system=dialogue.draw_system(rng)) if rng.random() < share else item
