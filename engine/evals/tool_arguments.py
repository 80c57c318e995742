"""Values for parameters, and how a request says them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.evals import statements, words
from engine.evals.items import Split, belongs
from engine.evals.tool_parameters import TYPES, Parameter
from engine.evals.values import address, draw_value

if TYPE_CHECKING:
    import random

# Phrases that name the parameter, inside a sentence and as a sentence.
NAMED_TRAIN = ("with {k} {v}", "with the {k} {v}", "and {k} {v}", "with {v} as the {k}",
    "using {v} as {k}", "using {k} {v}", "where the {k} is {v}", "the {k} being {v}",
    "taking {v} for the {k}", "{k} {v}", "with {v} for the {k}", "having {k} {v}",
    "with its {k} set to {v}", "and make the {k} {v}", "and set the {k} to {v}",
    "and let the {k} be {v}", "and take {v} as the {k}", "and use {v} for the {k}",
    "for the {k} {v}", "under the {k} {v}", "with the {k} of {v}", "whose {k} is {v}",
    )  # fmt: skip
NAMED_HELD_OUT = ("with {v} as {k}", "its {k} being {v}", "using the {k} {v}", "at {k} {v}",
    "and have the {k} be {v}", "with {k} set to {v}", "of {k} {v}",
    "such that the {k} is {v}")  # fmt: skip
LISTED_TRAIN = ("{k}: {v}", "{k} = {v}", "{K}: {v}", "{k} {v}", "{k}={v}", "{k} is {v}",
    "{K} {v}", "{k} - {v}", "- {k}: {v}", "* {k}: {v}", "{k} ({v})", "{K} = {v}")  # fmt: skip
LISTED_HELD_OUT = ("{k} : {v}", "{K} - {v}", "{k} -> {v}", "- {k} = {v}", "{K} is {v}",
    "+ {k} {v}")  # fmt: skip
SENTENCE_TRAIN = ("The {k} is {v}.", "The {k} is {v}.", "The {k} should be {v}.",
    "Use {v} as the {k}.", "{K}: {v}.", "Its {k} is {v}.", "Take {v} for the {k}.",
    "The {k} must be {v}.", "Set the {k} to {v}.", "As the {k} take {v}.", "For the {k} use {v}.",
    "We have {v} as the {k}.", "Put {v} as the {k}.", "The {k} will be {v}.", "Make the {k} {v}.",
    "I want {v} as the {k}.", "The {k} is to be {v}.", "My {k} is {v}.", "Our {k} is {v}.",
    "The {k} I want is {v}.", "Let the {k} be {v}.")  # fmt: skip
SENTENCE_HELD_OUT = ("The {k} shall be {v}.", "Please use {v} as the {k}.", "{K} is {v}.",
    "The {k} would be {v}.", "As {k} use {v}.", "I need {v} as the {k}.",
    "Please set the {k} to {v}.")  # fmt: skip
YES_TRAIN = ("with {k}", "with the {k}", "including {k}", "with {k} included", "{k} included",
    "and do include {k}", "plus {k}", "with {k} as well")  # fmt: skip
YES_HELD_OUT = ("and include {k}", "together with {k}", "with {k} too")
NO_TRAIN = ("without {k}", "without the {k}", "without any {k}", "with no {k}", "but no {k}",
    "excluding {k}", "leaving out {k}", "not including {k}")  # fmt: skip
NO_HELD_OUT = ("but without {k}", "and no {k}", "{k} not included")
_NAMED_SHARE = 0.35
_ADVERBIAL = ("and ", "using", "taking", "so that", "making", "telling")
_QUOTED = ("phrase", "text")
_ENDINGS = ("pdf", "txt", "docx", "md", "html", "csv", "json", "png", "log", "py")


@dataclass(frozen=True, slots=True)
class Argument:
    """A value for a parameter, as JSON and as a request writes it."""

    parameter: Parameter
    value: object
    written: str

    @property
    def copied(self) -> tuple[str, ...]:
        """The stretches of the value that stand in the request."""
        if isinstance(self.value, bool):
            return ()
        if isinstance(self.value, list):
            return tuple(self.value)
        return (str(self.value),)


def draw_argument(rng: random.Random, split: Split, parameter: Parameter) -> Argument:
    """Draw a value for a parameter."""
    kind = parameter.kind
    if kind == "boolean":
        return Argument(parameter, rng.random() < 0.5, "")
    if kind == "enum":
        option = rng.choice(parameter.options)
        return Argument(parameter, option, option)
    if kind == "list":
        return _list_argument(rng, split, parameter)
    if kind in TYPES:
        written = _draw_number(rng, split, kind)
        return Argument(parameter, float(written) if "." in written else int(written), written)
    value = _draw_text(rng, split, kind)
    quote = rng.choice(('"', "'", '"')) if kind in _QUOTED else ""
    return Argument(parameter, value, f"{quote}{value}{quote}")


def phrase(
    rng: random.Random, split: Split, argument: Argument, form: str = "", *, modifying: bool = False
) -> str:
    """Say an argument in the given form or as part of a sentence.

    `modifying` where it describes a thing and not what is to be done.
    """
    parameter = argument.parameter
    train = split is Split.TRAIN
    if parameter.kind == "boolean" and not form:
        yes, no = (YES_TRAIN, NO_TRAIN) if train else (YES_HELD_OUT, NO_HELD_OUT)
        forms = [
            form
            for form in (yes if argument.value else no)
            if not (modifying and form.startswith(_ADVERBIAL))
        ]
        return rng.choice(forms).format(k=parameter.key)
    written = argument.written or ("yes" if argument.value else "no")
    own = [p for p in parameter.phrases if belongs(f"{parameter.name} {p}", split)]
    if not form and own and rng.random() > _NAMED_SHARE:
        form = rng.choice(own)
    named = NAMED_TRAIN if train else NAMED_HELD_OUT
    while not form or (modifying and form.startswith(_ADVERBIAL)):
        form = rng.choice(named)
    return form.format(k=parameter.key, K=parameter.key.capitalize(), v=written)


def _list_argument(rng: random.Random, split: Split, parameter: Parameter) -> Argument:
    drawn = list(dict.fromkeys(words.any_word(rng, split) for _ in range(rng.randint(2, 3))))
    written = " and ".join([", ".join(drawn[:-1]), drawn[-1]] if len(drawn) > 1 else drawn)
    return Argument(parameter, drawn, written)


def _draw_number(rng: random.Random, split: Split, kind: str) -> str:
    while True:
        text = str(rng.randint(2, 10 ** rng.choice((1, 1, 2, 2, 3))))
        if kind == "number" and rng.random() < 0.6:
            text += f".{rng.randint(1, 9)}"
        if belongs(text, split):
            return text


def _draw_text(rng: random.Random, split: Split, kind: str) -> str:
    while True:
        text = _TEXTS[kind](rng, split) if kind in _TEXTS else draw_value(rng, split, kind)
        if belongs(text, split):
            return text


def _sentence(rng: random.Random, split: Split) -> str:
    if rng.random() < 0.5:
        return draw_value(rng, split, "phrase")
    return statements.filler(rng, split).removesuffix(".")


def _file(rng: random.Random, split: Split) -> str:
    folder = f"{words.any_word(rng, split)}/" if rng.random() < 0.3 else ""
    return f"{folder}{words.any_word(rng, split)}.{rng.choice(_ENDINGS)}"


def _folder(rng: random.Random, split: Split) -> str:
    above = rng.choice(("/", "", "", f"{words.any_word(rng, split)}/"))
    return above + words.any_word(rng, split)


def _sum(rng: random.Random, _split: Split) -> str:
    sign = rng.choice(("+", "-", "*", "/"))
    space = rng.choice((" ", " ", ""))
    return f"{rng.randint(2, 999)}{space}{sign}{space}{rng.randint(2, 99)}"


def _street(rng: random.Random, split: Split) -> str:
    return address(rng, split).split(",")[0]


_TEXTS = {"text": _sentence, "file": _file, "folder": _folder, "sum": _sum, "street": _street}
