"""The command line: answers on stdout, everything else on stderr, and exit codes that mean it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tiny_checkpoints import build_qwen3_5

from engine import network
from engine.cli import exit_code, main
from engine.settings import Settings, save_settings, settings_path

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture
def ask(lfm2_folder: Path, capsys) -> Callable[..., tuple[int, str, str]]:
    def run(*argv: object) -> tuple[int, str, str]:
        code = main(["ask", "--model", str(lfm2_folder), *map(str, argv)])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return run


def test_an_answer_goes_to_stdout_alone(ask) -> None:
    code, out, err = ask("--max-tokens", 5, "Hello?")
    assert code == 0
    assert out.endswith("\n")
    assert err == ""


def test_json_has_every_field(ask) -> None:
    code, out, _ = ask("--json", "--max-tokens", 7, "Hello?")
    assert code == 0
    turn = json.loads(out)
    assert set(turn) == {"text", "finish_reason", "usage", "timings", "drafts"}
    assert turn["finish_reason"] == "length"
    assert set(turn["usage"]) >= {
        "prompt_tokens",
        "reused_tokens",
        "completion_tokens",
        "image_tokens",
    }
    assert set(turn["timings"]) >= {"ttft_s", "prefill_tok_s", "decode_tok_s"}
    assert turn["usage"]["completion_tokens"] == 7
    assert turn["timings"]["ttft_s"] > 0
    drafts = turn["drafts"]
    assert 1 <= drafts["forwards"] + drafts["accepted"] <= 7
    assert sum(drafts["by"].values()) == drafts["accepted"] <= drafts["proposed"]


def test_streamed_text_is_the_whole_text(ask) -> None:
    _, plain, _ = ask("--max-tokens", 20, "Hello?")
    _, as_json, _ = ask("--json", "--max-tokens", 20, "Hello?")
    assert plain == json.loads(as_json)["text"] + "\n"


def test_further_questions_reuse_the_conversation(ask, make_files) -> None:
    code, out, _ = ask(
        *("--json", "--max-tokens", 4, "--image", make_files.png("a.png")),
        *("--document", make_files.pdf("b.pdf", ["Total 12"])),
        *("--then", "And?", "--then", "Then?", "First?"),
    )
    assert code == 0
    turns = [json.loads(line) for line in out.splitlines()]
    assert len(turns) == 3
    assert turns[0]["usage"]["reused_tokens"] == 0
    for before, after in pairwise(turns):
        kept = before["usage"]["prompt_tokens"] + before["usage"]["completion_tokens"] - 1
        assert after["usage"]["reused_tokens"] == kept
    assert turns[0]["usage"]["image_tokens"] == turns[2]["usage"]["image_tokens"] > 0


def test_a_seed_repeats_a_sampled_answer(ask) -> None:
    sampled = ("--temperature", 1.3, "--seed", 5, "--max-tokens", 12, "Hello?")
    assert ask(*sampled) == ask(*sampled)


def test_bad_files_end_with_2_and_a_sentence(ask, make_files) -> None:
    for option, path, word in (
        ("--image", make_files.text("notes.png", "plain words"), "notes.png"),
        ("--image", make_files.truncated_png("cut.png"), "cut.png"),
        ("--image", make_files.huge_png("huge.png"), "huge.png"),
        ("--document", make_files.empty_pdf("empty.pdf"), "empty.pdf"),
        ("--document", make_files.damaged_pdf("broken.pdf"), "broken.pdf"),
        ("--document", make_files.encrypted_pdf("locked.pdf", ["x"]), "locked.pdf"),
        ("--document", make_files.folder / "missing.pdf", "missing.pdf"),
        ("--image", make_files.pdf("doc.pdf", ["words"]), "--document"),
        ("--document", make_files.png("picture.png"), "--image"),
    ):
        code, out, err = ask(option, path, "What is this?")
        assert (code, out) == (2, ""), path
        assert err.startswith("tanka: ")
        assert word in err
        assert err.count("\n") == 1


def test_a_question_longer_than_the_context_ends_with_2(ask) -> None:
    code, out, err = ask("x" * 6000)
    assert (code, out) == (2, "")
    assert "more than the 2,048" in err


def test_a_model_that_is_none_ends_with_3(tmp_path: Path, capsys) -> None:
    assert main(["ask", "--model", str(tmp_path), "Hello?"]) == 3
    assert "config.json is missing" in capsys.readouterr().err


@pytest.mark.parametrize(
    "argv",
    [
        ["ask"],
        ["ask", "--no-such-option", "x"],
        ["nonsense"],
        ["ask", "--temperature", "-1", "x"],
        ["ask", "--max-tokens", "0", "x"],
        ["ask", "--weights", "int3", "x"],
        ["bench", "--suite", "nonsense"],
        ["bench", "--suite", "gui"],
        ["eval", "--tasks", "nonsense"],
        ["eval", "--tasks", "document,documnets"],
        ["ask", "--seed", "99999999999999999999", "x"],
        ["ask", "--seed", "-1", "x"],
    ],
)
def test_bad_arguments_end_with_2(argv: list[str], capsys) -> None:
    assert main(argv) == 2
    assert capsys.readouterr().err


def test_faults_of_the_engine_end_with_4() -> None:
    from engine.api import errors

    assert exit_code(errors.TurnFault("x")) == 4
    assert exit_code(errors.OutOfMemory("x")) == 4
    assert exit_code(errors.EngineStopped("x")) == 4


def test_doctor_tells_what_runs(lfm2_folder: Path, capsys, tmp_path: Path) -> None:
    assert main(["doctor", "--model", str(lfm2_folder), "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert facts["family"] == "LFM2-VL"
    assert facts["weights"] == "int4pack"
    assert "Measured here:" in facts["why"]
    assert facts["decode_tok_s"] > 0
    assert main(["doctor", "--model", str(tmp_path), "--json"]) == 3
    assert "config.json" in json.loads(capsys.readouterr().out)["problem"]
    assert main(["doctor", "--model", str(lfm2_folder)]) == 0
    assert "LFM2-VL" in capsys.readouterr().out


def test_eval_measures_any_model(lfm2_folder: Path, capsys) -> None:
    argv = ["eval", "--model", str(lfm2_folder), "--tasks", "dialogue", "--limit", "2", "--json"]
    assert main(argv) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["weights"] == "int4pack"
    assert report["tasks"][0]["task"] == "dialogue"
    assert report["tasks"][0]["n"] >= 2
    assert report["tasks"][0]["low"] <= report["tasks"][0]["accuracy"]


def test_the_module_runs_as_a_program_and_an_interrupt_ends_with_130(lfm2_folder: Path) -> None:
    argv = [sys.executable, "-m", "engine", "ask", "--model", str(lfm2_folder), "Hello?"]
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(argv, stdout=subprocess.PIPE, env=environment) as program:
        assert program.stdout is not None
        assert program.stdout.read(1)  # it is answering
        program.send_signal(signal.SIGINT)
        assert program.wait(timeout=30) == 130


def test_a_path_is_printed_as_it_is(capsys) -> None:
    assert main(["doctor", "--model", "/no/[/b]/such"]) == 3
    assert "[/b]" in capsys.readouterr().out.replace("\n", "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="Linux has a disk that is always full")
def test_output_that_cannot_be_written_is_said(lfm2_folder: Path) -> None:
    argv = [sys.executable, "-m", "engine", "ask", "--model", str(lfm2_folder), "Hello?"]
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(argv, stdout=full, stderr=subprocess.PIPE, text=True, timeout=60)
    assert done.returncode == 4
    assert "cannot be written" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_reader_that_has_had_enough_is_no_fault(lfm2_folder: Path) -> None:
    argv = [sys.executable, "-m", "engine", "ask", "--model", str(lfm2_folder), "Hello?"]
    with subprocess.Popen(
        argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as program:
        assert program.stdout is not None
        program.stdout.read(1)
        program.stdout.close()
        assert program.stderr is not None
        assert "Traceback" not in program.stderr.read()
        assert program.wait(timeout=60) == 0


def test_help_answers_without_the_model_runtime() -> None:
    program = (
        "import sys; from engine.cli import main; main(['--help'])\n"
        "assert 'torch' not in sys.modules and 'transformers' not in sys.modules"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True, timeout=60
    )
    for command in ("ask", "eval", "bench", "doctor"):
        assert command in done.stdout


def doctor_network(capsys, *argv: str) -> dict[str, object]:
    assert main(["doctor", "--network", "--json", *argv]) == 0
    return json.loads(capsys.readouterr().out)


def test_the_doctor_tells_what_may_connect_and_what_has(capsys) -> None:
    told = doctor_network(capsys)
    assert (told["offline"], told["connections"]) == (False, [])
    network.require("models.example", "Download of a model").count(received=2_000)
    (connection,) = doctor_network(capsys)["connections"]
    assert connection["host"] == "models.example"
    assert connection["reason"] == "Download of a model"
    assert connection["received"] == 2_000
    assert main(["doctor", "--network"]) == 0
    shown = capsys.readouterr().out
    assert "models.example" in shown
    assert "2,000 bytes" in shown


def test_without_a_connection_the_doctor_says_so(capsys) -> None:
    assert main(["doctor", "--network"]) == 0
    assert "No connection was ever made." in capsys.readouterr().out


@pytest.mark.parametrize("how", ["option", "settings"])
def test_offline_holds_for_every_command(how: str, capsys) -> None:
    try:
        if how == "settings":
            save_settings(settings_path(), Settings(offline=True))
        told = doctor_network(capsys, *(["--offline"] if how == "option" else []))
        assert told["offline"] is True
        assert network.is_offline()
    finally:
        network.go_online()


def test_a_thought_is_not_part_of_the_answer(tmp_path: Path, capsys) -> None:
    """A random model never ends the thought that its prompt has opened."""
    folder = build_qwen3_5(tmp_path / "thinking")

    def run(*argv: str) -> tuple[str, str]:
        asked = ("ask", "--model", str(folder), "--max-tokens", "20", *argv, "Hello?")
        assert main(list(asked)) == 0
        captured = capsys.readouterr()
        return captured.out, captured.err

    assert run() == ("\n", "")
    turn = json.loads(run("--json")[0])
    assert turn["text"] == ""
    assert turn["reasoning"]
    out, err = run("--show-thinking")
    assert (out, err) == ("\n", turn["reasoning"] + "\n\n")
    out, err = run("--show-thinking", "--no-thinking")
    assert (len(out) > 1, err) == (True, "")
