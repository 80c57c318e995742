"""Typed conversations: the same for the same seed, divided by split, and every answer derivable."""

import random
from functools import cache

import pytest
from typed_answers import FIXED, fixed_answer, format_answer, sum_answer, summary_answer

from engine.evals import about, dialogue, format_requests, harmless, refusals, summaries
from engine.evals.about import draw_about
from engine.evals.arithmetic import ASKED, draw_arithmetic
from engine.evals.checks import is_right
from engine.evals.formats import draw_format
from engine.evals.items import Exchange, Item, Split, Text
from engine.evals.phrasing import Phrasing, expand
from engine.evals.refusals import draw_refusal
from engine.evals.summaries import draw_summary

DRAWS = {
    "dialogue/talk": dialogue.draw_talk,
    "dialogue/about": draw_about,
    "dialogue/arithmetic": draw_arithmetic,
    "dialogue/format": draw_format,
    "dialogue/summary": draw_summary,
    "dialogue/refusal": draw_refusal,
    "dialogue/open": dialogue.draw_open,
    "dialogue/nothing_attached": dialogue.draw_nothing_attached,
}
ITEMS = 200
PHRASINGS = [
    *about.FACTS.values(), *refusals.ACTS.values(), refusals.FRAMES, refusals.DISTRESS,
    *ASKED.values(), harmless.HARMLESS, harmless.CURIOUS, summaries.ASKED, summaries.MARKS,
    *(value for value in vars(format_requests).values() if isinstance(value, Phrasing)),
]  # fmt: skip


@cache
def _items(task: str, split: Split, level: int = 6, seed: int = 1) -> list[Item]:
    return _drawn(task, split, level, seed)


def _drawn(task: str, split: Split, level: int = 6, seed: int = 1) -> list[Item]:
    rng = random.Random(f"{task}/{seed}")
    return [DRAWS[task](rng, split, level) for _ in range(ITEMS)]


def _question(exchange: Exchange) -> str:
    (part,) = exchange.asked
    assert isinstance(part, Text)
    return part.text


def _right_answer(task: str, question: str, before: str) -> str:
    match task:
        case "dialogue/arithmetic":
            return sum_answer(question)
        case "dialogue/summary":
            return summary_answer(question)
        case "dialogue/format":
            return format_answer(question, before)
        case "dialogue/nothing_attached":
            pictured = question.rstrip("?. ") in {
                form.rstrip("?.") for form in (*dialogue.PICTURE_TRAIN, *dialogue.PICTURE_HELD_OUT)
            }
            return dialogue.NO_PICTURE if pictured else dialogue.NO_DOCUMENT
    return fixed_answer(question)


@pytest.mark.parametrize("task", DRAWS)
@pytest.mark.parametrize("split", list(Split))
@pytest.mark.parametrize("level", [0, 6])
def test_answers_follow_from_what_was_asked(task: str, split: Split, level: int) -> None:
    for item in _items(task, split, level):
        assert item.task == task
        before = ""
        for exchange in item.exchanges:
            question = _question(exchange)
            assert _right_answer(task, question, before) == exchange.answer, question
            assert exchange.task == task
            assert is_right(exchange, exchange.answer)
            before = exchange.answer


@pytest.mark.parametrize("task", DRAWS)
@pytest.mark.parametrize("split", list(Split))
def test_copied_stretches_stand_in_question_or_history_and_answer(task: str, split: Split) -> None:
    for item in _items(task, split):
        shown = ""
        for exchange in item.exchanges:
            shown += f"{_question(exchange)}\n"
            for stretch in exchange.copied:
                assert stretch in shown
                assert stretch in exchange.answer


@pytest.mark.parametrize("task", DRAWS)
def test_same_seed_same_items(task: str) -> None:
    assert _drawn(task, Split.TRAIN) == _items(task, Split.TRAIN)
    assert _drawn(task, Split.TRAIN, seed=2) != _items(task, Split.TRAIN)


@pytest.mark.parametrize("task", DRAWS)
def test_questions_are_divided(task: str) -> None:
    train, held_out = (
        {
            _question(e).lower().rstrip(".?! ")
            for item in _items(task, split)
            for e in item.exchanges
        }
        for split in Split
    )
    if task != "dialogue/talk":  # there a greeting with and without its mark are two
        assert not train & held_out
    assert len(held_out) > 20


