"""Streamed text equals the text of all ids at once, and is never half a character."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer, decoders, models, pre_tokenizers

from engine.text.detokenizer import Detokenizer


def byte_tokenizer() -> Tokenizer:
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    tokenizer = Tokenizer(models.BPE({c: i for i, c in enumerate(alphabet)}, []))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens(["<|end|>"])
    return tokenizer


def spaced_tokenizer() -> Tokenizer:
    """Pieces with a space mark, as SentencePiece vocabularies have: the first space is dropped."""
    vocabulary = {"▁the": 0, "▁tide": 1, "s": 2, "▁": 3, "<0xE2>": 4, "<0x82>": 5, "<0xAC>": 6}
    tokenizer = Tokenizer(models.BPE(vocabulary, [], byte_fallback=True))
    tokenizer.decoder = decoders.Sequence(
        [
            decoders.Replace("▁", " "),
            decoders.ByteFallback(),
            decoders.Fuse(),
            decoders.Strip(" ", 1, 0),
        ]
    )
    return tokenizer


BYTES, SPACED = byte_tokenizer(), spaced_tokenizer()


def stream(tokenizer: Tokenizer, ids: list[int]) -> list[str]:
    detokenizer = Detokenizer(tokenizer)
    return [*(detokenizer.hear(i) for i in ids), detokenizer.flush()]


@given(st.text())
def test_any_text_arrives_whole(text: str) -> None:
    ids = BYTES.encode(text).ids
    pieces = stream(BYTES, ids)
    assert "".join(pieces) == text
    for piece in pieces[:-1]:
        assert "\ufffd" not in piece or "\ufffd" in text


@given(st.lists(st.integers(0, 256), max_size=40))
def test_any_ids_end_as_decoding_them_at_once(ids: list[int]) -> None:
    assert "".join(stream(BYTES, ids)) == BYTES.decode(ids)


# A run of bytes that is not valid as a whole is shown as unknown throughout by such vocabularies,
# so only whole characters can be told apart while streaming.
@given(st.lists(st.sampled_from([[0], [1], [2], [3], [4, 5, 6]]), max_size=20))
def test_vocabularies_with_space_marks(units: list[list[int]]) -> None:
    ids = [i for unit in units for i in unit]
    assert "".join(stream(SPACED, ids)) == SPACED.decode(ids)


def test_a_character_of_four_tokens_appears_with_its_last() -> None:
    ids = BYTES.encode("a🙂").ids
    assert len(ids) == 5
    assert stream(BYTES, ids) == ["a", "", "", "", "🙂", ""]


def test_a_character_never_finished_is_shown_as_such_at_the_end() -> None:
    ids = BYTES.encode("a🙂").ids[:-1]
    assert stream(BYTES, ids) == ["a", "", "", "", "\ufffd"]


@pytest.mark.parametrize("text", ["naïve café", "漢字かな交じり文", "👩‍👩‍👧 family", "Ω≈ç√∫"])
def test_no_piece_holds_a_broken_character(text: str) -> None:
    assert all("\ufffd" not in piece for piece in stream(BYTES, BYTES.encode(text).ids))
