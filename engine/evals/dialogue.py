"""Small talk: what the model says of itself, and what it says when it cannot know."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.evals import words
from engine.evals.facts import asked, draw_key
from engine.evals.items import Exchange, Item, Split, Text, belongs
from engine.evals.lists import lines_of

if TYPE_CHECKING:
    import random

HELLO = "Hello! Drop a document or a picture here and ask me about it."
WHO = "I am Tanka's starter model, a small model that runs on this computer."
CAN = "I can read a short line of text in a picture and answer questions about a short document."
WELCOME = "You are welcome."
BYE = "Goodbye!"
UNKNOWN = "I am a small model; I do not know that."
NO_DOCUMENT = "I see no document yet. Please drop one here and ask again."
NO_PICTURE = "I see no picture yet. Please drop one here and ask again."

# So many of an answer's first forms are too common to hold out.
_COMMON = 5
_SAID = {
    HELLO: """
        Hello / Hi / Good morning / Hi! / Hello! / hi / hello / Hey / Hey! / hey there / Hi there!
        / Hello there / Good morning! / Good evening / Good afternoon
        / Good day / Hello Tanka / Hi Tanka! / Hey Tanka / Greetings / Hello, how are you?
        / How are you? / Hi, how are you? / How are you doing? / good morning / Hello again
        / Hi again / Howdy / Nice to meet you
        """,
    WHO: """
        Who are you? / What are you? / What is your name? / who are you / Who is this?
        / Who am I talking to?
        / Tell me about yourself. / Introduce yourself. / Are you a robot? / Are you human?
        / What kind of model are you? / Which model are you? / Are you an AI?
        / What's your name? / Do you have a name? / What should I call you?
        / Who made you? / Are you a person? / what is your name / Say who you are.
        / Please introduce yourself.
        """,
    CAN: """
        What can you do? / Help / help / what can you do / How can you help me?
        / What can you do for me?
        / Help! / What are you good at? / What are you for? / What do you do?
        / What are your skills? / Can you help me? / How do you work? / How do I use you?
        / What can I ask you? / What may I ask? / What do you know?
        / Tell me what you can do. / What are you able to do? / I need help.
        / How does this work? / What should I do?
        """,
    WELCOME: """
        Thanks / Thank you / Thanks! / Thank you! / thanks / thank you / Thank you very much.
        / Many thanks / Thanks a lot / Thanks a lot! / Great, thanks. / Great, thank you!
        / Perfect / Perfect, thanks! / Cool, thanks / Good job / Well done / Thx / Well done!
        / Nice, thank you / That helps, thanks. / Very good / Great! / Wonderful, thank you.
        / Thank you so much! / Thanks for your help. / That is right. / ok thanks
        / Okay, thank you.
        """,
    BYE: """
        Bye / Goodbye / Bye! / bye / See you / Goodbye! / See you later / See you tomorrow!
        / Good night / Good night! / Bye bye / That is all. / That's all, bye. / Farewell
        / See you soon / Have a nice day! / Until tomorrow
        """,
}
SAID: dict[str, tuple[str, ...]] = {
    answer: tuple(" ".join(text.split()).split(" / ")) for answer, text in _SAID.items()
}

OPEN_TRAIN = lines_of(
    """
    What is the capital of {T}?
    Why is the {n} {a}?
    How do I cook {n} {m}?
    Who invented the {n}?
    Write a poem about the {n}.
    Tell me a joke about a {n}.
    Tell me a story.
    What will the weather be tomorrow?
    What time is it?
    What day is today?
    How far is it from {T} to {U}?
    What is {x} plus {y}?
    What is {x} times {y}?
    How many {n}s are there in {T}?
    Translate {n} into French.
    What is a {n}?
    What does {a} mean?
    Who is the president of {T}?
    When was {T} founded?
    Is a {n} bigger than a {m}?
    Should I buy a {a} {n}?
    How does a {n} work?
    Write a program that sorts {n}s.
    Explain the {n} to me.
    What is the meaning of life?
    Which {n} is the best?
    Do you like {n}?
    Can you play {n}?
    Where is {T}?
    How old is the {n}?
    Give me a recipe with {n}.
    Who won the {n} cup?
    What do you think of {T}?
    Plan a trip to {T}.
    Why do {n}s need {m}?
    Name three {a} {n}s.
    """
)
OPEN_HELD_OUT = lines_of(
    """
    What is the biggest {n} of {T}?
    How do I repair a {n}?
    Who discovered the {n}?
    Write a song about {T}.
    What is {x} minus {y}?
    Why is a {n} {a}?
    Tell me about {T}.
    How long does a {n} live?
    Which is better, {n} or {m}?
    Translate {a} into German.
    """
)
_SYSTEMS = ("You are a helpful assistant.", "You are Tanka, an assistant on this computer.",
    "Answer briefly.", "Answer from the documents the user gives you.", "Be exact.")  # fmt: skip


def forms_of(answer: str, split: Split) -> tuple[str, ...]:
    """Return what people say to get this answer; the commonest forms are always trained on."""
    common, other = SAID[answer][:_COMMON], SAID[answer][_COMMON:]
    rest = tuple(form for form in other if belongs(form, split))
    return (*common, *rest) if split is Split.TRAIN else rest


def draw_dialogue(rng: random.Random, split: Split, level: int = 0) -> Item:
    """Draw a conversation of one to three exchanges without a document or a picture."""
    del level
    exchanges = tuple(small_talk(rng, split) for _ in range(rng.choice((1, 1, 2, 3))))
    return Item("dialogue", exchanges)


def small_talk(rng: random.Random, split: Split, *, attached: bool = False) -> Exchange:
    """Draw one exchange; `attached` where a document or picture stands earlier."""
    kind = rng.random()
    if kind < 0.62:
        answer = rng.choice(tuple(SAID))
        return _typed(rng.choice(forms_of(answer, split)), answer, "talk")
    if kind < 0.84 or attached:
        return _typed(_open_question(rng, split), UNKNOWN, "open")
    if kind < 0.92:
        return _typed(asked(rng, split, draw_key(rng, split)), NO_DOCUMENT, "nothing_attached")
    return _typed(_picture_question(rng, split), NO_PICTURE, "nothing_attached")


def draw_system(rng: random.Random) -> str:
    """Draw a short system message."""
    return " ".join(rng.sample(_SYSTEMS, rng.choice((1, 1, 2))))


def _typed(question: str, answer: str, kind: str) -> Exchange:
    return Exchange((Text(question),), answer, f"dialogue/{kind}")


def _open_question(rng: random.Random, split: Split) -> str:
    forms = OPEN_TRAIN if split is Split.TRAIN else OPEN_HELD_OUT
    return rng.choice(forms).format(
        T=words.made_up(rng, split).capitalize(),
        U=words.made_up(rng, split).capitalize(),
        n=words.pick(rng, words.NOUNS, split),
        m=words.pick(rng, words.NOUNS, split),
        a=words.pick(rng, words.ADJECTIVES, split),
        x=rng.randint(1, 999),
        y=rng.randint(1, 99),
    )


def _picture_question(rng: random.Random, split: Split) -> str:
    forms = PICTURE_TRAIN if split is Split.TRAIN else PICTURE_HELD_OUT
    return rng.choice(forms)


PICTURE_TRAIN = ("What does the picture say?", "What is written in the picture?",
    "Read the picture.", "What text is in the picture?", "Can you read the picture?",
    "What does this picture say?", "What stands in the picture?",
    "What does the image say?")  # fmt: skip
PICTURE_HELD_OUT = ("What is written in this picture?", "What does this image say?")
