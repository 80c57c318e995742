"""The program `tanka`: the window, or a command of the engine's where one is named.

Commands run without a display and without Qt; nothing of Qt is imported before it is needed.
"""

from __future__ import annotations

import os
import sys
from multiprocessing import freeze_support
from pathlib import Path
from typing import TYPE_CHECKING

from app.about import app_version

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.bench.report import Row
    from engine.bench.run import Suite

EXIT_CANNOT_START = 2
COMMANDS = ("ask", "eval", "bench", "doctor", "models")

_USAGE = """\
Usage: tanka [FILE]...             open the window, with these files in a new question
       tanka COMMAND [ARGUMENT]... work on the command line, without a window

Commands:
  ask     ask questions about pictures and documents
  eval    measure a model on Tanka's own tasks
  bench   measure this machine
  doctor  say what this machine can do, and why not more
  models  see, fetch, check and remove models
`tanka COMMAND --help` tells more of each.

Options:
  --offline  refuse every connection to another machine until the window is closed
  --help     show this text
  --version  show the version"""


def main(argv: list[str] | None = None) -> int:
    """Run what the arguments ask for; the value returned is the exit status."""
    freeze_support()  # a download's process begins here too, where all is packed into one file
    arguments = sys.argv[1:] if argv is None else argv
    if arguments[:1] == ["--version"]:
        print(f"tanka {app_version()}")
        return 0
    if arguments[:1] in (["--help"], ["-h"]):
        print(_USAGE)
        return 0
    if arguments[:1] == ["--offline"] and names_command(arguments[1:]):
        arguments = [arguments[1], "--offline", *arguments[2:]]
    if names_command(arguments):
        from engine import cli

        return cli.main(arguments, _window_suites() if arguments[0] == "bench" else None)
    return _open_window(arguments)


def _window_suites() -> Mapping[str, Suite]:
    """The application's own benchmarks; its libraries are imported when one of them runs."""

    def gui() -> list[Row]:
        from app.bench.gui import run

        return run()

    def store() -> list[Row]:
        from app.bench.store import run

        return run()

    return {"gui": gui, "store": store}


def names_command(arguments: list[str]) -> bool:
    """Whether the first argument is a command. A path that exists and looks like one wins."""
    if not arguments or arguments[0] not in COMMANDS:
        return False
    return not _is_path(arguments[0])


def _is_path(argument: str) -> bool:
    separators = {os.sep, os.altsep} - {None}
    looks = bool(Path(argument).suffix) or any(s in argument for s in separators if s)
    return looks and Path(argument).exists()


def _open_window(arguments: list[str]) -> int:
    offline = "--offline" in arguments
    arguments = [a for a in arguments if a != "--offline"]
    unknown = [a for a in arguments if a.startswith("-") and not Path(a).exists()]
    missing = [a for a in arguments if not a.startswith("-") and not Path(a).exists()]
    if unknown:
        return _refuse(f"Tanka knows no option {unknown[0]}. `tanka --help` lists them.")
    if missing:
        return _refuse(f"There is no file {missing[0]}. `tanka --help` lists the commands.")
    from app.system_libraries import obstacle

    if reason := obstacle():
        return _refuse(reason)
    from app.single_instance import claim
    from engine import EngineError, network

    network.start(offline=offline)
    files = [Path(argument) for argument in arguments]
    try:
        place = claim(files, offline=network.is_offline())
    except EngineError as fault:
        return _refuse_visibly(fault.sentence)
    if place is None:
        return 0
    try:
        from app.startup import run
    except ImportError as fault:
        # A library that no table foresees; Qt is whole, the system is not.
        if "cannot open shared object file" not in str(fault):
            raise
        return _refuse(f"Tanka cannot open its window: this system lacks a library.\n{fault}")
    try:
        return run(files, place)
    finally:
        place.give_up()


def _refuse_visibly(sentence: str) -> int:
    """For what a person meets who has started Tanka from the desktop, without a terminal."""
    from app.ui.plain_notice import show_notice

    _refuse(sentence)
    show_notice(sentence)
    return EXIT_CANNOT_START


def _refuse(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return EXIT_CANNOT_START


if __name__ == "__main__":
    sys.exit(main())
