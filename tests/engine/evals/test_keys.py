"""Keys, the questions that mean them and the sentences that tell them."""

import random

import pytest

from engine.evals import columns, facts, keys, questions, tables, told
from engine.evals.absent import draw_absent_key, is_absent
from engine.evals.facts import draw_clear_facts, draw_facts, within
from engine.evals.items import Split, belongs
from engine.evals.values import KINDS


def test_known_keys_are_many_and_each_has_questions_to_train_on() -> None:
    assert len(keys.KNOWN) >= 150
    for key, (kind, own) in keys.KNOWN.items():
        assert kind in KINDS
        assert len(own) >= 4, key
        assert len(questions.clauses(key, Split.TRAIN)) >= 2, key


def test_a_quarter_of_the_questions_is_held_out() -> None:
    own = [q for _, asked in keys.KNOWN.values() for q in asked]
    assert 0.2 < sum(belongs(q, Split.HELD_OUT) for q in own) / len(own) < 0.35


def test_no_question_and_no_sentence_means_two_keys_that_may_stand_together() -> None:
    said: dict[str, str] = {}
    for key in keys.KNOWN:
        asked = keys.KNOWN[key][1]
        forms = {form for split in Split for form in told.told_forms(key, split)}
        for text in (*asked, *{keys.CLAUSES[q] for q in asked}, *forms):
            other = said.setdefault(text, key)
            assert other == key or other in keys.NEAR[key], text


@pytest.mark.parametrize(
    ("marked", "clause"),
    [
        ("Who drives?", "who drives"),
        ("How heavy is [it]?", "how heavy it is"),
        ("When does [it] leave?", "when it leaves"),
        ("How much does [the box] carry?", "how much the box carries"),
        ("When did [they] sign?", "when they signed"),
        ("Where is [the key] hidden?", "where the key is hidden"),
        ("What do [I] type at the door?", "what I type at the door"),
    ],
)
def test_questions_become_clauses(marked: str, clause: str) -> None:
    assert keys.indirect(marked) == clause


def test_told_sentences_are_of_one_split() -> None:
    for key in keys.KNOWN:
        train, held_out = (set(told.told_forms(key, split)) for split in Split)
        assert not train & held_out
    assert not set(told.AROUND_TRAIN) & set(told.AROUND_HELD_OUT)


def test_told_sentences_read_well() -> None:
    assert "{v} drives" in told.told_forms("driver", Split.TRAIN)
    assert "it weighs {v}" in told.told_forms("weight", Split.TRAIN)
    assert "it is {v} heavy" in told.told_forms("weight", Split.TRAIN)
    assert "it was written by {v}" in told.told_forms("author", Split.TRAIN)
    assert "it leaves at {v}" in told.told_forms("departure time", Split.TRAIN)
    assert "I go in {v}" in told.told_forms("entrance", Split.TRAIN)
    for key in keys.KNOWN:
        for form in (form for split in Split for form in told.told_forms(key, split)):
            assert not form.startswith("off "), form
            assert form != "the work is {v} far"


def test_columns_have_one_kind_each() -> None:
    named = [column for columns_of in columns.COLUMNS.values() for column in columns_of]
    assert len(named) == len(set(named))
    assert set(columns.MEANT) <= set(named)
    assert len(set(tables.ASKED_TRAIN)) >= 20


def test_facts_do_not_overlap() -> None:
    rng = random.Random(4)
    for _ in range(200):
        drawn = draw_facts(rng, Split.TRAIN, 10)
        values = [fact.value.lower() for fact in drawn]
        assert all(within(v, w) == (v == w) for v in values for w in values)
        assert len({fact.key for fact in drawn}) == 10


def test_clear_facts_leave_no_doubt() -> None:
    rng = random.Random(5)
    for _ in range(100):
        drawn = [fact.key for fact in draw_clear_facts(rng, Split.HELD_OUT, 10)]
        assert all(questions.clear(key, drawn) for key in drawn)


def test_absent_keys_are_absent_and_often_close() -> None:
    rng = random.Random(6)
    close = 0
    for _ in range(300):
        present = [fact.key for fact in draw_facts(rng, Split.TRAIN, 6)]
        shown = "\n".join(present)
        key = draw_absent_key(rng, Split.TRAIN, present, shown, hard=1.0)
        assert is_absent(key, present, shown)
        close += any(set(key.split()) & set(other.split()) for other in present)
    assert close > 150


@pytest.mark.parametrize(
    ("key", "present"),
    [("code", "garden code"), ("garden price", "garden fee"), ("price", "total")],
)
def test_what_may_mean_a_stated_key_is_not_called_absent(key: str, present: str) -> None:
    assert not is_absent(key, [present], "nothing")


def test_near_misses_count_as_absent() -> None:
    for key in ("garden number", "code garden", "spare garden code", "tower code"):
        assert is_absent(key, ["garden code"], "garden code: 4")


def test_pieces_are_not_counted_inside_words() -> None:
    assert within("art", "start art, art") == 2
    assert within("5", "15 and 5") == 2
    assert facts.within("x", "") == 0
