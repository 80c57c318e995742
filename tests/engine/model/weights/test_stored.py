"""The store: what belongs to a key is found, anything else is not, and old files make room."""

from __future__ import annotations

import logging
import os
import shutil
import stat
import sys
from typing import TYPE_CHECKING

import pytest
import torch
from safetensors import safe_open

from engine.model.folder import check_folder
from engine.model.weights.stored import NotKept, StoreKey

if TYPE_CHECKING:
    from pathlib import Path

TENSORS = {
    "a.packed": torch.arange(5000, dtype=torch.uint8).view(50, 100),
    "a.scales": torch.linspace(0, 1, 600).bfloat16().view(2, 150, 2),
    "b.weight": torch.linspace(-1, 1, 77).view(7, 11),
    "empty": torch.zeros(0, 3),
    "one": torch.tensor(2.5),
}


def quiet(_: int) -> None:
    pass


def only_file(tmp_path: Path) -> Path:
    (path,) = (tmp_path / "store").iterdir()
    return path


def test_everything_comes_back(store, key, tmp_path) -> None:
    kept, taken = store(10**6), []
    kept.keep(key("k"), TENSORS, "about it", quiet)
    found = kept.find(key("k"), taken.append)
    assert found.about == "about it"
    assert found.tensors.keys() == TENSORS.keys()
    for name, tensor in TENSORS.items():
        assert torch.equal(found.tensors[name], tensor)
        assert found.tensors[name].dtype == tensor.dtype
        assert found.tensors[name].data_ptr() % tensor.itemsize == 0
    assert sum(taken) == sum(tensor.nbytes for tensor in TENSORS.values())
    assert kept.size(key("k")) == only_file(tmp_path).stat().st_size


def test_the_file_is_plain_safetensors(store, key, tmp_path) -> None:
    store(10**6).keep(key("k"), TENSORS, "", quiet)
    with safe_open(only_file(tmp_path), framework="pt") as file:
        assert set(file.keys()) == set(TENSORS)


def test_another_key_finds_nothing(store, key) -> None:
    kept = store(10**6)
    assert kept.find(key("k"), quiet) is None
    kept.keep(key("k"), TENSORS, "", quiet)
    assert kept.find(key("other"), quiet) is None
    assert kept.size(key("other")) == 0


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has other permissions")
def test_nobody_else_can_read_it(store, key, tmp_path) -> None:
    store(10**6).keep(key("k"), TENSORS, "", quiet)
    assert stat.S_IMODE((tmp_path / "store").stat().st_mode) == 0o700
    assert stat.S_IMODE(only_file(tmp_path).stat().st_mode) == 0o600


def flip(path: Path, at: int) -> None:
    data = bytearray(path.read_bytes())
    data[at] ^= 1
    path.write_bytes(data)


@pytest.mark.parametrize(
    "damage",
    [
        lambda path: flip(path, -3),
        lambda path: flip(path, path.stat().st_size // 2),
        lambda path: flip(path, 0),
        lambda path: flip(path, 40),
        lambda path: path.write_bytes(path.read_bytes()[:-100]),
        lambda path: path.write_bytes(path.read_bytes() + b"more"),
        lambda path: path.write_bytes(b""),
        lambda path: path.write_text("no weights at all"),
    ],
)
def test_damage_is_ignored_said_and_mended(store, key, tmp_path, caplog, damage) -> None:
    kept = store(10**6)
    kept.keep(key("k"), TENSORS, "", quiet)
    damage(only_file(tmp_path))
    with caplog.at_level(logging.WARNING):
        assert kept.find(key("k"), quiet) is None
    assert "are ignored" in caplog.text
    kept.keep(key("k"), TENSORS, "", quiet)
    assert kept.find(key("k"), quiet) is not None


def test_a_file_under_a_wrong_name_is_not_believed(store, key, tmp_path, caplog) -> None:
    kept = store(10**6)
    kept.keep(key("foreign"), TENSORS, "", quiet)
    only_file(tmp_path).rename(tmp_path / "store" / key("k").file_name)
    with caplog.at_level(logging.WARNING):
        assert kept.find(key("k"), quiet) is None
    assert "made from something else" in caplog.text


def test_what_was_used_longest_ago_makes_room(store, key) -> None:
    size = sum(tensor.nbytes for tensor in TENSORS.values())
    kept = store(4 * size)  # two files with their headers, not three
    for at, name in enumerate(("first", "second")):
        kept.keep(key(name), TENSORS, "", quiet)
        path = kept._folder / key(name).file_name
        os.utime(path, (1000 + at, 1000 + at))
    assert kept.find(key("first"), quiet) is not None  # now the second is the older one
    kept.keep(key("third"), {**TENSORS, "large": torch.zeros(size, dtype=torch.uint8)}, "", quiet)
    assert kept.find(key("first"), quiet) is not None
    assert kept.find(key("second"), quiet) is None
    assert kept.find(key("third"), quiet) is not None


def test_more_than_may_be_kept_is_not_kept(store, key, tmp_path) -> None:
    with pytest.raises(NotKept, match="larger than all"):
        store(1000).keep(key("k"), TENSORS, "", quiet)
    assert not (tmp_path / "store").exists()


def test_a_folder_that_cannot_be_is_a_reason(store, key, tmp_path) -> None:
    (tmp_path / "store").write_text("a file")
    with pytest.raises(NotKept, match="folder refuses"):
        store(10**6).keep(key("k"), TENSORS, "", quiet)


def test_giving_up_leaves_nothing(store, key, tmp_path) -> None:
    def give_up(_: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        store(10**6).keep(key("k"), TENSORS, "", give_up)
    assert list((tmp_path / "store").iterdir()) == []


def test_what_a_killed_process_left_goes_after_a_day(store, key, tmp_path) -> None:
    kept = store(10**6)
    kept.keep(key("k"), TENSORS, "", quiet)
    old, new = (tmp_path / "store" / f".{name}.tmp" for name in ("old", "new"))
    old.touch()
    new.touch()
    os.utime(old, (1000, 1000))
    kept.keep(key("k"), TENSORS, "", quiet)
    assert not old.exists()
    assert new.exists()


def test_a_key_tells_every_change_of_a_model(lfm2_folder, tmp_path) -> None:
    folder = shutil.copytree(lfm2_folder, tmp_path / "model")
    weights = folder / "model.safetensors"
    before = weights.stat()

    def key(**circumstances: object) -> StoreKey:
        return StoreKey.of(check_folder(folder), circumstances)

    first = key(backend="int4pack")
    assert key(backend="int4pack") == first
    assert key(backend="bnb_nf4") != first
    # Other weights, the same size, header and time: samples tell.
    data = bytearray(weights.read_bytes())
    for at in range(len(data) // 2, len(data), 2):
        data[at] ^= 1
    weights.write_bytes(data)
    os.utime(weights, ns=(before.st_atime_ns, before.st_mtime_ns))
    second = key(backend="int4pack")
    assert second != first
    (folder / "config.json").write_text((folder / "config.json").read_text() + "\n")
    assert key(backend="int4pack") == second  # the same content
    os.utime(weights, ns=(before.st_atime_ns, before.st_mtime_ns + 1))
    assert key(backend="int4pack") != second
