"""Calls of functions: which one, with which arguments, and what its result says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.evals import dialogue, facts, statements
from engine.evals.items import Call, Check, Exchange, Item, Split, Text, ToolResult
from engine.evals.tool_functions import (
    TOP_LEVEL,
    Function,
    draw_function,
    draw_functions,
    draw_look_up,
    draw_others,
    tools_of,
)
from engine.evals.tool_parameters import Parameter, draw_argument, draw_parameters
from engine.evals.tool_requests import (
    Request,
    asked,
    call_of,
    copied_of,
    draw_request,
    with_arguments,
)
from engine.evals.tool_results import (
    FAILED,
    Entry,
    draw_entries,
    draw_failure,
    draw_outcome,
    result_text,
)
from engine.evals.tool_verbs import verb_form, with_object

if TYPE_CHECKING:
    import random
    from collections.abc import Sequence

NO_FUNCTION = "None of my functions can do that."
BOTH_TRAIN = ("{a} and {b}", "{a} and then {b}", "{a}, and {b}", "{a}, then {b}", "{a} and also {b}",
    "first {a} and then {b}", "{a}; {b}", "{a}, and after that {b}", "both {a} and {b}",
    "{a}, and please {b}", "{a} and, when that is done, {b}", "{a} and {b} as well",
    "first {a}, then {b}", "{a}. Also {b}", "{a}. Then {b}", "{a}. And {b}", "{a}. Next {b}",
    "{a}. Please {b} too", "two things: {a} and {b}", "{a}. After that {b}", "{a} & {b}",
    )  # fmt: skip
BOTH_HELD_OUT = ("{a}, and then please {b}", "{a}. Besides, {b}", "{a} and afterwards {b}",
    "{a}. In addition {b}", "{a}; also {b}", "{a} before you {b}", "first {a}; then {b}")  # fmt: skip
THING_TRAIN = ("the {k} of {t}", "the {k} of {t}", "the {k} for {t}", "the {k} kept for {t}",
    "the {k} that belongs to {t}", "the {k} given for {t}", "the {k} known for {t}")  # fmt: skip
THING_HELD_OUT = ("the {k} that {t} has", "the {k} belonging to {t}", "the {k} stored for {t}")
LOOK_UP_TRAIN = ("What is {x}?", "Tell me {x}.", "Please tell me {x}.", "Can you find {x}?",
    "Look up {x}.", "Find {x}.", "I need {x}.", "Give me {x}.", "{X}?", "{X}, please.",
    "Get {x}.", "Could you tell me {x}?", "Show me {x}.", "I want to know {x}.", "Check {x}.",
    "Do you know {x}?", "Find out {x}.", "Please look up {x}.", "Can you get {x}?",
    "I am looking for {x}.", "what is {x}", "Now {x}.", "Let me know {x}.")  # fmt: skip
LOOK_UP_HELD_OUT = ("Could you look up {x}?", "I would like to know {x}.", "May I have {x}?",
    "Please find out {x}.", "Can you tell me {x}?", "Would you check {x}?",
    "Please give me {x}.")  # fmt: skip
USED_TRAIN = ("with that {k}", "with this {k}", "using that {k}", "with it as the {k}",
    "with the {k} you find", "using the {k} from there", "with the same {k}", "with its {k}",
    "for that {k}", "using the {k} found", "with the {k} it gives", "using this {k}",
    "with that as the {k}", "taking that {k}", "using it as the {k}", "by that {k}",
    "under that {k}", "with the resulting {k}", "with what you find as the {k}",
    "using the same {k}")  # fmt: skip
USED_HELD_OUT = ("with the {k} found", "using its {k}", "and use that {k} for it",
    "with the {k} you get", "taking the {k} from there", "for the {k} you find")  # fmt: skip
THEN_TRAIN = ("{a} Then {b}.", "{a} After that, {b}.", "{a} With the result, {b}.",
    "{a} Next, {b}.", "{a} And then {b}.", "{a} When you have it, {b}.", "{a} I also want to {b}.",
    "{a} Then please {b}.", "{a} Once found, {b}.", "{a} Now {b}.", "{a} Can you then {b}?",
    "{a} Use it to {b}.", "{a} Afterwards {b}.", "{a} I need it to {b}.", "{a}\n{B}.",
    "{a} Please {b}.", "{a} So that you can {b}.", "{a} As soon as you know it, {b}.",
    "{a} It is needed to {b}.", "{a} Having that, {b}.")  # fmt: skip
THEN_HELD_OUT = ("{a} And after that {b}.", "{a} Then you can {b}.", "{a} With that, {b}.",
    "{a} Having found it, {b}.", "{a} Next please {b}.", "{a} Then go and {b}.")  # fmt: skip


def draw_call(rng: random.Random, split: Split, level: int = TOP_LEVEL) -> Item:
    """Draw a request that one of the functions on offer can do; a fifth goes on with another."""
    return _calls(rng, split, level, "tools/call", 0)


def draw_optional(rng: random.Random, split: Split, level: int = TOP_LEVEL) -> Item:
    """Draw a request for a function some of whose parameters are left out."""
    return _calls(rng, split, level, "tools/optional", rng.randint(1, 2 + level // 3))


def draw_two(rng: random.Random, split: Split, level: int = TOP_LEVEL) -> Item:
    """Draw a request that takes two calls: at once, or the second with the first one's result."""
    return (_at_once if rng.random() < 0.5 else _in_turn)(rng, split, level)


