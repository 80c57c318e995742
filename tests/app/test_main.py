"""What the program's arguments mean, and what it says where no window can be opened."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from app.__main__ import COMMANDS, main, names_command
from app.about import app_version
from app.system_libraries import NO_DISPLAY, obstacle
from engine import network

if TYPE_CHECKING:
    from pathlib import Path


def run(*arguments: str, **changes: str | None) -> subprocess.CompletedProcess[str]:
    environment = {k: v for k, v in (os.environ | changes).items() if v is not None}
    command = [sys.executable, "-m", "app", *arguments]
    return subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=60, check=False
    )


def test_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    told = capsys.readouterr().out
    assert all(f"\n  {command} " in told for command in COMMANDS)


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert f"tanka {app_version()}" in capsys.readouterr().out


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_is_known_by_its_name(command: str) -> None:
    assert names_command([command, "--help"])


def test_offline_can_stand_before_a_command(capsys: pytest.CaptureFixture[str]) -> None:
    try:
        assert main(["--offline", "doctor", "--network", "--json"]) == 0
    finally:
        network.go_online()
    assert json.loads(capsys.readouterr().out)["offline"] is True


def test_nothing_and_files_are_no_command() -> None:
    assert not names_command([])
    assert not names_command(["report.pdf"])


def test_a_path_wins_over_a_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "ask").mkdir()
    assert names_command(["ask"]), "a bare name is the command, whatever lies in the folder"
    assert not names_command([f"ask{os.sep}"])
    assert not names_command([f".{os.sep}ask"])


def test_a_file_that_is_not_there(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["no such file.pdf"]) == 2
    assert "There is no file no such file.pdf." in capsys.readouterr().err


def test_an_unknown_option(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--fast"]) == 2
    assert "--fast" in capsys.readouterr().err


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="other systems have a display")
def test_without_a_display_the_command_line_is_named() -> None:
    done = run(DISPLAY=None, WAYLAND_DISPLAY=None, QT_QPA_PLATFORM=None)
    assert done.returncode == 2
    assert "no display" in done.stderr
    assert "tanka ask" in done.stderr


def test_commands_do_without_qt() -> None:
    program = (
        "import sys\n"
        "from app.__main__ import main\n"
        "try:\n"
        "    main(['ask', '--help'])\n"
        "except SystemExit:\n"
        "    pass\n"
        "print([m for m in sys.modules if m.partition('.')[0] in ('PySide6', 'qasync', 'torch')])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.rstrip().endswith("[]")


def test_other_systems_need_nothing() -> None:
    assert obstacle({}, lambda _: False, "darwin") == ""
    assert obstacle({}, lambda _: False, "win32") == ""


def test_a_display_and_all_libraries() -> None:
    assert obstacle({"DISPLAY": ":0"}, lambda _: True, "linux", lambda *_: True) == ""
    assert obstacle({}, lambda _: True, "linux", lambda *_: True) == NO_DISPLAY


def test_a_display_that_does_not_answer_is_named() -> None:
    asked: list[tuple[str, str]] = []

    def reached(variable: str, name: str) -> bool:
        asked.append((variable, name))
        return name == ":1"

    def told(**environment: str) -> str:
        return obstacle(environment, lambda _: True, "linux", reached)

    assert "(DISPLAY=:99 cannot be reached)" in told(DISPLAY=":99")
    assert told(DISPLAY=":1", WAYLAND_DISPLAY="gone") == ""
    assert "DISPLAY= cannot" in told(QT_QPA_PLATFORM="xcb")
    asked.clear()
    assert told(QT_QPA_PLATFORM="offscreen", DISPLAY=":99") == ""
    assert asked == []


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="other systems have a display")
@pytest.mark.parametrize("variable", ["DISPLAY", "WAYLAND_DISPLAY"])
def test_qt_is_not_left_to_abort_on_a_display_that_is_not_there(variable: str) -> None:
    gone = {"DISPLAY": None, "WAYLAND_DISPLAY": None, "QT_QPA_PLATFORM": None} | {variable: ":987"}
    done = run(**gone)
    assert done.returncode == 2
    assert f"{variable}=:987 cannot be reached" in done.stderr
    assert "tanka ask" in done.stderr


def test_missing_libraries_are_named_as_packages() -> None:
    def found(library: str) -> bool:
        return library not in ("libEGL.so.1", "libxcb-cursor.so.0")

    told = obstacle({"DISPLAY": ":0"}, found, "linux")
    assert told.endswith("sudo apt install libegl1 libxcb-cursor0")


def test_libraries_of_x11_are_not_asked_for_elsewhere() -> None:
    def found(library: str) -> bool:
        return "xcb" not in library

    assert obstacle({"QT_QPA_PLATFORM": "offscreen"}, found, "linux") == ""
    wayland = {"WAYLAND_DISPLAY": "wayland-0"}
    assert obstacle(wayland, found, "linux", lambda *_: True) == ""
    assert "libxcb" in obstacle({"DISPLAY": ":0"}, found, "linux")
