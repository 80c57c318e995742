"""What a draft costs, in words: exact where it was counted, "about" until then."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from app.drafts import count_key
from app.wording import reading_cost
from engine import DocumentPart, ImagePart

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.drafts import Draft
    from engine import TokensCounted

Level = Literal["usual", "near", "over"]
# What would help where a draft is too long: a new conversation, or less of what is attached or
# written.
WayOut = Literal["", "new_conversation", "fewer_pages", "shorter_text"]

_NEAR_SHARE = 0.8
_CHARACTERS_PER_TOKEN = 4
_LONG_S = 1.0
_COUNTING = "Still counting what is attached"
_PERHAPS_OVER = "Still counting. This may be more than the model can hold"


@dataclass(frozen=True, slots=True)
class Reading:
    """What the meter shows. `lead` is the sum, `total` its result; `share` fills the bar.

    `reason` says why this cannot be sent, where it cannot; `cost` what is kept of the conversation
    and what must be read.
    """

    lead: str
    total: str
    level: Level = "usual"
    share: float = 0.0
    reason: str = ""
    way_out: WayOut = ""
    cost: str = ""


@dataclass(frozen=True, slots=True)
class Count:
    """A count with the draft that it was made for."""

    value: TokensCounted
    draft: Draft

    @property
    def history(self) -> int:
        """The part of the count that was there before the draft."""
        return self.value.prompt_tokens - self.value.last_message_tokens


def read_meter(
    draft: Draft,
    count: Count | None,
    known: Mapping[str, int],
    *,
    exact: bool,
    limit: int | None = None,
) -> Reading:
    """The meter for `draft`. `known` holds tokens of single attachments by their key.

    `limit` is the most that can be sent; without one, what is not counted is not held back.
    """
    if draft.empty:
        return Reading("", "0 tokens")
    if count is None or not exact:
        return _estimate(draft, count, known, limit)
    value = count.value
    # One token at least must be left for the answer.
    over = value.prompt_tokens + 1 - value.max_context
    if over > 0:
        total = f"{over:,} over {value.max_context:,}"
        reason = f"This is {over:,} tokens more than the model can hold"
        return Reading("", total, "over", 1.0, reason, _way_out(draft, count))
    share = value.last_message_tokens / max(1, value.max_context - count.history)
    level: Level = "near" if share > _NEAR_SHARE else "usual"
    lead = _sum(draft, value, known)
    total = _tokens(value.last_message_tokens)
    return Reading(lead, total, level, share, cost=_cost(value))


def _cost(value: TokensCounted) -> str:
    """Worth a word where something is kept, or where one will wait."""
    long = value.read_s is not None and value.read_s >= _LONG_S
    if not value.reusable_tokens and not long:
        return ""
    return reading_cost(value.reusable_tokens, value.prompt_tokens, value.read_s)


def _way_out(draft: Draft, count: Count) -> WayOut:
    """Whether the conversation is too long, or the draft itself."""
    own, whole = count.value.last_message_tokens, count.value.max_context
    if count.history >= own and own < whole:
        return "new_conversation"
    return "fewer_pages" if draft.attachments else "shorter_text"


def _estimate(
    draft: Draft, count: Count | None, known: Mapping[str, int], limit: int | None
) -> Reading:
    """Until the count is there, a guess from the length, only where it can be one."""
    guess = _guess(draft, count, known)
    if guess is None:
        return Reading("", "counting…", reason="" if limit is None else _COUNTING)
    history = count.history if count else 0
    over = limit is not None and history + guess >= limit
    return Reading("", f"about {_tokens(guess)}", reason=_PERHAPS_OVER if over else "")


def _guess(draft: Draft, count: Count | None, known: Mapping[str, int]) -> int | None:
    """About how many tokens `draft` has; `None` where an attachment has not been counted."""
    counted, more = 0, len(draft.text)
    if count is not None and count.draft.attachments == draft.attachments:
        counted = count.value.last_message_tokens
        more -= len(count.draft.text)
    elif any(count_key(part) not in known for part in draft.attachments):
        return None
    else:
        counted = sum(known[count_key(part)] for part in draft.attachments)
    return max(1, counted + round(more / _CHARACTERS_PER_TOKEN))


def _sum(draft: Draft, value: TokensCounted, known: Mapping[str, int]) -> str:
    """The lead "Text 10 + image 522 =", or nothing where a share is not known for certain.

    Nothing either where nothing is written: what is left then is the template's, not a text's.
    """
    if not draft.text.strip():
        return ""
    pictures = [p for p in draft.attachments if isinstance(p, ImagePart)]
    documents = [p for p in draft.attachments if isinstance(p, DocumentPart)]
    shares = []
    for kind, parts in (("document", documents), ("image", pictures)):
        if not parts:
            continue
        if any(count_key(part) not in known for part in parts):
            return ""
        named = kind if len(parts) == 1 else f"{len(parts)} {kind}s"
        shares.append((named, sum(known[count_key(part)] for part in parts)))
    text = value.last_message_tokens - sum(tokens for _, tokens in shares)
    if not shares or text < 0:
        return ""
    return " + ".join([f"Text {text:,}", *(f"{name} {n:,}" for name, n in shares)]) + " ="


def _tokens(count: int) -> str:
    return "1 token" if count == 1 else f"{count:,} tokens"
