"""Numbers in words: bytes, tokens and seconds as Tanka writes them everywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine import Drafts

UNKNOWN = "–"
_GB = 1024**3
_MB = 1024**2


def gigabytes(count: int | None, digits: int = 1) -> str:
    """A size in GB as memory is counted, without the unit."""
    return UNKNOWN if count is None else f"{count / _GB:.{digits}f}"


def size(count: int) -> str:
    """A size with its unit: GB from one upwards, else MB."""
    return f"{count / _GB:.1f} GB" if count >= _GB else f"{max(1, round(count / _MB)):,} MB"


def memory(count: int) -> str:
    """The size of a memory: GB with one decimal, which whole ones do not show."""
    return f"{count / _GB:.1f}".removesuffix(".0") + " GB" if count >= _GB else size(count)


def tokens(count: int | None) -> str:
    """A count of tokens, exact below ten thousand."""
    if count is None:
        return UNKNOWN
    if count < 10_000:
        return f"{count:,}"
    return f"{count / 1000:.1f}".removesuffix(".0") + "k"


def rate(per_second: float | None) -> str:
    """Tokens per second: a decimal only where it matters."""
    if per_second is None:
        return UNKNOWN
    return f"{per_second:.1f}" if per_second < 10 else f"{per_second:,.0f}"


def seconds(value: float | None) -> str:
    """A duration with its unit."""
    return UNKNOWN if value is None else f"{value:.2f} s"


def about(value: float) -> str:
    """A time that is foreseen: tenths below ten seconds, minutes from a minute and a half."""
    if value < 0.95:
        return f"about {max(0.1, value):.1f} s"
    if value < 90:
        return f"about {value:.1f} s" if value < 9.95 else f"about {value:.0f} s"
    return f"about {value / 60:.0f} min"


def reading_cost(kept: int, total: int, read_s: float | None) -> str:
    """What asking would cost: tokens that are kept, those that must be read, and how long."""
    words = [f"{kept:,} kept"] if kept else []
    words.append(f"{total - kept:,} to read")
    if read_s is not None:
        words.append(about(read_s))
    return ", ".join(words)


def percent(share: float | None) -> str:
    """A share of one, in per cent; never rounded up to a whole that it is not."""
    if share is None:
        return UNKNOWN
    if 0.99 < share < 1.0:
        return "99 %"
    return f"{share * 100:.0f} %"


def drafting(drafts: Drafts) -> str:
    """What drafting did in an answer, line by line, and why it did no more."""
    if not drafts.proposed:
        lines = ["Nothing was drafted."]
    else:
        plain = drafts.forwards + drafts.accepted
        lines = [
            f"{drafts.accepted:,} of {drafts.proposed:,} drafted tokens were right.",
            f"The model ran {drafts.forwards:,} times instead of {plain:,}.",
            f"{_duration(abs(drafts.saved_s))} {'lost' if drafts.saved_s < 0 else 'saved'}.",
        ]
        right = [f"{name} {count:,}" for name, count in drafts.by]
        lines.append(f"By source: {', '.join(right)}.")
    return "\n".join((*lines, drafts.note) if drafts.note else lines)


def _duration(count: float) -> str:
    """A time, in ms below a tenth of a second."""
    return f"{count * 1000:.0f} ms" if count < 0.1 else f"{count:.2f} s"
