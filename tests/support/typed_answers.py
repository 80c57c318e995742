"""Works out the right answer to a typed conversation from what stands in it, and from nothing else.

Fixed sentences are looked up by what was asked; everything else is computed or found.
"""

from __future__ import annotations

import json
import operator
import re
from collections.abc import Callable
from functools import cache
from itertools import pairwise

from engine.evals import (
    about,
    dialogue,
    format_requests,
    formats,
    harmless,
    phrasing,
    refusals,
    summaries,
)

Solver = Callable[[dict[str, str], str], str]

_OPERATORS = {"plus": "plus", "+": "plus", "minus": "minus", "-": "minus", "less": "minus",
    "take away": "minus", "times": "times", "x": "times", "*": "times", "multiplied by": "times",
    "sum": "plus", "total": "plus", "add": "plus", "together": "plus", "difference": "minus",
    "subtract": "minus", "take": "minus", "left of": "minus", "multiply": "times",
    "product": "times", "make": "plus", "give": "plus", "much": "plus"}  # fmt: skip
_RESULTS = {"plus": operator.add, "minus": operator.sub, "times": operator.mul}
_BACKWARDS = re.compile(r"(subtract|take|take away|add) \d+ (from|to)")
_OPENING = re.compile("|".join(f"^{re.escape(o.lower())}" for o in phrasing._OPENINGS))


def bare(text: str) -> str:
    """Return a text without opening, case and final marks."""
    return phrasing._plain(_OPENING.sub("", text.lower(), count=1))


def _all_of(forms: phrasing.Phrasing) -> tuple[str, ...]:
    return (*forms.train, *forms.held_out)


def _fixed() -> dict[str, str]:
    asked = {form: answer for answer, forms in dialogue.SAID.items() for form in forms}
    asked |= {f: answer for answer, forms in about.FACTS.items() for f in _all_of(forms)}
    asked |= dict.fromkeys(_all_of(refusals.DISTRESS), refusals.REFUSED["care for the person"])
    asked |= dict.fromkeys(_all_of(harmless.CURIOUS), dialogue.UNKNOWN)
    return {bare(form): answer for form, answer in asked.items()}


def _done() -> dict[str, str]:
    done = {a: refusals.REFUSED[p] for p, forms in refusals.ACTS.items() for a in _all_of(forms)}
    return done | dict.fromkeys(_all_of(harmless.HARMLESS), dialogue.UNKNOWN)


FIXED = _fixed()
_DONE = {act.lower(): answer for act, answer in _done().items()}


def fixed_answer(question: str) -> str:
    """Look up a question with a fixed answer; of a request, what one wants to do decides."""
    known = FIXED.get(bare(question))
    if known:
        return known
    lowered = question.lower()
    found = {answer for act, answer in _DONE.items() if act in lowered and _stands(act, lowered)}
    assert len(found) <= 1, question
    return found.pop() if found else dialogue.UNKNOWN


def _stands(act: str, question: str) -> bool:
    """Whether somebody wants to do just this, and it is no part of something else."""
    at = question.find(f" {act}")
    return at >= 0 and not question[at + 1 + len(act) :][:1].isalpha()


def sum_answer(question: str) -> str:
    """Compute a sum."""
    asked = bare(question).replace("one thing", "")
    first, second = (int(n) for n in re.findall(r"\d+", asked))
    words = re.sub(r"\d+", " ", asked)
    name = next(
        n for sign, n in _OPERATORS.items() if re.search(rf"(?<!\w){re.escape(sign)}(?!\w)", words)
    )
    x, y = (second, first) if _BACKWARDS.search(asked) else (first, second)
    return f"{x} {name} {y} is {_RESULTS[name](x, y)}."


def summary_answer(question: str) -> str:
    """Find the sentence with a mark, or else the one about the title."""
    marks = "|".join(re.escape(m) for m in sorted(_all_of(summaries.MARKS), key=len, reverse=True))
    sentences = re.findall(rf"(?:(?:{marks}) the|The) [^.:\n]+\.", question)
    marked = [s for s in sentences if re.match(marks, s)]
    if marked:
        assert len(marked) == 1, question
        return marked[0]
    lines = question.split("\n")
    title = (
        next(a for a, b in pairwise(lines) if b.startswith("The ") and "." in b).split()[-1].lower()
    )
    about_it = [s for s in sentences if title in s.split()[1:3]]
    assert len(about_it) == 1, question
    return about_it[0]


