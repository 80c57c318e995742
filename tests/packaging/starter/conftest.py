"""Puts the build scripts' folder on the path, as running `build.py` by its path does."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "packaging" / "starter"))

from tokenizer import train_tokenizer
from tokenizers import Tokenizer


@pytest.fixture(scope="session")
def tokenizer() -> Tokenizer:
    return train_tokenizer(512, seed=1, items=150)
