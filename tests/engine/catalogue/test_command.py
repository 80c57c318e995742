"""`tanka models`: fetched from a hub on this machine, imported, checked, removed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from engine.cli import main

if TYPE_CHECKING:
    from collections.abc import Callable

    from hub_server import Hub

NAME = "makers/tiny"


@pytest.fixture
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys) -> Callable:
    monkeypatch.setenv("TANKA_HOME", str(tmp_path / "home"))

    def run(*argv: object) -> tuple[int, str, str]:
        code = main(["models", *map(str, argv)])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return run


@pytest.fixture
def asked(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> Hub:
    monkeypatch.setenv("HF_ENDPOINT", hub.endpoint)
    return hub


def test_the_list_is_told_to_people_and_to_programs(models) -> None:
    code, out, _ = models("list")
    assert code == 0
    assert "Qwen3.5 4B" in out
    code, out, _ = models("list", "--json")
    told = json.loads(out)
    assert code == 0
    assert told["here"] == []
    assert len(told["catalogue"]["models"]) >= 8


def test_a_fit_is_told_for_each_length(models) -> None:
    code, out, _ = models("fit", "qwen3.5-4b", "--json")
    assert code == 0
    told = json.loads(out)["fits"]
    assert [fit["tokens"] for fit in told] == [8_000, 32_000, 64_000, 200_000]
    assert models("fit", "qwen3.5-4b")[0] == 0


def test_what_nobody_knows_is_a_bad_question(models) -> None:
    for verb in ("show", "fit", "verify", "remove"):
        code, out, err = models(verb, "no-such-model")
        assert code == 2, verb
        assert out == ""
        assert "no-such-model" in err


def test_a_repository_is_fetched_checked_and_removed(models, asked: Hub) -> None:
    code, out, _ = models("download", NAME, "--json")
    assert code == 0
    model = json.loads(out)
    assert model["repository"] == NAME
    assert model["commit"] == asked.repositories[NAME].commit
    assert json.loads(models("list", "--json")[1])["here"][0]["id"] == model["id"]
    assert models("verify", model["id"])[0] == 0
    assert models("fit", model["id"])[0] == 0
    code, out, _ = models("remove", model["id"], "--json")
    assert code == 0
    assert json.loads(out)["freed_bytes"] > 0
    assert json.loads(models("list", "--json")[1])["here"] == []


def test_a_download_that_fails_says_so(models, asked: Hub) -> None:
    asked.repositories.clear()
    code, out, err = models("download", NAME)
    assert code not in (0, 2)
    assert out == ""
    assert "Traceback" not in err
    assert err


def test_a_licence_is_read_first(models, asked: Hub) -> None:
    code, _, err = models("download", "gemma-3-4b")
    assert code == 2
    assert "--accept-licence" in err
    assert not asked.requests


def test_a_folder_is_imported_where_it_is(models, checkpoint: Path) -> None:
    code, out, _ = models("import", checkpoint, "--json")
    assert code == 0
    assert json.loads(out)["folder"] == str(checkpoint.resolve())
    assert models("import", checkpoint.parent)[0] == 2


def test_damage_is_found(models, checkpoint: Path) -> None:
    _, out, _ = models("import", checkpoint, "--copy", "--json")
    model = json.loads(out)
    weights = Path(model["folder"]) / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1] + b"\xff")
    code, _, err = models("verify", model["id"])
    assert code not in (0, 2)
    assert "does not match its checksum: model.safetensors" in err
