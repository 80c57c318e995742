"""Every text survives the tokenizer, and the folder is one that AutoTokenizer reads."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tokenizer import CONTROL, FRAMES, MARKS, ROLES, SPARE, save_tokenizer
from tokenizers import Tokenizer
from transformers import AutoTokenizer


@given(text=st.text())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_round_trip(tokenizer: Tokenizer, text: str) -> None:
    ids = tokenizer.encode(text).ids
    assert tokenizer.decode(ids, skip_special_tokens=False) == text


@pytest.mark.parametrize("text", ["", " a  b\n\n\tc", "naïve 東京 🙂‍↔️", "12,345.60 €", "Users use"])
def test_round_trip_by_hand(tokenizer: Tokenizer, text: str) -> None:
    assert tokenizer.decode(tokenizer.encode(text).ids, skip_special_tokens=False) == text


def test_added_tokens_have_one_id_and_visible_ones_are_kept(tokenizer: Tokenizer) -> None:
    for token in (*CONTROL, *MARKS, *ROLES, *FRAMES, *SPARE):
        ids = tokenizer.encode(token).ids
        assert len(ids) == 1
        assert tokenizer.decode(ids) == ("" if token in (*CONTROL, *SPARE) else token)


def test_digits_stand_alone(tokenizer: Tokenizer) -> None:
    assert tokenizer.encode("2048").tokens == ["2", "0", "4", "8"]


def test_saved_folder_is_stock(tokenizer: Tokenizer, tmp_path: Path) -> None:
    save_tokenizer(tokenizer, tmp_path, 2048)
    loaded = AutoTokenizer.from_pretrained(tmp_path)
    text = (
        '<|im_start|>user\n<document name="a" pages="1">\n[p. 1]\nx: 1\n</document>\nx?<|im_end|>'
    )
    assert loaded.encode(text) == tokenizer.encode(text).ids
    assert loaded.decode(loaded.encode(text)) == text
    assert loaded.eos_token == "<|im_end|>"
    assert loaded.image_token == "<image>"


def test_a_call_keeps_its_arguments_in_sight_of_its_function(tokenizer: Tokenizer) -> None:
    call = '{"name": "book_room", "arguments": {"guest": "Ann"}}'
    ids = tokenizer.encode(call).ids
    before, after = (tokenizer.encode(part).ids for part in ("book_room", '"guest": "Ann"}}'))
    assert len(ids) == 1 + len(before) + 1 + len(after)
    assert tokenizer.decode(ids, skip_special_tokens=False) == call