@pytest.mark.parametrize("phrasing", PHRASINGS)
def test_wordings_are_divided_and_whole(phrasing: Phrasing) -> None:
    assert not {f.lower() for f in phrasing.train} & {f.lower() for f in phrasing.held_out}
    assert len(phrasing.train) >= 25
    assert len(phrasing.held_out) >= 8
    for form in (*phrasing.train, *phrasing.held_out):
        assert not set(form) & set("()|\n"), form


def test_no_wording_has_two_answers() -> None:
    said = [
        {f.lower().rstrip(" .?!") for f in forms}
        for forms in (
            *dialogue.SAID.values(),
            *((*p.train, *p.held_out) for p in (*about.FACTS.values(), *refusals.ACTS.values())),
            (*refusals.DISTRESS.train, *refusals.DISTRESS.held_out),
            (*harmless.HARMLESS.train, *harmless.HARMLESS.held_out),
            (*harmless.CURIOUS.train, *harmless.CURIOUS.held_out),
        )
    ]
    assert len(set().union(*said)) == sum(map(len, said))
    assert set(FIXED.values()) >= {*dialogue.SAID, *about.FACTS}


@pytest.mark.parametrize(
    ("phrasing", "wrong"),
    [
        (harmless.HARMLESS, ("catch a walk", "find a walk", "visit my keys", "fill a window")),
        (summaries.MARKS, ("Most important is",)),
        (format_requests.CAPITALS, ("Turn {w} upper case.", "Make {w} into capitals.")),
    ],
)
def test_patterns_multiply_to_nothing_that_nobody_says(
    phrasing: Phrasing, wrong: tuple[str, ...]
) -> None:
    assert not {*wrong} & {*phrasing.train, *phrasing.held_out}


def test_what_a_summary_is_about_is_told_of_in_one_sentence_only() -> None:
    fixed = set(" ".join((*summaries.PREDICATES.train, *summaries.PREDICATES.held_out)).split())
    titled = {
        word.strip(":").lower()
        for form in (*summaries.TITLES.train, *summaries.TITLES.held_out)
        for word in form.split()
    }
    for split in Split:
        assert not {*summaries._nouns_to_write_about(split)} & (fixed | titled)


def test_training_wordings_of_former_weights_stay_where_they_were() -> None:
    """What was trained on must never be held out: the commonest forms and the listed ones."""
    for form in ("Hello", "Who are you?", "What can you do?", "Thanks", "Bye"):
        answer = next(a for a, forms in dialogue.SAID.items() if form in forms)
        assert form in dialogue.forms_of(answer, Split.TRAIN)


def test_every_principle_is_drawn_and_named() -> None:
    for split in Split:
        answers = {e.answer for item in _items("dialogue/refusal", split) for e in item.exchanges}
        assert answers == set(refusals.REFUSED.values())
    for principle, sentence in refusals.REFUSED.items():
        assert sentence.endswith(f"(principle: {principle}).")


def test_mixed_conversations_have_every_task_and_ask_for_nothing_attached_first() -> None:
    rng = random.Random(5)
    items = [dialogue.draw_dialogue(rng, Split.TRAIN, 6) for _ in range(ITEMS)]
    assert {e.task for item in items for e in item.exchanges} == set(DRAWS)
    assert {len(item.exchanges) for item in items} == {1, 2, 3, 4}
    later = [e.task for item in items for e in item.exchanges[1:]]
    assert "dialogue/nothing_attached" not in later


def test_small_talk_answers_are_fixed() -> None:
    known = {*dialogue.SAID, *about.FACTS, *refusals.REFUSED.values(), dialogue.UNKNOWN}
    rng = random.Random(10)
    attached = {
        dialogue.small_talk(rng, Split.HELD_OUT, attached=True).answer for _ in range(ITEMS)
    }
    alone = {dialogue.small_talk(rng, Split.HELD_OUT).answer for _ in range(ITEMS)}
    assert attached <= known
    assert alone <= {*known, dialogue.NO_DOCUMENT, dialogue.NO_PICTURE}


def test_patterns_are_written_out() -> None:
    assert expand("(Hi|Hello)( there|)!") == ("Hi there!", "Hi!", "Hello there!", "Hello!")