def format_answer(question: str, before: str) -> str:
    """Find which request it is and do what it says; `before` is the answer before this one."""
    lowered = question.lower()
    for literals, pattern, solve in _requests():
        if literals[0] in lowered and all(literal in lowered for literal in literals):
            match = pattern.fullmatch(question)
            if match:
                return solve(match.groupdict(), before)
    raise AssertionError(question)


@cache
def _requests() -> list[tuple[tuple[str, ...], re.Pattern[str], Solver]]:
    """All wordings of all requests, the narrow ones first."""
    return [
        (*_pattern(form), solve)
        for name, solve in _SOLVERS.items()
        for form in sorted(_all_of(getattr(format_requests, name)), key=len, reverse=True)
    ]


def _pattern(form: str) -> tuple[tuple[str, ...], re.Pattern[str]]:
    """Return the pieces of a wording between its places, and what it matches."""
    pieces = re.split(r"(\{\w\})", re.sub(r"[.?!]$", "", form))
    pattern, seen = "", set()
    for piece in pieces:
        name = piece[1:-1].lower()
        if not piece.startswith("{"):
            pattern += f"(?i:{re.escape(piece)})"
        elif name in seen:
            pattern += f"(?P={name})"
        else:
            pattern += f"(?P<{name}>{_PLACES[name]})"
            seen.add(name)
    opening = "|".join(re.escape(o) for o in phrasing._OPENINGS)
    literals = [piece.lower() for piece in pieces if not piece.startswith("{")]
    literals.sort(key=len, reverse=True)
    return tuple(literals), re.compile(f"(?i:{opening})?{pattern}[.?!]*")


_PLACES = {
    "i": r"[^:\n]+?",
    "l": r"[\n ][^:]+",
    "k": "[a-z]+(?:(?:, | and )[a-z]+)+",
    "w": "[a-z ]+",
    "q": r"[Ii]s the \w+ \w+(?: or \w+)?\?",
    "s": r"The \w+ is \w+\.",
}


def _items(shown: dict[str, str], before: str) -> list[str]:
    if "i" in shown:
        return re.split(", | and ", shown["i"])
    if "l" in shown:
        return re.split(r"\n- |\n|; ", shown["l"].strip("\n- "))
    return [re.sub(r"^(- |\d+\. )", "", item) for item in re.split(", |\n", before)]


def _pairs(shown: dict[str, str]) -> list[tuple[str, str]]:
    return list(zip(re.split(", | and ", shown["k"]), shown["i"].split(", "), strict=True))


def _json(shown: dict[str, str], _before: str) -> str:
    read = {k: int(v) if k in formats.WHOLE else v for k, v in _pairs(shown)}
    return json.dumps(read, ensure_ascii=False)


def _choice(shown: dict[str, str], _before: str) -> str:
    noun, value = re.fullmatch(r"The (\w+) is (\w+)\.", shown["s"]).groups()
    assert shown["q"][1:].startswith(f"s the {noun} ")
    assert value in re.split(r"\W", shown["q"])
    return value


def _yes_no(shown: dict[str, str], _before: str) -> str:
    _, noun, said = shown["q"][1:-1].rsplit(" ", 2)
    return "yes" if shown["s"] == f"The {noun} is {said}." else "no"


def _bullets(shown: dict[str, str], before: str) -> str:
    return "\n".join(f"- {item}" for item in _items(shown, before))


def _numbered(shown: dict[str, str], before: str) -> str:
    return "\n".join(f"{n}. {item}" for n, item in enumerate(_items(shown, before), 1))


def _commas(shown: dict[str, str], before: str) -> str:
    return ", ".join(_items(shown, before))


# Narrow requests first: "List: red, blue" would match many others.
_SOLVERS = {
    "CHOICE": _choice,
    "YES_NO": _yes_no,
    "JSON": _json,
    "PAIRS": lambda shown, _: "\n".join(f"{k}: {v}" for k, v in _pairs(shown)),
    "BULLETS_AGAIN": _bullets,
    "NUMBERED_AGAIN": _numbered,
    "COMMAS_AGAIN": _commas,
    "COMMAS": _commas,
    "NUMBERED": _numbered,
    "BULLETS": _bullets,
    "CAPITALS": lambda shown, _: shown["w"].upper(),
    "QUOTED": lambda shown, _: f'"{shown["w"]}"',
    "EXACTLY": lambda shown, _: shown["w"],
}
