"""Reads arguments of functions out of a request, by the public phrases alone."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from engine.evals import tool_arguments as said
from engine.evals.items import Split, belongs
from engine.evals.tool_parameters import KNOWN, spoken

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_MONTH = "(?:January|February|March|April|May|June|July|August|September|October|November|December)"
_KINDS = {
    "person": r"(?:(?:Mr|Ms|Dr) )?[A-Z][a-z]+(?: [A-Z][a-z]+)?",
    "town": r"[A-Z][a-z]+(?: Bay)?",
    "date": rf"\d{{1,2}} {_MONTH} \d{{4}}|\d{{4}}-\d\d-\d\d|\d\d[/.]\d\d[/.]\d{{4}}"
    rf"|{_MONTH} \d{{1,2}}, \d{{4}}|[A-Z][a-z]+day, \d{{1,2}} {_MONTH}",
    "time": r"\d{1,2}:\d\d(?: [ap]m)?",
    "integer": r"\d+",
    "number": r"\d+(?:\.\d)?",
    "code": r"#?[A-Z0-9]+(?:[-/. ][A-Z0-9]+)*",
    "email": r"[a-z._]+@[a-z]+\.[a-z]+",
    "phone": r"\+?\d+(?:[- ]\d+)+|\+?\d+",
    "room": r"(?:(?:room|dock|gate|hall|bay|floor) )?(?:[A-M]-?)?\d+[A-M]?",
    "firm": r"[A-Z][a-z]+ (?:Ltd|GmbH|AG|Inc|Group|Works|Logistics|Foods|Energy)",
    "file": r"[A-Za-z/]+\.[a-z]+",
    "folder": r"[A-Za-z/]+",
    "sum": r"\d+ ?[-+*/] ?\d+",
    "street": r"\d+ [A-Z][a-z]+ [A-Z][a-z]+",
    "word": r"[A-Za-z]+",
    "phrase": r'"[^"]+"|\'[^"]+?\'',
    "list": r"[A-Za-z]+(?:, [A-Za-z]+)* and [A-Za-z]+|[A-Za-z]+",
    "measure": r"\d+(?:\.\d)? [A-Za-z]+",
    "amount": r"(?:[$£€]|CHF )?\d(?:[\d,.]*\d)?(?: EUR| euros| USD)?",
    "percentage": r"\d+(?:\.\d)?(?:%| %| per cent)",
}
_ANY = [kind for kind in _KINDS if kind not in ("folder", "file", "list", "firm", "sum", "street")]
_BETWEEN = re.compile(r"\)?(?:, please| for me)?[.?!,;:]?(?: [-(]| with| and|\()?\s*")
_OWN = {parameter.name: parameter for parameter in KNOWN}


def value_pattern(name: str, schema: Mapping[str, object], kind: str = "") -> str:
    """Return what a value of this parameter looks like."""
    if "enum" in schema:
        assert isinstance(schema["enum"], list)
        return "|".join(schema["enum"])
    shape = schema["type"]
    if shape == "boolean":
        return "yes|no"
    if shape == "array":
        return _KINDS["list"]
    if shape in ("integer", "number"):
        return _KINDS[str(shape)]
    kind = kind or (_OWN[name].kind if name in _OWN else "")
    return _KINDS.get("phrase" if kind == "text" else kind) or "|".join(_KINDS[k] for k in _ANY)


def value_of(written: str, schema: Mapping[str, object]) -> object:
    """Turn what is written into a value of the schema's type."""
    if schema["type"] == "boolean":
        return written == "yes"
    if schema["type"] == "array":
        return re.split(", | and ", written)
    if schema["type"] in ("integer", "number"):
        return float(written) if "." in written else int(written)
    return written[1:-1] if written[0] in "\"'" and written[0] == written[-1] else written


def readings(
    text: str, properties: Mapping[str, Mapping[str, object]], split: Split, ends: str
) -> list[dict[str, object]]:
    """Return every way of reading a text as phrases that give arguments, up to one of the ends."""
    found: list[dict[str, object]] = []
    for reading in _read(text, 0, properties, split, re.compile(ends)):
        if reading not in found:
            found.append(reading)
    return found


def _read(
    text: str,
    start: int,
    properties: Mapping[str, Mapping[str, object]],
    split: Split,
    ends: re.Pattern[str],
) -> Iterator[dict[str, object]]:
    if ends.fullmatch(text, start):
        yield {}
    between = _BETWEEN.match(text, start)
    assert between is not None
    for begin in range(start, between.end() + 1):
        for name, schema in properties.items():
            rest = {key: value for key, value in properties.items() if key != name}
            for stop, value in _phrases(text, begin, name, schema, split):
                for reading in _read(text, stop, rest, split, ends):
                    yield {name: value, **reading}


def _phrases(
    text: str, begin: int, name: str, schema: Mapping[str, object], split: Split
) -> Iterator[tuple[int, object]]:
    for prefix, suffix, fixed in forms(name, str(schema["type"]), split):
        if not text.startswith(prefix, begin):
            continue
        first = begin + len(prefix)
        if fixed is not None:
            yield first, fixed
            continue
        value = re.compile(value_pattern(name, schema))
        for last in range(first + 1, len(text) + 1):
            if text.startswith(suffix, last) and value.fullmatch(text, first, last):
                yield last + len(suffix), value_of(text[first:last], schema)


@lru_cache(maxsize=4096)
def forms(name: str, shape: str, split: Split) -> tuple[tuple[str, str, bool | None], ...]:
    """Return what stands before and after a value, or which value a phrase means by itself."""
    train = split is Split.TRAIN
    key = spoken(name)
    fixed: list[tuple[str, str, bool | None]] = []
    if shape == "boolean":
        meant = (
            (said.YES_TRAIN if train else said.YES_HELD_OUT, True),
            (said.NO_TRAIN if train else said.NO_HELD_OUT, False),
        )
        plain = [(form.format(k=key), value) for forms, value in meant for form in forms]
        fixed = [(text, "", value) for text, value in plain]
        fixed += [(f"{text[0].upper()}{text[1:]}.", "", value) for text, value in plain]
    written = [
        *(said.NAMED_TRAIN if train else said.NAMED_HELD_OUT),
        *(said.LISTED_TRAIN if train else said.LISTED_HELD_OUT),
        *(said.SENTENCE_TRAIN if train else said.SENTENCE_HELD_OUT),
    ]
    written += [form.lstrip("-*+ ") for form in written]
    if name in _OWN:
        written += [p for p in _OWN[name].phrases if belongs(f"{name} {p}", split)]
    filled = [form.replace("{k}", key).replace("{K}", key.capitalize()) for form in written]
    divided = dict.fromkeys(tuple(form.split("{v}", 1)) for form in filled)
    return (*fixed, *((before, after, None) for before, after in divided))
