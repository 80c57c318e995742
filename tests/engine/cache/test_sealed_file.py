"""A sealed file gives back exactly what was put in, or says that it is damaged."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors import safe_open

from engine.cache.sealed_file import Damaged, SealedReader, peek, read_ahead, seal

if TYPE_CHECKING:
    from pathlib import Path

DTYPES = [
    torch.float64, torch.float32, torch.float16, torch.bfloat16,
    torch.int64, torch.int32, torch.int16, torch.int8, torch.uint8,
]  # fmt: skip
ABOUT = {"who": "me", "numbers": [1, 2]}


def tensors() -> dict[str, torch.Tensor]:
    torch.manual_seed(0)
    made = {str(i): (torch.randn(3, i + 1) * 50).to(dtype) for i, dtype in enumerate(DTYPES)}
    return made | {"none": torch.empty(1, 2, 0, 4), "turned": torch.arange(6.0).reshape(2, 3).T}


@pytest.fixture
def path(tmp_path) -> Path:
    path = tmp_path / "a.safetensors"
    path.write_bytes(b"".join(seal(tensors(), ABOUT)))
    return path


def test_what_is_sealed_is_read(path) -> None:
    read = SealedReader().read(path)
    assert read.about == ABOUT
    assert read.tensors.keys() == tensors().keys()
    for name, tensor in tensors().items():
        assert read.tensors[name].dtype == tensor.dtype
        assert torch.equal(read.tensors[name], tensor)


def test_a_reader_reads_one_file_after_another(path, tmp_path) -> None:
    small, reader = tmp_path / "small", SealedReader()
    small.write_bytes(b"".join(seal({"x": torch.tensor([7])}, {})))
    for file in (path, small, path):
        assert reader.read(file).about == ({} if file == small else ABOUT)
    assert torch.equal(reader.read(small).tensors["x"], torch.tensor([7]))


def test_the_format_is_that_of_safetensors(path) -> None:
    with safe_open(path, framework="pt") as file:
        assert set(file.keys()) == tensors().keys()
        for name, tensor in tensors().items():
            assert torch.equal(file.get_tensor(name), tensor)


def test_one_tensor_can_be_looked_at(path) -> None:
    looked = peek(path, "4")
    assert looked.about == ABOUT
    assert torch.equal(looked.tensors["4"], tensors()["4"])
    assert peek(path, "none").tensors["none"].shape == (1, 2, 0, 4)
    assert peek(path).tensors == {}
    with pytest.raises(Damaged):
        peek(path, "missing")


@settings(deadline=None, max_examples=300)
@given(st.data())
def test_any_changed_bit_is_noticed(tmp_path_factory, data) -> None:
    path = tmp_path_factory.getbasetemp() / "flipped.safetensors"
    content = bytearray(b"".join(seal(tensors(), ABOUT)))
    place = data.draw(st.integers(0, len(content) - 1))
    content[place] ^= 1 << data.draw(st.integers(0, 7))
    path.write_bytes(content)
    with pytest.raises(Damaged):
        SealedReader().read(path)


@settings(deadline=None, max_examples=100)
@given(st.data())
def test_any_other_length_is_noticed(tmp_path_factory, data) -> None:
    path = tmp_path_factory.getbasetemp() / "cut.safetensors"
    content = b"".join(seal(tensors(), ABOUT))
    cut = data.draw(st.integers(0, len(content) - 1))
    path.write_bytes(data.draw(st.sampled_from([content[:cut], content + content[: cut + 1]])))
    with pytest.raises(Damaged):
        SealedReader().read(path)


@pytest.mark.parametrize("content", [b"", b"\x00" * 5, b"\xff" * 200, b"\x00" * 4096])
def test_what_was_never_sealed_is_damaged(tmp_path, content: bytes) -> None:
    path = tmp_path / "strange"
    path.write_bytes(content)
    with pytest.raises(Damaged):
        SealedReader().read(path)
    with pytest.raises(Damaged):
        peek(path, "keys")


def test_a_file_that_is_not_there_is_no_damage(tmp_path) -> None:
    with pytest.raises(FileNotFoundError):
        SealedReader().read(tmp_path / "gone")
    with pytest.raises(FileNotFoundError):
        peek(tmp_path / "gone")
    read_ahead(tmp_path / "gone")  # only a hint: reading will tell
