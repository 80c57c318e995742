"""Hidden facts can be found again, once each, at every length."""

import random
import re
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from tokenizers import Tokenizer

from engine.evals import needle, needle_texts
from engine.evals.items import Document, Item, Split, Text
from engine.prompt.forms import document_text

ITEMS = 200
TOKENIZER = Path(__file__).parents[3] / "resources" / "starter" / "tokenizer.json"
NAMED = {
    256: needle.draw_needle_256,
    512: needle.draw_needle_512,
    1024: needle.draw_needle_1k,
    2048: needle.draw_needle_2k,
}
Draw = Callable[[random.Random, Split, int], Item]


def _drawn(draw: Draw, split: Split, count: int = ITEMS, level: int = 6) -> list[Item]:
    rng = random.Random(1)
    return [draw(rng, split, level) for _ in range(count)]


def _document(item: Item) -> Document:
    document = item.exchanges[0].asked[0]
    assert isinstance(document, Document)
    return document


def _questions(item: Item) -> list[str]:
    return [part.text for e in item.exchanges for part in e.asked if isinstance(part, Text)]


@cache
def _forms(split: Split) -> tuple[re.Pattern[str], ...]:
    longest_first = sorted(needle_texts.stated_forms(split), key=len, reverse=True)
    escaped = (re.escape(form).replace(r"\{", "{").replace(r"\}", "}") for form in longest_first)
    return tuple(re.compile(e.format(k="(?P<k>.+?)", v="(?P<v>.+?)")) for e in escaped)


def _solved(item: Item, split: Split) -> list[str]:
    """Return for each question the fact that it names, with the page it was read on."""
    stated = []
    for number, page in enumerate(_document(item).pages, start=1):
        for sentence in _sentences(page):
            match = next((m for form in _forms(split) if (m := form.fullmatch(sentence))), None)
            if match:
                stated.append((match["k"], match["v"], number))
    answers = []
    for question in _questions(item):
        ((key, value, number),) = [s for s in stated if s[0].lower() in question.lower()]
        answers.append(f"The {key} is {value} [p. {number}].")
    return answers


@pytest.mark.parametrize("split", list(Split))
@pytest.mark.parametrize("tokens", sorted(NAMED))
def test_answers_follow_from_the_document(tokens: int, split: Split) -> None:
    for item in _drawn(NAMED[tokens], split):
        assert _solved(item, split) == [exchange.answer for exchange in item.exchanges]


@pytest.mark.parametrize("split", list(Split))
@pytest.mark.parametrize("level", range(7))
def test_answers_follow_from_the_document_at_every_level(level: int, split: Split) -> None:
    for item in _drawn(needle.draw_any_needle, split, 60, level):
        assert _solved(item, split) == [exchange.answer for exchange in item.exchanges]


@pytest.mark.parametrize("split", list(Split))
def test_what_is_copied_stands_once_in_the_document(split: Split) -> None:
    for item in _drawn(needle.draw_any_needle, split):
        document = _document(item)
        text = "\n".join((document.name, *document.pages)).lower()
        for exchange in item.exchanges:
            assert len(exchange.copied) == 2
            assert all(text.count(piece.lower()) == 1 for piece in exchange.copied)
            assert all(piece in exchange.answer for piece in exchange.copied)


def test_facts_hide_at_any_depth_and_on_any_page() -> None:
    depths, pages = set(), set()
    for item in _drawn(needle.draw_needle_1k, Split.HELD_OUT):
        text = "\n".join(_document(item).pages)
        for exchange in item.exchanges:
            depths.add(10 * text.index(exchange.copied[1]) // len(text))
            pages.add(exchange.answer[-3])
    assert depths == {*range(10)}
    assert pages == {*"1234"}


@pytest.mark.parametrize("split", list(Split))
@pytest.mark.parametrize("tokens", sorted(NAMED))
def test_conversations_are_as_long_as_the_task_says(tokens: int, split: Split) -> None:
    lengths = [_length(item) for item in _drawn(NAMED[tokens], split, 40)]
    assert 0.88 * tokens < sum(lengths) / len(lengths) < tokens
    assert max(lengths) < 1.12 * tokens


def test_length_can_go_far_beyond() -> None:
    item = needle.draw_needle(random.Random(1), Split.HELD_OUT, 6, 8000)
    assert 7200 < _length(item) < 8600


def test_training_begins_short_and_ends_long() -> None:
    easy = [_length(item) for item in _drawn(needle.draw_any_needle, Split.TRAIN, 60, 0)]
    hard = [_length(item) for item in _drawn(needle.draw_any_needle, Split.TRAIN, 60)]
    assert max(easy) < 200
    assert min(hard) < 300
    assert 1200 < max(hard) < 2300


@pytest.mark.parametrize("draw", [*NAMED.values(), needle.draw_any_needle])
def test_same_seed_same_needles(draw: Draw) -> None:
    first, second = (_drawn(draw, Split.HELD_OUT, 20) for _ in range(2))
    assert first == second


def test_training_shares_no_value_or_wording_with_the_held_out_items() -> None:
    train, held_out = (_drawn(needle.draw_any_needle, split) for split in Split)
    values = {e.copied[1] for item in train for e in item.exchanges}
    assert not values & {e.copied[1] for item in held_out for e in item.exchanges}
    lines = {line for item in train for line in _all_sentences(item)}
    assert not lines & {line for item in held_out for line in _all_sentences(item)}
    assert not {*needle_texts.FILLER_TRAIN} & {*needle_texts.FILLER_HELD_OUT}
    assert not {*needle_texts.stated_forms(Split.TRAIN)} & {
        *needle_texts.stated_forms(Split.HELD_OUT)
    }


def _sentences(page: str) -> list[str]:
    return re.split(r"(?<=\.)\s+(?=[A-Z])", page)


def _all_sentences(item: Item) -> list[str]:
    return [sentence for page in _document(item).pages for sentence in _sentences(page)]


def _length(item: Item) -> int:
    turns = []
    for exchange in item.exchanges:
        asked = "\n".join(
            document_text(part.name, part.pages) if isinstance(part, Document) else part.text
            for part in exchange.asked
            if isinstance(part, Document | Text)
        )
        turns.append(f"<|im_start|>user\n{asked}<|im_end|>\n")
        turns.append(f"<|im_start|>assistant\n{exchange.said}<|im_end|>\n")
    return len(_tokenizer().encode("".join(turns), add_special_tokens=False).ids)


@cache
def _tokenizer() -> Tokenizer:
    return Tokenizer.from_file(str(TOKENIZER))
