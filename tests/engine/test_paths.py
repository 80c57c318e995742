"""Folders: where they are, that one variable moves them all, and who may look inside."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from engine import paths
from engine.paths import FolderNotUsable

FOLDERS = (paths.config_dir, paths.data_dir, paths.cache_dir, paths.log_dir)
posix = pytest.mark.skipif(os.name != "posix", reason="permissions are POSIX ones")


def test_one_variable_moves_every_folder(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("TANKA_HOME", str(tmp_path / "portable"))
    folders = [folder() for folder in FOLDERS]
    assert sorted(folder.name for folder in folders) == ["cache", "config", "data", "logs"]
    assert all(folder.parent == tmp_path / "portable" and folder.is_dir() for folder in folders)
    assert folders == [folder() for folder in FOLDERS]


def test_the_home_may_be_relative_or_of_a_user(tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TANKA_HOME", "here")
    assert paths.data_dir() == tmp_path / "here" / "data"
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    monkeypatch.setenv("TANKA_HOME", "~/there")
    assert paths.data_dir() == tmp_path / "there" / "data"


@pytest.mark.skipif(os.name != "posix" or os.uname().sysname != "Linux", reason="XDG's folders")
@pytest.mark.parametrize("home", [None, ""])
def test_without_it_the_system_decides(tmp_path, monkeypatch, home) -> None:
    monkeypatch.delenv("TANKA_HOME")
    if home is not None:
        monkeypatch.setenv("TANKA_HOME", home)
    for variable in ("CONFIG", "DATA", "CACHE", "STATE"):
        monkeypatch.setenv(f"XDG_{variable}_HOME", str(tmp_path / variable))
    assert paths.config_dir() == tmp_path / "CONFIG" / "tanka"
    assert paths.data_dir() == tmp_path / "DATA" / "tanka"
    assert paths.cache_dir() == tmp_path / "CACHE" / "tanka"
    assert paths.log_dir().is_relative_to(tmp_path / "STATE" / "tanka")


@posix
def test_what_is_created_is_private_and_what_was_there_is_left_alone(tmp_path, monkeypatch) -> None:
    tmp_path.chmod(0o755)
    monkeypatch.setenv("TANKA_HOME", str(tmp_path / "new" / "home"))
    created = paths.data_dir()
    for folder in (created, created.parent, created.parent.parent):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o755


def test_a_home_that_cannot_be_is_said(tmp_path, monkeypatch) -> None:
    (tmp_path / "file").write_text("in the way")
    (tmp_path / "data").write_text("in the way")
    for home in (tmp_path / "file", tmp_path, Path("~nobody-of-that-name") / "x"):
        monkeypatch.setenv("TANKA_HOME", str(home))
        with pytest.raises(FolderNotUsable, match="TANKA_HOME") as caught:
            paths.data_dir()
        assert caught.value.details


def test_every_test_has_a_home_of_its_own(tmp_path_factory) -> None:
    assert paths.data_dir().is_relative_to(tmp_path_factory.getbasetemp())


def test_the_starter_model_is_a_resource() -> None:
    folder = paths.starter_model_dir()
    assert folder.name == "starter"
    assert (folder.parent / "__init__.py").is_file()
