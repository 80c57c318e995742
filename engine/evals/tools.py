"""Calls of functions: which one, with which arguments, and what its result says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.evals import dialogue, facts, statements
from engine.evals.items import Exchange, Item, Split, Text, ToolResult
from engine.evals.tool_chains import at_once, in_turn
from engine.evals.tool_functions import (
    TOP_LEVEL,
    Function,
    clashes,
    draw_any,
    draw_functions,
    draw_look_up,
    draw_others,
    tools_of,
)
from engine.evals.tool_requests import called, calling, draw_request, property_request
from engine.evals.tool_results import (
    draw_entries,
    draw_outcome,
    failing,
    restated,
    result_text,
)

if TYPE_CHECKING:
    import random
    from collections.abc import Sequence

# While training, functions are read to be called more than once.
_AGAIN_SHARE = {Split.TRAIN: 0.75, Split.HELD_OUT: 0.2}
_MOST_REQUESTS = {Split.TRAIN: 4, Split.HELD_OUT: 2}
NO_FUNCTION = "None of my functions can do that."


def draw_call(rng: random.Random, split: Split, level: int = TOP_LEVEL) -> Item:
    """Draw a request that one of the functions on offer can do; a fifth goes on with another."""
    return _calls(rng, split, level, "tools/call", 0)


def draw_optional(rng: random.Random, split: Split, level: int = TOP_LEVEL) -> Item:
    """Draw a request for a function some of whose parameters are left out."""
    return _calls(rng, split, level, "tools/optional", rng.randint(1, 2 + level // 3))


def draw_two(rng: random.Random, split: Split, level: int = TOP_LEVEL) -> Item:
    """Draw a request that takes two calls: at once, or the second with the first one's result."""
    return (at_once if rng.random() < 0.5 else in_turn)(rng, split, level)


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
            exchanges.append(calling(rng, split, functions[0], "tools/none"))
        else:
            exchanges.append(rng.choice(draws)(rng, split, level, functions))
    return Item("tools/none", tuple(exchanges), tools=tools_of(functions))


def _calls(rng: random.Random, split: Split, level: int, task: str, options: int) -> Item:
    functions = draw_functions(rng, split, level, options=options)
    exchanges = [calling(rng, split, functions[0], task)]
    again = _AGAIN_SHARE[split]
    while rng.random() < again and len(exchanges) < _MOST_REQUESTS[split]:
        exchanges.append(calling(rng, split, rng.choice(functions), task))
    return Item(task, tuple(exchanges), tools=tools_of(functions))


def _looked_up(rng: random.Random, split: Split, level: int) -> Item:
    task = "tools/result"
    function = draw_look_up(rng, split, level)
    functions = (function, *draw_others(rng, split, level, (function,), 3))
    entries = draw_entries(rng, split, rng.randint(1, 2 + level // 2))
    entry, *others = rng.sample(entries, len(entries))
    request = property_request(rng, split, function, entry.key)
    exchanges = [called(Text(request.question), (request,), task)]
    if rng.random() < 0.15:
        exchanges.append(failing(rng, split, task))
    else:
        result = ToolResult(result_text(rng, entries))
        exchanges.append(Exchange((result,), entry.sentence, task, copied=entry.copied))
        for other in others[: rng.choice((0, 0, 1, 1, 2))]:
            again = Text(_asked(rng, split, other.key, "result"))
            exchanges.append(Exchange((again,), other.sentence, task, copied=other.copied))
    return Item(task, tuple(exchanges), tools=tools_of(functions))


def _done(rng: random.Random, split: Split, level: int) -> Item:
    task = "tools/result"
    functions = draw_functions(rng, split, min(level, 3), look_ups=False)
    exchanges = [calling(rng, split, functions[0], task)]
    if rng.random() < 0.3:
        exchanges.append(failing(rng, split, task))
    else:
        exchanges.append(restated(rng, draw_outcome(rng, split, functions[0].name), task))
    if rng.random() < 0.2:
        exchanges.append(calling(rng, split, rng.choice(functions), task))
    return Item(task, tuple(exchanges), tools=tools_of(functions))


def _unserved(
    rng: random.Random, split: Split, level: int, functions: Sequence[Function]
) -> Exchange:
    """Ask for what no function does; at high levels one shares the verb or the object."""
    while True:
        function = draw_any(rng, split, level, rng.choice(functions))
        if not clashes(function, functions):
            question = draw_request(rng, split, function).question
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
    text = f"{stated}{rng.choice((' ', chr(10)))}{_asked(rng, split, fact.key, 'text')}"
    return Exchange((Text(text),), fact.answer(), "tools/none", copied=(fact.key, fact.value))


def _asked(rng: random.Random, split: Split, key: str, place: str) -> str:
    """Ask for a key where there is no document that the wordings could speak of."""
    return facts.asked(rng, split, key).replace("document", place)
