"""Suite `store`: how quickly a long life's conversations are searched and listed. Needs no window.

The texts are generated: words of many lengths by Zipf's law, the common ones English, so that the
first letters of a query meet as many messages as they would in real ones.
"""

from __future__ import annotations

import random
import tempfile
import time
from functools import partial
from itertools import accumulate
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from app.store import Conversation, Turn, open_store
from engine import user
from engine.bench.report import Row

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from app.store import Store

_CONVERSATIONS = 10_000
_TURNS = 10  # of a question and an answer each
_QUESTION_WORDS = (3, 20)
_ANSWER_WORDS = (15, 110)
_VOCABULARY = 30_000
_ROUNDS = 7
_DAY_S = 86_400.0
_BEGUN = 1_700_000_000.0
# What is in nearly every message, what is in many, beginnings as they are typed, several words,
# what is in few, and what is in none.
_QUERIES = (
    "th", "an", "the", "co", "st", "wa", "is", "of the", "the in", "to th", "with th", "the and of",
    "re", "conc", "question 7", "nitrate", "nitrte zz", "a b", "it is wh",
    "good", "because", "even wa", "us", "work tw", "ver",
)  # fmt: skip
_COMMON = """
    the of and to in is that it for was on are with as be this have from or by not at but what which
    when you can they how all were there their one will would more about if out so no up its into
    than then them these some could time like only other new also after use two first any work way
    even because want good most us
"""
_SYLLABLES = """
    ba co de fi ga hu in jo ka le mi no or pe qui re sta tra un ver wa xi yo con th an
"""


def run() -> list[Row]:
    """Fill a store, then search and list."""
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(Path(folder)).store
        try:
            _fill(store)
            return _rows(store)
        finally:
            store.close()


def _rows(store: Store) -> list[Row]:
    slowest = max(_median_ms(partial(store.search.find, query)) for query in _QUERIES)
    listing = _median_ms(store.conversations.rows)
    first = store.conversations.rows()[0].id
    turn = store.turns.ask(first, user("One more?"))
    answers = iter(["word " * (4000 + said) for said in range(_ROUNDS + 1)])
    saving = _median_ms(lambda: store.turns.save_partial(turn.id, next(answers)))
    return [
        Row("store", "search_200k_messages_ms", slowest, "ms", 100, "lower"),
        Row("store", "list_10k_conversations_ms", listing, "ms", None, "lower"),
        Row("store", "save_partial_ms", saving, "ms", None, "lower"),
    ]


def _median_ms(act: Callable[[], object]) -> float:
    act()
    times = []
    for _ in range(_ROUNDS):
        started = time.perf_counter()
        act()
        times.append((time.perf_counter() - started) * 1000)
    return median(times)


def _fill(store: Store) -> None:
    with store.database.write():
        for conversation in _conversations(random.Random(5)):  # noqa: S311 - the same each time
            store.conversations.insert(conversation)


def _conversations(draw: random.Random) -> Iterator[Conversation]:
    say = _speaker(draw)
    for number in range(_CONVERSATIONS):
        created = _BEGUN + draw.random() * 700 * _DAY_S
        turns: list[Turn] = []
        for place in range(_TURNS):
            question = user(say(*_QUESTION_WORDS))
            parent = turns[-1].id if turns else None
            answer = say(*_ANSWER_WORDS)
            turn = Turn(f"{number}-{place}", parent, question, created, "done", answer)
            turns.append(turn)
        title = say(2, 6)
        yield Conversation(str(number), title, created, created, turns=tuple(turns))


def _speaker(draw: random.Random) -> Callable[[int, int], str]:
    """Says so many words, in lines; how often a word comes falls with its rank."""
    syllables = _SYLLABLES.split()
    rare = {"".join(draw.choices(syllables, k=draw.randint(2, 5))) for _ in range(_VOCABULARY)}
    words = [*_COMMON.split(), *sorted(rare)]
    weights = list(accumulate(1 / (rank + 3) for rank in range(len(words))))

    def say(fewest: int, most: int) -> str:
        count = draw.randint(fewest, most)
        said = draw.choices(words, cum_weights=weights, k=count)
        lines = (" ".join(said[at : at + 14]) for at in range(0, count, 14))
        return "\n".join(lines).capitalize() + "."

    return say
