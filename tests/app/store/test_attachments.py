"""The folder of attachments: each file once, whole or told to be lost."""

from __future__ import annotations

import hashlib
import os
import time
from typing import TYPE_CHECKING

import pytest

from app.store.attachments import Attachments, _not_written
from app.store.errors import DiskFull, LostAttachment, NotWritable

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def attachments(tmp_path: Path) -> Attachments:
    return Attachments(tmp_path / "attachments")


def files(attachments: Attachments) -> list[Path]:
    return [path for path in attachments.folder.rglob("*") if path.is_file()]


def test_the_same_bytes_are_kept_once_under_their_digest(attachments: Attachments) -> None:
    digest = attachments.add(b"pixels")
    assert digest == hashlib.sha256(b"pixels").hexdigest()
    assert attachments.add(b"pixels") == digest
    (path,) = files(attachments)
    assert path == attachments.folder / digest[:2] / digest[2:]
    assert attachments.read(digest) == b"pixels"
    assert path.stat().st_mode & 0o077 == 0
    assert attachments.folder.stat().st_mode & 0o077 == 0


def test_a_missing_file_is_lost(attachments: Attachments) -> None:
    with pytest.raises(LostAttachment, match="missing"):
        attachments.read("a" * 64)


@pytest.mark.parametrize("digest", ["", "../../etc/passwd", "A" * 64, "a" * 63 + "/"])
def test_a_name_that_is_no_digest_leads_nowhere(attachments: Attachments, digest: str) -> None:
    with pytest.raises(LostAttachment, match="name"):
        attachments.read(digest)
    attachments.remove([digest])


def test_a_damaged_file_is_lost_and_mended_by_adding_it_again(attachments: Attachments) -> None:
    digest = attachments.add(b"pixels")
    (path,) = files(attachments)
    path.write_bytes(b"pixelz")
    with pytest.raises(LostAttachment, match="damaged"):
        attachments.read(digest)
    attachments.add(b"pixels")
    assert attachments.read(digest) == b"pixels"


def test_a_file_that_cannot_be_read_is_lost(attachments: Attachments) -> None:
    digest = hashlib.sha256(b"x").hexdigest()
    (attachments.folder / digest[:2] / digest[2:]).mkdir(parents=True)
    with pytest.raises(LostAttachment, match="cannot be read"):
        attachments.read(digest)


def test_removing_twice_is_no_fault(attachments: Attachments) -> None:
    digest = attachments.add(b"pixels")
    attachments.remove([digest])
    attachments.remove([digest])
    assert files(attachments) == []


def test_the_sweep_spares_what_is_needed_young_or_foreign(attachments: Attachments) -> None:
    needed, unneeded, young = (attachments.add(data) for data in (b"a", b"b", b"c"))
    old = time.time() - 7200
    leftover = attachments.folder / needed[:2] / ".cut off.tmp"
    leftover.write_bytes(b"half")
    foreign = attachments.folder / needed[:2] / "notes.txt"
    foreign.write_bytes(b"a person's own")
    for path in files(attachments):
        if path.name != young[2:]:
            os.utime(path, (old, old))
    assert attachments.sweep({needed}) == 2
    assert {path.name for path in files(attachments)} == {needed[2:], young[2:], "notes.txt"}
    assert unneeded not in {needed, young}


def test_what_is_added_again_is_young_again(attachments: Attachments) -> None:
    digest = attachments.add(b"pixels")
    (path,) = files(attachments)
    os.utime(path, (1, 1))
    attachments.add(b"pixels")
    assert attachments.sweep(set()) == 0
    assert attachments.read(digest) == b"pixels"


def test_sweeping_before_there_is_a_folder(attachments: Attachments) -> None:
    assert attachments.sweep(set()) == 0


def test_a_folder_in_the_way_is_told(tmp_path: Path) -> None:
    (tmp_path / "attachments").write_bytes(b"a file of that name")
    with pytest.raises(NotWritable) as caught:
        Attachments(tmp_path / "attachments").add(b"pixels")
    assert "permissions" in caught.value.sentence


def test_why_it_was_not_written(tmp_path: Path) -> None:
    assert isinstance(_not_written(OSError(28, "no room"), tmp_path), DiskFull)
    assert isinstance(_not_written(None, tmp_path), NotWritable)
