"""What a draft costs, in words: exact where it was counted, "about" until then."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from engine import DocumentPart, ImagePart

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.drafts import Draft
    from engine import TokensCounted

Level = Literal["usual", "near", "over"]

_NEAR_SHARE = 0.8
_CHARACTERS_PER_TOKEN = 4


@dataclass(frozen=True, slots=True)
class Reading:
    """What the meter shows. `lead` is the sum, `total` its result; `share` fills the bar."""

    lead: str
    total: str
    level: Level = "usual"
    share: float = 0.0
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Count:
    """A count with the text that it was made for."""

    value: TokensCounted
    text: str


def read_meter(
    draft: Draft, count: Count | None, known: Mapping[str, int], *, exact: bool
) -> Reading:
    """The meter for `draft`. `known` holds tokens of single attachments by their digest."""
    if draft.empty:
        return Reading("", "0 tokens")
    if count is None or not exact:
        return _estimate(draft, count)
    value = count.value
    # One token at least must be left for the answer.
    over = value.prompt_tokens + 1 - value.max_context
    if over > 0:
        total = f"{over:,} over {value.max_context:,}"
        reason = f"This is {over:,} tokens more than the model can hold"
        return Reading("", total, "over", 1.0, reason)
    before = value.prompt_tokens - value.last_message_tokens
    share = value.last_message_tokens / max(1, value.max_context - before)
    level: Level = "near" if share > _NEAR_SHARE else "usual"
    lead = _sum(draft, value, known)
    return Reading(lead, _tokens(value.last_message_tokens), level, share)


def _estimate(draft: Draft, count: Count | None) -> Reading:
    """Until the count is there, a guess from the length, only where it can be one."""
    if count is None and draft.attachments:
        return Reading("", "counting…")
    counted = count.value.last_message_tokens if count else 0
    more = len(draft.text) - (len(count.text) if count else 0)
    guess = max(1, counted + round(more / _CHARACTERS_PER_TOKEN))
    return Reading("", f"about {_tokens(guess)}")


def _sum(draft: Draft, value: TokensCounted, known: Mapping[str, int]) -> str:
    """The lead "Text 10 + image 522 =", or nothing where a share is not known for certain."""
    pictures = [p for p in draft.attachments if isinstance(p, ImagePart)]
    documents = [p for p in draft.attachments if isinstance(p, DocumentPart)]
    shares = []
    for kind, parts in (("document", documents), ("image", pictures)):
        if not parts:
            continue
        if any(part.sha256 not in known for part in parts):
            return ""
        named = kind if len(parts) == 1 else f"{len(parts)} {kind}s"
        shares.append((named, sum(known[part.sha256] for part in parts)))
    text = value.last_message_tokens - sum(tokens for _, tokens in shares)
    if not shares or text < 0:
        return ""
    return " + ".join([f"Text {text:,}", *(f"{name} {n:,}" for name, n in shares)]) + " ="


def _tokens(count: int) -> str:
    return "1 token" if count == 1 else f"{count:,} tokens"
