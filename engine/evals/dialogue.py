"""Conversations without anything attached: small talk, honest not knowing, and small tasks."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from engine.evals import words
from engine.evals.about import about
from engine.evals.arithmetic import arithmetic
from engine.evals.facts import asked, draw_key
from engine.evals.formats import formatted
from engine.evals.harmless import CURIOUS, HARMLESS
from engine.evals.items import Exchange, Item, Split, belongs
from engine.evals.lists import lines_of
from engine.evals.phrasing import conversation, expand, typed
from engine.evals.refusals import FRAMES, refusal
from engine.evals.summaries import summary

if TYPE_CHECKING:
    import random

HELLO = "Hello! Drop a document or a picture here and ask me about it."
WHO = "I am Tanka's starter model, a small model that runs on this computer."
CAN = (
    "I can find facts in a document and name the page, read a line in a picture, call functions "
    "and follow examples."
)
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
# Patterns of further forms; each form is of one split by its own checksum.
_MORE = {
    HELLO: """
        (Hello|Hi|Hey|hello|hi|hey)( there| Tanka| again|)(!|.|) / (Good|good)
        (morning|afternoon|evening|day)(, Tanka|)(!|.|) / (How are you|How are you doing|How is it
        going|How do you do|how are you|How are things)( today|)(?|) / (Greetings|Welcome|Hi all|
        Hallo|Good to see you|Nice to see you)( Tanka|)(!|.|)
        """,
    WHO: """
        (Who|What|who|what) are you( really|, please| exactly|)(?|) / (What|what) is your name(,
        please|)(?|) / (Tell me|Can you tell me|Please tell me) (who you are|your name|about
        yourself)(.|) / (Are you|are you) (a robot|a human|a person|an AI|a program|a chatbot|a
        computer|real|ChatGPT|a bot)(?|) / (Who|who) (made|built|wrote|trained|created) you(?|) /
        (Who|What) am I (talking|speaking|writing) to(?|) / (Which|What|what) (model|AI|assistant|
          bot)
        (are you|is this|am I using)(?|) / (Introduce|introduce) yourself(, please|)(.|)
        """,
    CAN: """
        (What|what) can you do( for me| here| with it|)(?|) / (How|how) can you help( me| us|)(?|) /
        (What|what) are (you able to do|your skills|you good at|your strengths|your abilities|your
        functions)(?|) / (What|what) (can|may|should|could) I ask( you|)(?|) / (Can|Could|Will) you
        help( me|)(, please|)(?|) / (Help|help|Help me|help me|Help me, please|I need help|Please
        help)(!|.|) / (Tell me|Show me|Say) what you can do(.|) / (How|how) (does this work|do I use
        this|do you work|do I start|do I use you)(?|)
        """,
    WELCOME: """
        (Thanks|Thank you|thanks|thank you|Many thanks|Thx)( a lot| so much| very much| Tanka|
           again|)(!|.|) / (Great|Perfect|Nice|Cool|Good|OK|Okay|Wonderful|Super|Right),
        (thanks|thank you|many thanks)(!|.|) / (Thanks|Thank you) for (your help|the answer|that|
          your
        time|everything)(!|.|) / (That|This) (helps|helped|is great|is right|was helpful|is good)(,
        thanks|)(!|.|) / (Well done|Good job|Good work|Great work|Very good|Excellent)(!|.|)
        """,
    BYE: """
        (Bye|Goodbye|bye|goodbye|Bye bye|Farewell|So long|Good night)( Tanka| for now| then|)(!|.|
          ) /
        (See|see) you( later| soon| tomorrow| again| next time|)(!|.|) / (That is|That's) all( for
        today| for now|)(, bye|, goodbye|)(!|.|) / Have a (nice|good|great) (day|evening|weekend|
        time)(!|.|) / (I have to|I must|I need to) go( now|)(, bye|)(!|.|) / (Until|until)
        (next time|tomorrow|later|Monday)(!|.|)
        """,
}
SAID: dict[str, tuple[str, ...]] = {
    answer: tuple(
        dict.fromkeys(
            form
            for pattern in " ".join(f"{text} / {_MORE[answer]}".split()).split(" / ")
            for form in expand(pattern)
        )
    )
    for answer, text in _SAID.items()
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
    Why is a {n} {a}?
    Tell me about {T}.
    How long does a {n} live?
    Which is better, {n} or {m}?
    Translate {a} into German.
    """
)
_SYSTEMS = ("You are a helpful assistant.", "You are Tanka, an assistant on this computer.",
    "Answer briefly.", "Answer from the documents the user gives you.", "Be exact.")  # fmt: skip


