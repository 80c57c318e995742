"""The search: what is found, in which order, and that no input is read as anything but words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from stored_conversations import document

from app.store import Conversation, Turn, search
from app.store.database import Database
from app.store.search import Search
from app.store.words import words_of
from engine import user

if TYPE_CHECKING:
    from app.store import Store


def keep(store: Store, key: str, title: str, *turns: tuple[str, str], changed: float = 1.0) -> None:
    made = tuple(
        Turn(f"{key}{n}", f"{key}{n - 1}" if n else None, user(question), 0.0, "done", answer)
        for n, (question, answer) in enumerate(turns)
    )
    store.conversations.insert(Conversation(key, title, 0.0, changed, turns=made))


def found(store: Store, query: str) -> list[str]:
    return [hit.row.id for hit in store.search.find(query)]


def test_titles_questions_and_answers_are_found_newest_first(store: Store) -> None:
    keep(store, "a", "Nitrate", ("one", "two"), changed=3.0)
    keep(store, "b", "Title", ("about nitrates", "two"), changed=9.0)
    keep(store, "c", "Title", ("one", "some\nNITRATE in it\nhere"), changed=6.0)
    keep(store, "d", "Title", ("one", "two"), changed=7.0)
    by_question, by_answer, by_title = store.search.find("nitrat")
    assert [hit.row.id for hit in (by_question, by_answer, by_title)] == ["b", "c", "a"]
    assert (by_title.where, by_title.line, by_title.title_marks) == ("title", "", ((0, 6),))
    assert (by_answer.where, by_answer.turn_id, by_answer.line) == ("turn", "c0", "NITRATE in it")
    assert by_answer.marks == ((0, 6),)
    assert by_answer.title_marks == ()


def test_the_newest_turn_stands_for_its_conversation(store: Store) -> None:
    keep(store, "a", "Title", ("nitrate first", ""), ("nitrate second", ""), ("none", ""))
    (hit,) = store.search.find("nitrate")
    assert (hit.turn_id, hit.line) == ("a1", "nitrate second")


def test_all_words_must_be_there_and_the_last_may_be_begun(store: Store) -> None:
    keep(store, "a", "Title", ("the river Ouse", "rises in spring"))
    assert found(store, "spring riv") == ["a"]
    assert found(store, "riv spring") == []
    assert found(store, "ouse nowhere") == []


@pytest.mark.parametrize("query", ["cafe cre", "CAFÉ CRÈ", "Cafe\u0301 cre\u0300me"])
def test_case_and_accents_do_not_matter(store: Store, query: str) -> None:
    keep(store, "a", "Café crème")
    assert found(store, query) == ["a"]


def test_scripts_without_spaces_are_found_inside(store: Store) -> None:
    keep(store, "a", "東京の天気")
    assert found(store, "天気") == ["a"]
    assert found(store, "大阪") == []


@pytest.mark.parametrize("query", ["", " ", "n", " n ", "--", '""'])
def test_less_than_two_characters_find_nothing(store: Store, query: str) -> None:
    keep(store, "a", "nitrate n")
    assert store.search.find(query) == []
    assert store.search.find_in_documents(query) == []


SYNTAX = [
    'title:"a"', "nitrate OR x", "nitrate NOT x", "NEAR(nitrate x)", "nitrate*", "^nitrate",
    '"nitrate', "words : nitrate", "-nitrate", "(nitrate", "nitrate AND", "{words}: x", "a'b; --",
]  # fmt: skip


@pytest.mark.parametrize("query", SYNTAX)
def test_the_syntax_of_the_index_is_only_words(store: Store, query: str) -> None:
    keep(store, "a", "nitrate")
    keep(store, "b", query)
    assert "b" in found(store, query)
    assert ("a" in found(store, query)) == (words_of(query) == ["nitrate"])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=40))
def test_any_input_is_answered(store: Store, query: str) -> None:
    store.search.find(query)
    store.search.find_in_documents(query)


def test_documents_are_found_only_when_asked(store: Store) -> None:
    report = document("Page one", "The nitrate\nlevel rose")
    conversation = store.conversations.create("Title")
    turn = store.turns.ask(conversation.id, user(report, "What rose?"))
    assert store.search.find("nitrate") == []
    (hit,) = store.search.find_in_documents("nitrate")
    assert (hit.where, hit.line, hit.turn_id) == ("document", "The nitrate", turn.id)
    assert found(store, "report") == [conversation.id], "its name is part of the question"


def test_a_document_in_a_draft_is_found_without_a_turn(store: Store) -> None:
    from app.drafts import Draft

    conversation = store.conversations.create("Title")
    store.conversations.save_draft(conversation.id, Draft("", (document("nitrate"),)))
    (hit,) = store.search.find_in_documents("nitrate")
    assert (hit.row.id, hit.turn_id) == (conversation.id, None)


def test_a_renamed_conversation_is_found_by_its_new_title_only(store: Store) -> None:
    keep(store, "a", "nitrate")
    store.conversations.rename("a", "phosphate")
    assert found(store, "nitrate") == []
    assert found(store, "phosphate") == ["a"]


def test_no_more_are_returned_than_asked_for(store: Store) -> None:
    for n in range(9):
        keep(store, f"a{n}", "nitrate", changed=float(n))
    assert [hit.row.id for hit in store.search.find("nitrate", 3)] == ["a8", "a7", "a6"]


def test_a_second_connection_sees_what_was_saved(store: Store) -> None:
    other = Database(store.database.path)
    keep(store, "a", "nitrate")
    assert [h.row.id for h in Search(other, store.attachments).find("nitrate")] == ["a"]
    other.close()


def filled(store: Store) -> None:
    words = ["nitrate", "the", "river", "then", "there", "spring"]
    for n in range(40):
        said = [(words[(n * k) % 6], words[(n + k) % 6]) for k in range(4)]
        keep(store, f"c{n:02}", words[n % 6], *said, changed=float(n * 7 % 40))


@pytest.mark.parametrize("frequent", [1, 5, 60])
@pytest.mark.parametrize("turns", [0, 10, 1000])
def test_frequent_words_are_answered_as_others_are(
    store: Store, monkeypatch: pytest.MonkeyPatch, frequent: int, turns: int
) -> None:
    filled(store)
    queries = ["th", "the", "river", "nitrate the", "spring ri", "then th"]
    exact = {query: store.search.find(query, 12) for query in queries}
    monkeypatch.setattr(search, "_FREQUENT", frequent)
    monkeypatch.setattr(search, "_MOST_TURNS", turns)
    assert {query: store.search.find(query, 12) for query in queries} == exact
    assert len(store.search.find("th", 100)) == len(exact["th"]) or len(exact["th"]) == 12