def draw_result(rng: random.Random, split: Split, level: int = TOP_LEVEL) -> Item:
    """Draw a call, its result and what the assistant says of it."""
    return (_looked_up if rng.random() < 0.6 else _done)(rng, split, level)


def draw_none(rng: random.Random, split: Split, level: int = TOP_LEVEL) -> Item:
    """Draw what is said while functions are on offer that do not serve it."""
    functions = draw_functions(rng, split, level)
    draws = (_unserved, _unserved, _unserved, _small_talk, _stated)
    exchanges = [rng.choice(draws)(rng, split, level, functions)]
    while rng.random() < 0.35 and len(exchanges) < 3:
        if rng.random() < 0.4:
            exchanges.append(_calling(rng, split, functions[0], "tools/none"))
        else:
            exchanges.append(rng.choice(draws)(rng, split, level, functions))
    return Item("tools/none", tuple(exchanges), tools=tools_of(functions))


def _calls(rng: random.Random, split: Split, level: int, task: str, options: int) -> Item:
    functions = draw_functions(rng, split, level, options=options)
    exchanges = [_calling(rng, split, functions[0], task)]
    if rng.random() < 0.2:
        exchanges.append(_calling(rng, split, rng.choice(functions), task))
    return Item(task, tuple(exchanges), tools=tools_of(functions))


def _calling(rng: random.Random, split: Split, function: Function, task: str) -> Exchange:
    request = draw_request(rng, split, function)
    return _called(asked(rng, split, request), (request,), task)


def _called(question: str, requests: Sequence[Request], task: str) -> Exchange:
    return Exchange(
        (Text(question),),
        "",
        task,
        calls=tuple(request.call for request in requests),
        copied=tuple(stretch for request in requests for stretch in request.copied),
        check=Check.CALLS,
    )


def _at_once(rng: random.Random, split: Split, level: int) -> Item:
    first = draw_function(rng, split, min(level, 3))
    second = draw_function(rng, split, min(level, 3))
    while second.noun == first.noun or second.verb == first.verb:
        second = draw_function(rng, split, min(level, 3))
    functions = (first, second, *draw_others(rng, split, level, (first, second)))
    requests = [draw_request(rng, split, f, single=True) for f in (first, second)]
    both = rng.choice(BOTH_TRAIN if split is Split.TRAIN else BOTH_HELD_OUT)
    do = both.format(a=requests[0].do, b=requests[1].do)
    question = asked(rng, split, Request(do, "", requests[0].call, ()))
    exchange = _called(question, requests, "tools/two")
    return Item("tools/two", (exchange,), tools=tools_of(functions))