@cache
def forms_of(answer: str, split: Split) -> tuple[str, ...]:
    """Return what people say to get this answer; the commonest forms are always trained on."""
    common, other = SAID[answer][:_COMMON], SAID[answer][_COMMON:]
    rest = tuple(form for form in other if belongs(form, split))
    return (*common, *rest) if split is Split.TRAIN else rest


def draw_dialogue(rng: random.Random, split: Split, level: int = 6) -> Item:
    """Draw a conversation of one to four exchanges of any kind without an attachment."""
    exchanges: list[Exchange] = []
    for _ in range(rng.choice((1, 1, 2, 2, 3, 4))):
        kinds = (*_ANYWHERE, nothing_attached) if not exchanges else _ANYWHERE
        exchanges.append(rng.choice(kinds)(rng, split, level))
    return Item("dialogue", tuple(exchanges))


def draw_talk(rng: random.Random, split: Split, level: int = 6) -> Item:
    """Draw greetings, thanks and questions about who is there."""
    return conversation(rng, split, level, talk, (1, 2, 2, 3))


def draw_open(rng: random.Random, split: Split, level: int = 6) -> Item:
    """Draw questions that need knowledge of the world."""
    return conversation(rng, split, level, open_question, (1, 2, 2, 3))


def draw_nothing_attached(rng: random.Random, split: Split, level: int = 6) -> Item:
    """Draw questions about a document or a picture that is not there."""
    return conversation(rng, split, level, nothing_attached, (1, 2))


def small_talk(rng: random.Random, split: Split, *, attached: bool = False) -> Exchange:
    """Draw one exchange with a fixed answer; `attached` where something stands earlier."""
    kinds = _FIXED if attached else (*_FIXED, nothing_attached)
    return rng.choice(kinds)(rng, split, 6)


def talk(rng: random.Random, split: Split, level: int = 6) -> Exchange:
    """Draw a greeting, thanks, goodbye or a question about who is there."""
    del level
    answer = rng.choice(tuple(SAID))
    return typed(rng.choice(forms_of(answer, split)), answer, "dialogue/talk")


def open_question(rng: random.Random, split: Split, level: int = 6) -> Exchange:
    """Draw a harmless request that a small model cannot serve."""
    del level
    kind = rng.random()
    if kind < 0.4:
        question = FRAMES.draw_typed(rng, split).format(do=HARMLESS.draw(rng, split))
    elif kind < 0.5:
        question = CURIOUS.draw_typed(rng, split)
    else:
        question = _open_question(rng, split)
    return typed(question, UNKNOWN, "dialogue/open")


def nothing_attached(rng: random.Random, split: Split, level: int = 6) -> Exchange:
    """Draw a question about a document or a picture that is not there."""
    del level
    task = "dialogue/nothing_attached"
    if rng.random() < 0.6:
        return typed(asked(rng, split, draw_key(rng, split)), NO_DOCUMENT, task)
    return typed(_picture_question(rng, split), NO_PICTURE, task)


def draw_system(rng: random.Random) -> str:
    """Draw a short system message."""
    return " ".join(rng.sample(_SYSTEMS, rng.choice((1, 1, 2))))


def _open_question(rng: random.Random, split: Split) -> str:
    forms = OPEN_TRAIN if split is Split.TRAIN else OPEN_HELD_OUT
    question = rng.choice(forms).format(
        T=words.made_up(rng, split).capitalize(),
        U=words.made_up(rng, split).capitalize(),
        n=words.pick(rng, words.NOUNS, split),
        m=words.pick(rng, words.NOUNS, split),
        a=words.pick(rng, words.ADJECTIVES, split),
    )
    return words.with_an(question)


def _picture_question(rng: random.Random, split: Split) -> str:
    forms = PICTURE_TRAIN if split is Split.TRAIN else PICTURE_HELD_OUT
    return rng.choice(forms)


PICTURE_TRAIN = ("What does the picture say?", "What is written in the picture?",
    "Read the picture.", "What text is in the picture?", "Can you read the picture?",
    "What does this picture say?", "What stands in the picture?",
    "What does the image say?")  # fmt: skip
PICTURE_HELD_OUT = ("What is written in this picture?", "What does this image say?")

# With an answer that does not depend on what stands before.
_FIXED = (talk, talk, talk, about, about, open_question, refusal)
_ANYWHERE = (talk, about, about, arithmetic, formatted, formatted, summary, refusal, open_question)
