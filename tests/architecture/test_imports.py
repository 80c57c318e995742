"""Who may load what, and when: proved in fresh processes, where nothing was imported before."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

RUNTIME = ("torch", "transformers", "bitsandbytes", "optimum", "accelerate")


def loaded_after(program: str) -> set[str]:
    """The top-level packages that a fresh process holds after `program`."""
    program += "\nimport sys\nprint(*{name.partition('.')[0] for name in sys.modules})"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=120, check=True
    )
    return set(done.stdout.splitlines()[-1].split())


def test_the_engine_can_be_imported_without_runtime_and_window() -> None:
    loaded = loaded_after(
        "import engine, engine.documents, engine.machine, engine.settings, engine.model.plan"
    )
    assert "engine" in loaded
    assert loaded.isdisjoint({*RUNTIME, "PySide6", "qasync", "app"})


def test_a_model_can_be_planned_and_fetched_without_the_runtime() -> None:
    loaded = loaded_after(
        "import engine.catalogue.command, engine.catalogue.child\n"
        "from engine.catalogue.entries import catalogue\n"
        "from engine.catalogue.fit import fit_entry, place_of\n"
        "from engine.machine import read_machine\n"
        "place = place_of(read_machine())\n"
        "assert all(fit_entry(entry, place, 8000).needed_bytes for entry in catalogue().models)"
    )
    assert "engine" in loaded
    assert loaded.isdisjoint({*RUNTIME, "PySide6", "app", "huggingface_hub", "httpx2"})


def test_the_application_can_be_imported_without_the_runtime() -> None:
    loaded = loaded_after("import app.startup")
    assert "PySide6" in loaded
    assert loaded.isdisjoint(RUNTIME)


def test_the_first_paint_waits_for_nothing_that_is_needed_later() -> None:
    later = {"pypdfium2", "PIL", "ziamath", "rich", "typer"}
    program = "import app.startup, sys\nassert 'PySide6.QtNetwork' not in sys.modules"
    assert loaded_after(program).isdisjoint(later)


def test_the_program_can_be_imported_without_qt() -> None:
    assert loaded_after("import app.__main__").isdisjoint({*RUNTIME, "PySide6", "qasync"})


def test_the_store_can_be_imported_without_qt() -> None:
    loaded = loaded_after("import app.store, app.store.exchange, app.bench.store")
    assert loaded.isdisjoint({*RUNTIME, "PySide6", "qasync"})


WINDOW = """
import sys
from app import startup

def look(self):
    print([name for name in {runtime} if name in sys.modules])
    self.window.close()

startup.Program._start = look
startup.run()
"""


@pytest.mark.parametrize("platform", ["offscreen"])
def test_the_window_is_painted_before_the_runtime_is_loaded(platform: str, tmp_path) -> None:
    environment = os.environ | {"QT_QPA_PLATFORM": platform, "TANKA_HOME": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", WINDOW.replace("{runtime}", repr(RUNTIME))],
        env=environment, capture_output=True, text=True, timeout=120, check=True,
    )  # fmt: skip
    assert done.stdout.splitlines() == ["[]"]
