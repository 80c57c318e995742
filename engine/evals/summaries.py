"""Short texts whose main sentence shows itself: it is marked, or the title is its subject."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from engine.evals import words
from engine.evals.phrasing import Phrasing, conversation, typed

if TYPE_CHECKING:
    import random

    from engine.evals.items import Exchange, Item, Split

TASK = "dialogue/summary"
# "The main idea is late" would look like a mark, "Report: tree" be about the report as well, and
# "It opens in autumn" tell something of the autumn.
_NOT_TO_WRITE_ABOUT = ("idea", "point", "report", "note", "title", "word", "autumn", "year")
ASKED = Phrasing.of(
    """
    (Summarise|Summarize|Sum up|Shorten|Please summarise|Please sum up|Please shorten) (this|the
      text|this text|the paragraph)( in one sentence| in a sentence| briefly|).
    (What is|What's|And what is) the (main point|main idea|point|main thing|gist|key point|most
      important thing)( of this| of the text| here|)?
    (Tell me|Give me|Find|Name|Please give me) the (main point|main idea|point|main thing|gist|key
      point|most important thing)( of this| of the text|).
    (Give me|Write|I need|Make|Please write) (a summary|a short summary|a one-sentence summary|
      the short
     version|one sentence)( of this| of the text| about this|).
    (What does|In one sentence, what does) (this|the text|the paragraph) (say|tell us|mean)?
    (Which sentence|What sentence) (matters most|is the main one|is the most important|sums it up)?
    """
)
MARKS = Phrasing.of(
    """
    Most important(:| is this:)
    (The main point|The main thing|The key point|The point|The main idea|The gist|The
     most important thing|The key thing|The main news|The key fact|The important thing|The
     upshot)( is|:| is this:)
    (In short|In brief|Above all|In a word|To sum up|In sum|All in all|In summary|To summarise|
      In the end|To be
     brief|Put simply|Overall)(,|:)
    """
)
TITLES = Phrasing.of(
    """
    (Title|Topic|Subject|Heading|Report|Notes|News|Theme|Text): {t}
    (About|On|Notes on|News of|A note on|News about|Report on|A word on) (the|our|my|this) {t}
    (The|Our|My|This) {t}
    """,
    always_trained="{T}",
)
PREDICATES = Phrasing.of(
    """
    (opens|closes|starts|ends|returns|moves|stops) (on Monday|on Friday|in May|in June|at noon|
      tomorrow|
     this week|next year|in autumn|on Sunday)
    (needs|has|gets|lost|found) (a new|an old|a second|no|one more|a better) {n}
    (stands|waits|lies|stays) (near|behind|beside|under|by) the {n}
    (is|was|looks|seems) (ready|late|broken|closed|full|empty|new|clean|gone|too big|too small|safe)
    (costs|saves|earns|brings) (nothing|ten euros|too much|very little|a lot|more now|less now)
    (helps|serves|follows|calls|meets|pays|leads) (the|our|their|every|this) {n}
    """
)


def draw_summary(rng: random.Random, split: Split, level: int = 6) -> Item:
    """Draw one or two texts to sum up."""
    return conversation(rng, split, level, summary, (1, 1, 2))


def summary(rng: random.Random, split: Split, level: int = 6) -> Exchange:
    """Draw a text and ask for its main sentence."""
    count = rng.randint(2, 3) if level < 3 else rng.randint(3, 4 if level < 6 else 6)
    subjects, others = _nouns(rng, split, count)
    sentences = [_sentence(rng, split, *pair) for pair in zip(subjects, others, strict=True)]
    place = rng.randrange(count)
    title = ""
    if rng.random() < 0.5:
        mark = MARKS.draw(rng, split)
        sentences[place] = f"{mark} {sentences[place][0].lower()}{sentences[place][1:]}"
    else:
        noun = subjects[place]
        title = TITLES.draw(rng, split).format(t=noun, T=noun.capitalize()) + "\n"
    text = f"{title}{' '.join(sentences)}"
    request = ASKED.draw_typed(rng, split)
    if rng.random() < 0.5:
        return typed(f"{text}\n{request}", sentences[place], TASK, (sentences[place],))
    return typed(f"{request.rstrip('.?!')}:\n{text}", sentences[place], TASK, (sentences[place],))


def _nouns(rng: random.Random, split: Split, count: int) -> tuple[list[str], list[str]]:
    """Draw what the sentences are about and what else they name, all different."""
    drawn = rng.sample(_nouns_to_write_about(split), 2 * count)
    return drawn[:count], drawn[count:]


@cache
def _nouns_to_write_about(split: Split) -> tuple[str, ...]:
    return tuple(noun for noun in words.pool(words.NOUNS, split) if noun not in _NOT_TO_WRITE_ABOUT)


def _sentence(rng: random.Random, split: Split, subject: str, other: str) -> str:
    adjective = f"{words.pick(rng, words.ADJECTIVES, split)} " if rng.random() < 0.3 else ""
    return f"The {adjective}{subject} {PREDICATES.draw(rng, split).format(n=other)}."
