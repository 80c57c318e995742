"""Settings: declared ranges, what is kept of them, and files that cannot be used."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict, ValidationError

from engine.api.requests import Limits, SamplingParams
from engine.atomic import FileNotWritten
from engine.settings import Settings, load_settings, save_settings, settings_path
from engine.settings_file import Loaded, load_file, save_file

if TYPE_CHECKING:
    from engine.settings_file import SettingsProblem


class Window(BaseModel):
    """Settings of somebody else, kept the same way."""

    model_config = ConfigDict(frozen=True)  # does not itself forbid unknown keys
    width: int = 900
    recent: tuple[Path, ...] = ()


def problem_of(loaded: Loaded[Settings]) -> SettingsProblem:
    assert loaded.settings == Settings()
    assert loaded.problem is not None
    return loaded.problem


def test_the_defaults_are_those_of_the_engine() -> None:
    settings = Settings()
    assert settings.sampling_params() == SamplingParams()
    assert settings.limits() == Limits(max_tokens=1024)
    assert (settings.model_folder, settings.weights) == (None, None)


def test_how_much_is_kept_for_the_next_start() -> None:
    assert Settings().resume_bytes() == 8_000_000_000
    assert Settings(warm_resume_gb=0.5).resume_bytes() == 500_000_000
    assert Settings(warm_resume=False).resume_bytes() == 0
    with pytest.raises(ValidationError):
        Settings(warm_resume_gb=0)


def test_what_is_saved_is_loaded() -> None:
    settings = Settings(
        model_folder=Path("/models/größer"),
        weights="bnb_nf4",
        max_tokens=None,
        temperature=0.7,
        top_k=40,
        top_p=0.9,
        min_p=0.05,
        repetition_penalty=1.1,
    )
    save_settings(settings_path(), settings)
    assert load_settings(settings_path()) == Loaded(settings)
    assert settings.sampling_params() == SamplingParams(0.7, 40, 0.9, 0.05, 1.1)
    assert settings.limits() == Limits(None)


def test_no_file_is_no_problem(tmp_path) -> None:
    assert load_settings(tmp_path / "settings.json") == Loaded(Settings())
    assert list(tmp_path.iterdir()) == []


def test_an_editor_may_leave_its_byte_order_mark(tmp_path) -> None:
    path = tmp_path / "settings.json"
    path.write_text('{"top_k": 5}', encoding="utf-8-sig")
    assert load_settings(path) == Loaded(Settings(top_k=5))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"\xff\xfe{}",
        b'{"temprature": 0.5}',
        b'{"temperature": "0.5"}',
        b'{"temperature": -1}',
        b'{"temperature": NaN}',
        b'{"top_p": 0}',
        b'{"min_p": 1}',
        b'{"top_k": 0}',
        b'{"max_tokens": 0}',
        b'{"max_tokens": 1.5}',
        b'{"weights": "gguf"}',
        b'{"model_folder": 3}',
        b'{"a":' * 5000,
    ],
)
def test_a_file_that_cannot_be_used_is_set_aside(tmp_path, content) -> None:
    path = tmp_path / "settings.json"
    path.write_bytes(content)
    problem = problem_of(load_settings(path))
    assert problem.kept_as == tmp_path / "settings.json.damaged-1"
    assert problem.kept_as.read_bytes() == content
    assert problem.sentence == (
        "settings.json cannot be used, so the default settings are in force. The file is kept as "
        "settings.json.damaged-1."
    )
    assert problem.details
    assert load_settings(path) == Loaded(Settings())


def test_what_was_set_aside_before_is_never_overwritten(tmp_path) -> None:
    path = tmp_path / "settings.json"
    for number in (1, 2, 3):
        path.write_text(f"damage {number}")
        assert problem_of(load_settings(path)).kept_as == Path(f"{path}.damaged-{number}")
    save_settings(path, Settings())
    kept = sorted(tmp_path.glob("*.damaged-*"))
    assert [file.read_text() for file in kept] == ["damage 1", "damage 2", "damage 3"]


def test_a_folder_in_the_files_place_is_left_there(tmp_path) -> None:
    path = tmp_path / "settings.json"
    path.mkdir()
    problem = problem_of(load_settings(path))
    assert problem.kept_as is None
    assert problem.sentence.endswith("so the default settings are in force.")
    assert list(tmp_path.iterdir()) == [path]
    with pytest.raises(FileNotWritten):
        save_settings(path, Settings())


def test_settings_are_values() -> None:
    with pytest.raises(ValidationError):
        Settings().temperature = 1.0
    with pytest.raises(ValidationError):
        Settings(temprature=1.0)


def test_any_model_is_kept_the_same_way(tmp_path) -> None:
    path = tmp_path / "window.json"
    window = Window(width=1200, recent=(Path("a"), Path("b")))
    save_file(path, window)
    assert load_file(path, Window) == Loaded(window)
    path.write_text(json.dumps({"width": 1200, "hieght": 3}))
    assert load_file(path, Window).settings == Window()
    assert Path(f"{path}.damaged-1").exists()


@pytest.mark.skipif(os.name != "posix", reason="names are bytes on POSIX only")
def test_a_folder_with_a_name_of_no_characters_cannot_be_saved(tmp_path) -> None:
    path = tmp_path / "settings.json"
    save_settings(path, Settings(top_k=3))
    with pytest.raises(FileNotWritten, match="Rename that folder"):
        save_settings(path, Settings(model_folder=Path("/models/\udce9")))
    assert load_settings(path) == Loaded(Settings(top_k=3))


anything = st.one_of(st.floats(), st.integers(-3, 2000), st.none())


@example({"temperature": 1e-7})
@given(st.fixed_dictionaries({}, optional={
    "temperature": anything, "top_k": anything, "top_p": anything, "min_p": anything,
    "repetition_penalty": anything, "max_tokens": anything,
}))  # fmt: skip
def test_settings_that_hold_make_a_request_that_holds(values) -> None:
    """The ranges are declared twice; here they are held together."""
    try:
        settings = Settings.model_validate(values, strict=True)
    except ValidationError:
        return
    settings.sampling_params()
    settings.limits()
