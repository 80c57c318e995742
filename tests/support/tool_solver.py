"""Derives the answers of a conversation with functions from what is shown, in plain steps."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from engine.evals import dialogue, tool_chains, tool_requests
from engine.evals.items import Call, Item, Split, Text, ToolResult
from engine.evals.tool_everyday import EVERYDAY, requests_of
from engine.evals.tool_parameters import spoken
from engine.evals.tool_verbs import LOOK_UP_VERBS, VERBS, with_object
from engine.evals.tools import NO_FUNCTION
from tests.support.tool_phrases import readings, value_of, value_pattern

_ENDS = r"\)?(?:, please| for me)?[.?!]*"
_FAILED = re.compile(r'"(?:status": "(?:error|failed)", "\w+|error|error": {"message)": "(.*?)"')
Schemas = Mapping[str, Mapping[str, object]]


@dataclass
class Pending:
    """What a result is to be used for: a key to restate, or a second call."""

    key: str = ""
    second: Call | None = None
    used: str = ""


class Solver:
    """Reads a conversation from its start, one exchange after the other."""

    def __init__(self, item: Item, split: Split) -> None:
        self.tools = {str(tool["name"]): tool for tool in item.tools}
        self.split = split
        self.shown: dict[str, object] = {}
        self.pending = Pending()

    def answer(self, asked: Text | ToolResult) -> str | list[Call]:
        """Return the text or the calls that are right."""
        if isinstance(asked, ToolResult):
            return self._result(asked.text)
        for said in dialogue.SAID:
            if asked.text in dialogue.forms_of(said, self.split):
                return said
        calls = list(self._calls(asked.text))
        assert len(calls) < 2, (asked.text, calls)
        if calls:
            return calls[0]
        keys = [key for key in self.shown if key.lower() in asked.text.lower()]
        if keys:
            key = max(keys, key=len)
            return f"The {key} is {self.shown[key]}."
        return NO_FUNCTION

    def _result(self, text: str) -> str | list[Call]:
        told = re.search(
            r'"(?:status": "(?:error|failed)", "\w+|error|error": {"message)": "(.*?)"', text
        )
        failed = told or re.fullmatch("(?i)error: (.*)", text)
        if failed:
            self.pending = Pending()
            return f"The function failed: {failed[1]}."
        if text.startswith("{"):
            found = {spoken(key): value for key, value in json.loads(text).items()}
        else:
            found = dict(line.split(": ", 1) for line in text.splitlines())
        pending, self.pending = self.pending, Pending()
        self.shown = found
        if pending.second is not None:
            call = pending.second
            return [Call(call.name, {**call.arguments, pending.used: found[spoken(pending.used)]})]
        if pending.key:
            return f"The {pending.key} is {found[pending.key]}."
        return " ".join(f"The {key} is {value}." for key, value in found.items())

    def _calls(self, text: str) -> Iterator[list[Call]]:
        for call in self._everyday(text):
            yield [call]
        objects = self._objects(text)
        asked = self._property(text)
        if asked and objects:
            yield self._chain(text, asked, objects)
        elif asked:
            name, key, tail = asked
            self.pending = Pending(key)
            yield [self._composed(name, tail, _ENDS)]
        elif len(objects) == 1:
            name, _, end = objects[0]
            yield [self._composed(name, text[end:], _ENDS)]
        elif objects:
            (first, _, end), (second, start, last) = objects
            ends = "|".join(re.escape(link) for link in self._links())
            between = text[end:start]
            yield [
                self._composed(first, between, rf"\)?(?i:{ends})"),
                self._composed(second, text[last:], rf"\)?(?: as well| too)?{_ENDS}"),
            ]

    def _links(self) -> list[str]:
        train = self.split is Split.TRAIN
        forms = tool_chains.BOTH_TRAIN if train else tool_chains.BOTH_HELD_OUT
        return [form[form.index("{a}") + 3 : form.index("{b}")] for form in forms]

    def _everyday(self, text: str) -> Iterator[Call]:
        for name in self.tools:
            if not self._knows(name):
                continue
            kinds = {parameter.name: parameter.kind for parameter in EVERYDAY[name][1]}
            schemas = self._properties(name)
            for form in requests_of(name, self.split):
                pattern = re.escape(form).replace(r"\[on/off\]", "(?P<on>on|off)")
                for key, schema in schemas.items():
                    value = value_pattern(key, schema, kinds[key])
                    pattern = pattern.replace(rf"\{{{key}\}}", f"(?P<{key}>{value})")
                match = re.fullmatch(pattern, text)
                if match:
                    given = {k: v for k, v in match.groupdict().items() if v is not None}
                    yield Call(
                        name,
                        {
                            k: v == "on" if k == "on" else value_of(v, schemas[k])
                            for k, v in given.items()
                        },
                    )
                    break

    def _knows(self, name: str) -> bool:
        return name in EVERYDAY and self.tools[name]["description"] == EVERYDAY[name][0]

    def _objects(self, text: str) -> list[tuple[str, int, int]]:
        """Find what composed functions do in a text: names with their places."""
        found: list[tuple[str, int, int]] = []
        for name in self.tools:
            verb, noun = _divided(name)
            for form in () if self._knows(name) else VERBS.get(verb, ()):
                said = re.escape(with_object(form, noun))
                said = f"[{said[0].upper()}{said[0]}]{said[1:]}"
                pattern = rf"(?<![\w]){said}(?![\w])"
                found += [(name, m.start(), m.end()) for m in re.finditer(pattern, text)]
        longest = {start: (name, start, end) for name, start, end in sorted(found, key=_length)}
        return [longest[start] for start in sorted(longest)]

    def _property(self, text: str) -> tuple[str, str, str] | None:
        """Find which property of which thing is asked for: function, key and what follows."""
        train = self.split is Split.TRAIN
        things = tool_requests.THING_TRAIN if train else tool_requests.THING_HELD_OUT
        asks = tool_requests.LOOK_UP_TRAIN if train else tool_requests.LOOK_UP_HELD_OUT
        found: list[tuple[str, str, str]] = []
        for name in self.tools:
            verb, noun = _divided(name)
            if verb not in LOOK_UP_VERBS or self._knows(name):
                continue
            if f"the {noun}" not in text:
                continue
            for thing in things:
                start = re.escape(thing[: thing.index("{t}")]).replace(r"\{k\}", "(?P<k>.+?)")
                end = rf"the {re.escape(noun)}(?!\w)(?P<tail>.*)"
                pattern = re.compile(f"[Tt]{start[1:]}{end}", re.DOTALL)
                for ask in asks:
                    before = re.split("{[xX]}", ask)[0]
                    match = pattern.fullmatch(text, len(before))
                    if match and text.startswith(before):
                        found.append((name, match["k"], match["tail"]))
        return min(found, key=lambda one: len(one[1]), default=None)

    def _chain(
        self, text: str, asked: tuple[str, str, str], objects: list[tuple[str, int, int]]
    ) -> list[Call]:
        train = self.split is Split.TRAIN
        ((second, start, end),) = objects
        name, key, tail = asked
        tail = tail[: len(tail) - (len(text) - start)]
        links = tool_chains.THEN_TRAIN if train else tool_chains.THEN_HELD_OUT
        ends = "|".join(re.escape(re.sub("{a}|{[bB]}.*", "", link)) for link in links)
        first = self._composed(name, tail, rf"(?: has)?(?:, please)?[.?]?(?:{ends})")
        uses = tool_chains.USED_TRAIN if train else tool_chains.USED_HELD_OUT
        rest = text[end:]
        use = max((use.format(k=key) for use in uses if use.format(k=key) in rest), key=len)
        used = key.replace(" ", "_")
        call = self._composed(second, rest.replace(f" {use}", "", 1), _ENDS, given={used})
        self.pending = Pending(key, call, used)
        return [first]

    def _composed(
        self, name: str, tail: str, ends: str, given: frozenset[str] | set[str] = frozenset()
    ) -> Call:
        properties = {k: v for k, v in self._properties(name).items() if k not in given}
        schema = self.tools[name]["parameters"]
        assert isinstance(schema, dict)
        required = {key for key in schema["required"] if key not in given}
        has = "" if " has" not in tail else "(?: has)?"
        found = [r for r in readings(tail, properties, self.split, has + ends) if required <= {*r}]
        assert len(found) == 1, (tail, properties, found)
        return Call(name, {key: found[0][key] for key in properties if key in found[0]})

    def _properties(self, name: str) -> Schemas:
        schema = self.tools[name]["parameters"]
        assert isinstance(schema, dict)
        properties: Schemas = schema["properties"]
        return properties


def _divided(name: str) -> tuple[str, str]:
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()
    verb = "look_up" if words.startswith("look_up_") else words.split("_")[0]
    return verb, words.removeprefix(f"{verb}_").replace("_", " ")


def _length(place: tuple[str, int, int]) -> int:
    return place[2] - place[1]
