import pytest

from app.conversation import UNTITLED, Conversation, Turn, TurnState
from engine import ImagePart, Message, assistant, user

PICTURE = ImagePart("shot.png", "a" * 64, 4, 3, b"x")


def asked(conversation: Conversation, text: str, answer: str, state: TurnState) -> Turn:
    turn = conversation.add(user(text))
    turn.answer, turn.state = answer, state
    return turn


def roles(messages: tuple[Message, ...]) -> str:
    return "".join(message.role[0] for message in messages)


def test_history_holds_earlier_answers_and_ends_with_the_question() -> None:
    conversation = Conversation()
    asked(conversation, "one", "first", TurnState.DONE)
    asked(conversation, "two", "second", TurnState.CUT)
    turn = asked(conversation, "three", "", TurnState.QUEUED)

    assert conversation.messages_for(turn) == (
        user("one"),
        assistant("first"),
        user("two"),
        assistant("second"),
        user("three"),
    )


@pytest.mark.parametrize("state", [TurnState.FAILED, TurnState.CANCELLED, TurnState.QUEUED])
def test_question_without_any_answer_is_left_out_of_later_history(state: TurnState) -> None:
    conversation = Conversation()
    asked(conversation, "one", "first", TurnState.DONE)
    asked(conversation, "lost", "", state)
    turn = asked(conversation, "three", "", TurnState.QUEUED)

    messages = conversation.messages_for(turn)

    assert roles(messages) == "uau"
    assert "lost" not in [message.text for message in messages]


def test_failed_turn_with_a_partial_answer_stays_in_history() -> None:
    conversation = Conversation()
    asked(conversation, "one", "half an ans", TurnState.FAILED)
    turn = asked(conversation, "two", "", TurnState.QUEUED)

    assert roles(conversation.messages_for(turn)) == "uau"


def test_answer_to_be_continued_comes_last_exactly_as_it_stopped() -> None:
    conversation = Conversation()
    turn = asked(conversation, "one", "It ends with a space ", TurnState.CANCELLED)
    asked(conversation, "later", "answer", TurnState.DONE)

    assert conversation.messages_for(turn) == (user("one"), assistant("It ends with a space "))


def test_messages_for_a_turn_of_another_conversation_is_refused() -> None:
    stray = Turn(user("stray"))

    with pytest.raises(KeyError, match=stray.id):
        Conversation().messages_for(stray)


def test_an_edited_question_stands_beside_the_old_one_with_its_own_history() -> None:
    conversation = Conversation()
    first = asked(conversation, "one", "first", TurnState.DONE)
    old = asked(conversation, "two", "second", TurnState.DONE)
    below_old = asked(conversation, "three", "third", TurnState.DONE)
    new = conversation.add_beside(old, user("two, better"))

    assert conversation.turns == [first, new]
    assert [message.text for message in conversation.messages_for(new)] == [
        "one",
        "first",
        "two, better",
    ]
    assert conversation.versions(new).ids == (old.id, new.id)

    conversation.choose(old.id)
    assert conversation.turns == [first, old, below_old]

    conversation.choose(new.id)
    follow_up = conversation.add(user("four"))
    assert follow_up.parent_id == new.id
    assert conversation.turns == [first, new, follow_up]


def test_removing_an_edited_question_shows_the_old_one_again() -> None:
    conversation = Conversation()
    old = asked(conversation, "one", "first", TurnState.DONE)
    below = asked(conversation, "two", "second", TurnState.DONE)
    new = conversation.add_beside(old, user("one, better"))
    conversation.add(user("below the new one"))

    conversation.remove(new)

    assert conversation.turns == [old, below]
    assert conversation.shown == {old.id: below.id}


def test_system_prompt_is_told_before_everything() -> None:
    conversation = Conversation(system_prompt="Answer in rhymes.")
    asked(conversation, "one", "first", TurnState.DONE)

    assert roles(conversation.messages_with(user("two"))) == "suau"


@pytest.mark.parametrize(
    ("question", "title"),
    [
        (user("What is this?"), "What is this?"),
        (user("one two  three\nfour five six"), "one two three four five six"),
        (user("one two three four five six, seven"), "one two three four five six…"),
        (user(PICTURE), "shot.png"),
        (user(), UNTITLED),
    ],
)
def test_title_comes_from_the_first_question(question: Message, title: str) -> None:
    conversation = Conversation()

    conversation.add(question)
    conversation.add(user("Something else entirely"))

    assert conversation.title == title


def test_two_turns_that_look_alike_are_two_turns() -> None:
    conversation = Conversation()
    first = conversation.add(user("again"))
    second = conversation.add(user("again"))

    assert first != second
    assert len({first, second}) == 2