def _in_turn(rng: random.Random, split: Split, level: int) -> Item:
    train = split is Split.TRAIN
    look_up = draw_look_up(rng, split, level)
    entries = draw_entries(rng, split, rng.randint(1, 1 + level // 2))
    entry = rng.choice(entries)
    used = Parameter(entry.key.replace(" ", "_"), "string", entry.key)
    others = draw_parameters(rng, split, rng.randint(0, 1 + level // 4))
    free = tuple(p for p in others if p.name != used.name)
    place = rng.randint(0, len(free))
    parameters = (*free[:place], used, *free[place:])
    second = draw_function(rng, split, level, parameters=parameters)
    functions = (look_up, second, *draw_others(rng, split, level, (look_up, second), 3))
    arguments = [draw_argument(rng, split, p) for p in free]
    do = with_object(verb_form(rng, split, second.verb), second.noun)
    do += " " + rng.choice(USED_TRAIN if train else USED_HELD_OUT).format(k=entry.key)
    do = with_arguments(rng, split, do, arguments)
    first, call, copied = _look_up(rng, split, look_up, entry.key)
    then = rng.choice(THEN_TRAIN if train else THEN_HELD_OUT)
    question = then.format(a=first, b=do, B=do[0].upper() + do[1:])
    drawn = {a.parameter.name: a for a in arguments}
    values = {p.name: entry.value if p is used else drawn[p.name].value for p in second.parameters}
    stretches = [
        s for p in parameters for s in ((entry.value,) if p is used else drawn[p.name].copied)
    ]
    exchanges = (
        Exchange((Text(question),), "", "tools/two", calls=(call,), copied=copied,
            check=Check.CALLS),
        Exchange((ToolResult(result_text(rng, entries, as_text=True)),), "", "tools/two",
            calls=(Call(second.name, values),), copied=(second.name, *stretches),
            check=Check.CALLS),
    )  # fmt: skip
    return Item("tools/two", exchanges, tools=tools_of(functions))


def _look_up(
    rng: random.Random, split: Split, function: Function, key: str
) -> tuple[str, Call, tuple[str, ...]]:
    """Ask for a property of a thing: the question, the call and what is copied into it."""
    train = split is Split.TRAIN
    arguments = [draw_argument(rng, split, p) for p in function.parameters]
    thing = with_arguments(rng, split, f"the {function.noun}", arguments, modifying=True)
    wanted = rng.choice(THING_TRAIN if train else THING_HELD_OUT).format(k=key, t=thing)
    form = rng.choice(LOOK_UP_TRAIN if train else LOOK_UP_HELD_OUT)
    question = form.format(x=wanted, X=wanted[0].upper() + wanted[1:])
    return question, call_of(function, arguments), copied_of(function, arguments)


def _looked_up(rng: random.Random, split: Split, level: int) -> Item:
    task = "tools/result"
    function = draw_look_up(rng, split, level)
    functions = (function, *draw_others(rng, split, level, (function,), 3))
    entries = draw_entries(rng, split, rng.randint(1, 2 + level // 2))
    entry, *others = rng.sample(entries, len(entries))
    question, call, copied = _look_up(rng, split, function, entry.key)
    calling = Exchange((Text(question),), "", task, calls=(call,), copied=copied, check=Check.CALLS)
    exchanges = [calling]
    if rng.random() < 0.15:
        exchanges.append(_failing(rng, split))
    else:
        result = ToolResult(result_text(rng, entries))
        exchanges.append(Exchange((result,), entry.sentence, task, copied=entry.copied))
        for other in others[: rng.choice((0, 0, 1, 1, 2))]:
            again = Text(facts.asked(rng, split, other.key))
            exchanges.append(Exchange((again,), other.sentence, task, copied=other.copied))
    return Item(task, tuple(exchanges), tools=tools_of(functions))


def _done(rng: random.Random, split: Split, level: int) -> Item:
    task = "tools/result"
    functions = draw_functions(rng, split, min(level, 3))
    exchanges = [_calling(rng, split, functions[0], task)]
    if rng.random() < 0.3:
        exchanges.append(_failing(rng, split))
    else:
        exchanges.append(_told(rng, draw_outcome(rng, split), task))
    if rng.random() < 0.2:
        exchanges.append(_calling(rng, split, rng.choice(functions), task))
    return Item(task, tuple(exchanges), tools=tools_of(functions))


def _told(rng: random.Random, entries: tuple[Entry, ...], task: str) -> Exchange:
    """Restate all that a function gave back."""
    answer = " ".join(entry.sentence for entry in entries)
    copied = tuple(stretch for entry in entries for stretch in entry.copied)
    return Exchange((ToolResult(result_text(rng, entries)),), answer, task, copied=copied)


def _failing(rng: random.Random, split: Split) -> Exchange:
    shown, message = draw_failure(rng, split)
    answer = FAILED.format(message=message)
    return Exchange((ToolResult(shown),), answer, "tools/result", copied=(message,))


def _unserved(
    rng: random.Random, split: Split, level: int, functions: Sequence[Function]
) -> Exchange:
    """Ask for what no function does; at high levels one shares the verb or the object."""
    pairs = {(function.verb, function.noun) for function in functions}
    while True:
        function = draw_function(rng, split, level)
        if level >= 3 and rng.random() < 0.5:
            near = rng.choice(functions)
            noun = near.noun if rng.random() < 0.5 else function.noun
            verb = function.verb if noun == near.noun else near.verb
            function = draw_function(rng, split, level, verb=verb, noun=noun)
        if (function.verb, function.noun) not in pairs:
            question = asked(rng, split, draw_request(rng, split, function))
            return Exchange((Text(question),), NO_FUNCTION, "tools/none")


def _small_talk(
    rng: random.Random, split: Split, _level: int, _functions: Sequence[Function]
) -> Exchange:
    answer = rng.choice(tuple(dialogue.SAID))
    said = rng.choice(dialogue.forms_of(answer, split))
    return Exchange((Text(said),), answer, "tools/none")


def _stated(
    rng: random.Random, split: Split, level: int, _functions: Sequence[Function]
) -> Exchange:
    """Paste facts and ask for one of them."""
    drawn = facts.draw_facts(rng, split, rng.randint(1, 1 + level // 2))
    fact = rng.choice(drawn)
    form = rng.choice(statements.sentence_forms(split))
    stated = " ".join(statements.stated(form, f) for f in drawn)
    text = f"{stated}{rng.choice((' ', chr(10)))}{facts.asked(rng, split, fact.key)}"
    return Exchange((Text(text),), fact.answer(), "tools/none", copied=(fact.key, fact.value))
