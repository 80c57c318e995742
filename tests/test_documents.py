"""The documentation's commands run, and its map is the tree's."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image, ImageDraw, ImageFont

ROOT = Path(__file__).parents[1]
SETTING_UP = ("venv", "pip install")


def commands(document: str) -> list[str]:
    text = (ROOT / document).read_text(encoding="utf-8")
    blocks = re.findall(r"```sh\n(.*?)```", text, flags=re.DOTALL)
    lines = [line for block in blocks for line in block.strip().splitlines()]
    return [line for line in lines if not any(word in line for word in SETTING_UP)]


def run(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    programs = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        shlex.split(command),
        cwd=folder,
        env={**os.environ, "PATH": programs},
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )


@pytest.mark.parametrize("command", commands("CONTRIBUTING.md"))
def test_contributing_commands_run(command: str) -> None:
    done = run(command, ROOT)
    assert done.returncode == 0, done.stdout + done.stderr


def test_training_commands_name_steps_and_options_that_there_are() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").replace("\\\n", " ")
    script = "packaging/starter/build.py"
    trained = re.findall(rf"^ *python {script} (?!--help)(.*)$", text, flags=re.MULTILINE)
    looped = re.findall(r"^for step in (.*); do$", text, flags=re.MULTILINE)
    done = run(f"python {script} --help", ROOT)
    choices = dict(re.findall(r"^ +(--[\w-]+)? ?\{([\w,]+)\}$", done.stdout, flags=re.MULTILINE))
    steps = {line.split()[0] for line in trained} - {"$step"}
    assert steps | set(" ".join(looped).split()) < set(choices[""].split(","))
    assert len(trained) > 5
    for line in trained:
        for option, value in re.findall(r"(--[\w-]+)(?: ([^-\s]\S*))?", line):
            assert re.search(rf"^ +{option}\b", done.stdout, flags=re.MULTILINE), line
            assert value in choices.get(option, value).split(","), line


@pytest.mark.parametrize("command", commands("README.md"))
def test_readme_commands_run(command: str, make_files) -> None:
    make_files.pdf("bill.pdf", ["Order number: KX-48213", "Total: 20 EUR"])
    picture = Image.new("RGB", (240, 48), "white")
    ImageDraw.Draw(picture).text((12, 14), "Harbour 12", "black", ImageFont.load_default(16))
    picture.save(make_files.folder / "label.png")
    command = command.replace("--limit 20", "--limit 2")  # the same path, in less time
    done = run(command, make_files.folder)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.strip()


@pytest.mark.parametrize("document", ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md"])
def test_links_lead_somewhere(document: str) -> None:
    text = (ROOT / document).read_text(encoding="utf-8")
    targets = re.findall(r"\]\(([^)#]+)\)", text)
    missing = [t for t in targets if "://" not in t and not (ROOT / t).exists()]
    assert not missing


def test_the_map_names_every_room() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    folders = {
        f"{path.parent.relative_to(ROOT).as_posix()}/"
        for layer in ("engine", "app")
        for path in (ROOT / layer).rglob("__init__.py")
    }
    assert {"engine/", "app/"} < folders
    assert not [folder for folder in folders - {"engine/"} if f"`{folder}`" not in text]
    modules = [path.name for path in (ROOT / "engine").glob("*.py") if path.name[0] != "_"]
    assert not [name for name in modules if f"{name}`" not in text and name not in text]


def test_every_dependency_has_its_reason() -> None:
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8").lower()
    reasons = text.partition("## dependencies")[2]
    names = re.findall(r'^  "([A-Za-z0-9-]+)==', project, flags=re.MULTILINE)
    assert len(names) > 20
    assert not [name for name in names if name.lower() not in reasons]


def test_nothing_shadows_the_library_called_packaging() -> None:
    assert not list((ROOT / "packaging").rglob("__init__.py"))


def test_the_tests_run_against_the_installed_package() -> None:
    import app
    import engine
    import resources

    for package in (app, engine, resources):
        assert package.__file__ is not None
        assert "site-packages" in package.__file__
