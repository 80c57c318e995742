"""Answers queries from the examples before them, by nothing but what is shown."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from engine.evals.items import Text

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Sequence

    from engine.evals.items import Item

    Shown = Sequence[tuple[str, str]]
    Feature = Callable[[str], Hashable]
    Way = Callable[[Shown, str], str | None]

_MONTH = (
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December)"
)
_KINDS = {
    "email": r"\S+@\S+\.[a-z]+",
    "amount": r"[$£€][\d,.]+|CHF [\d,.]+|[\d,.]+ (?:EUR|euros|USD)",
    "percentage": r"[\d.]+ ?(?:%|per cent)",
    "time": r"\d\d?:\d\d(?: [ap]m)?",
    "date": rf"\d+ {_MONTH} \d+|\d{{4}}-\d\d-\d\d|\d\d/\d\d/\d{{4}}|{_MONTH} \d+, \d+"
    rf"|\d\d\.\d\d\.\d{{4}}|[A-Z][a-z]+day, \d+ {_MONTH}",
    "duration": r"\d+ (?:minutes|hours|days|weeks|months|years)",
    "measure": r"[\d.]+ (?:kg|g|t|m|cm|mm|km|l|ml|kWh|kW|W|V|bar|GB|MB|litres|metres|pages|boxes"
    r"|pallets)",
    "address": r"\d+ [A-Z][a-z]+ (?:Street|Road|Lane|Avenue|Way|Square)(?:, .+)?",
    "firm": r"[A-Z][a-z]+ (?:Ltd|GmbH|AG|Inc|Group|Works|Logistics|Foods|Energy)",
    "phone": r"[+0][\d -]+",
    "number": r"[1-9]\d*|\d{1,3}(?:,\d{3})+",
    "code": r"(?=.*\d)(?=.*[A-Z#])#?[A-Z\d/. -]+",
    "person": r"(?:Mr|Ms|Dr|[A-Z][a-z]+) [A-Z][a-z]+",
    "phrase": r"[a-z]+(?: [a-z]+)+",
}


def solve_labelled(item: Item) -> tuple[str, str]:
    """Return the example's input that is restated and the label."""
    shown, query = _shown(item)
    labels = [label for label in (f(shown, query) for f in _WAYS) if label is not None]
    if not labels:
        (only,) = {label for _, label in shown}
        labels = [only]
    same = [text for text, _ in shown if _folded(text) == _folded(query)]
    return (same or [text for text, label in shown if label == labels[0]])[-1], labels[0]


def solve_transform(item: Item) -> str:
    """Return the query's output: how its pieces are put together is the same in all examples."""
    shown, query = _shown(item)
    (plan,) = {_plan(text, output) for text, output in shown}
    pieces = _pieces(query)
    return "".join(
        made if isinstance(made, str) else _CHANGES[made[1]](pieces[made[0]]) for made in plan
    )


def _shown(item: Item) -> tuple[Shown, str]:
    texts = [part.text for e in item.exchanges for part in e.asked if isinstance(part, Text)]
    outputs = [exchange.answer for exchange in item.exchanges[:-1]]
    return list(zip(texts, outputs, strict=False)), texts[-1]


def _by(feature: Feature) -> Way:
    """Label by a feature, if it explains every example and was seen with one label."""

    def way(shown: Shown, query: str) -> str | None:
        labels: dict[Hashable, str] = {}
        for text, label in shown:
            if labels.setdefault(feature(text), label) != label:
                return None
        return labels.get(feature(query))

    return way


def _by_word(shown: Shown, query: str) -> str | None:
    """Label by a word that all examples of one label have and no other example has."""
    for label in {label: None for _, label in shown}:
        having = [_words(text) for text, other in shown if other == label]
        lacking = [_words(text) for text, other in shown if other != label]
        if (_words(query).intersection(*having)).difference(*lacking) and lacking:
            return label
    return None


def _folded(text: str) -> str:
    return text.casefold().rstrip("?.!:,")


def _kind(text: str) -> str:
    return next((kind for kind, form in _KINDS.items() if re.fullmatch(form, text)), "")


def _words(text: str) -> set[str]:
    return {*re.findall(r"[a-z]+|\d+", text)}


def _marks_around(text: str) -> tuple[str, str]:
    inner = text.strip('()[]{}*#?.!:;"')
    before, _, after = text.partition(inner)
    return before, after


def _case(text: str) -> tuple[bool, bool]:
    return text.isupper(), text.istitle()


def _between(text: str) -> frozenset[str]:
    return frozenset(re.findall(r"(?<=\w)[^a-z0-9]+(?=\w)|_", text))


_WAYS: tuple[Way, ...] = (
    _by(_folded),
    _by(_kind),
    _by_word,
    _by(_marks_around),
    _by(_case),
    _by(lambda text: any(map(str.isdigit, text))),
    _by(lambda text: sum(map(str.isdigit, text))),
    _by(_between),
    _by(lambda text: len(text.split())),
    _by(lambda text: text[0].lower()),
)
_CHANGES: dict[str, Callable[[str], str]] = {
    "same": str,
    "upper": str.upper,
    "lower": str.lower,
    "capital": str.capitalize,
}


def _pieces(text: str) -> list[str]:
    return re.findall(r"[A-Za-z0-9]+", text)


def _plan(text: str, output: str) -> tuple[str | tuple[int, str], ...]:
    """Return the output as texts of its own and pieces of the input, changed or not."""
    pieces = _pieces(text)
    plan: list[str | tuple[int, str]] = []
    for token in re.split(r"([A-Za-z0-9]+)", output):
        if token == "".join(pieces):
            plan += [(index, "same") for index in range(len(pieces))]
        else:
            found = (
                (index, name)
                for name, change in _CHANGES.items()
                for index, piece in enumerate(pieces)
                if change(piece) == token
            )
            plan.append(next(found, token))
    return tuple(plan)
