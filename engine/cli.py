"""The command line: `tanka ask / eval / bench / doctor / models`, also as `python -m engine …`.

Only declarations and exit codes live here; each command's work is in a module of its own, imported
when it is asked for, so that `--help` answers at once.
"""

from __future__ import annotations

import logging
import sys
from importlib.metadata import version as package_version
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from engine.api.errors import (
    BadRequest,
    ContextTooLong,
    EngineError,
    ModelNotUsable,
    UnreadableFile,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.bench.run import Suite

EXIT_DONE = 0
EXIT_BAD_INPUT = 2
EXIT_MODEL = 3
EXIT_ENGINE = 4
EXIT_INTERRUPTED = 130

COMMANDS = ("ask", "eval", "bench", "doctor", "models")

app = typer.Typer(
    name="tanka",
    help="Ask a model on this machine about pictures and documents. Nothing leaves the machine.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

Model = Annotated[
    Path | None, typer.Option("--model", help="Checkpoint folder; default: the starter model.")
]
Weights = Annotated[
    Literal["bnb_nf4", "int4pack", "full"] | None,
    typer.Option("--weights", help="How weights are kept; default: what suits this machine."),
]
Kv = Annotated[
    Literal["full", "int8"] | None,
    typer.Option("--kv", help="How what was read is kept; default: in full while it fits."),
]
Context = Annotated[
    int | None, typer.Option("--context", min=1, help="So many tokens are wanted at once.")
]
Offline = Annotated[
    bool, typer.Option("--offline", help="Refuse every connection, whoever asks for one.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def _settle(offline: bool) -> None:
    """Be offline where the command or the settings say so."""
    from engine import network
    from engine.settings import load_settings, settings_path

    if offline or load_settings(settings_path()).settings.offline:
        network.go_offline()


@app.command()
def ask(
    question: Annotated[str, typer.Argument(help="The question.")],
    image: Annotated[list[Path] | None, typer.Option("--image", help="A picture.")] = None,
    document: Annotated[
        list[Path] | None, typer.Option("--document", help="A PDF or text file.")
    ] = None,
    then: Annotated[
        list[str] | None, typer.Option("--then", help="A further question, asked afterwards.")
    ] = None,
    model: Model = None,
    weights: Weights = None,
    kv: Kv = None,
    max_tokens: Annotated[
        int | None, typer.Option("--max-tokens", help="The longest answer, in tokens.")
    ] = None,
    temperature: Annotated[
        float, typer.Option("--temperature", help="0 always takes the likeliest token.")
    ] = 0.0,
    seed: Annotated[int | None, typer.Option("--seed", help="Repeats a sampled answer.")] = None,
    thinking: Annotated[
        bool | None,
        typer.Option("--thinking/--no-thinking", help="Default: as the model does by itself."),
    ] = None,
    show_thinking: Annotated[
        bool, typer.Option("--show-thinking", help="Print thoughts to standard error.")
    ] = False,
    as_json: AsJson = False,
    offline: Offline = False,
) -> None:
    """Ask about pictures and documents; the answer streams to standard output."""
    _settle(offline)
    from engine import ask as asking
    from engine.api.requests import Limits, SamplingParams
    from engine.settings import load_settings, settings_path

    kept = load_settings(settings_path())
    if kept.problem is not None:
        print(kept.problem.sentence, file=sys.stderr)
    options = asking.AskOptions(
        questions=(question, *(then or ())),
        images=image or (),
        documents=document or (),
        model=model,
        weights=weights,
        kv=kv,
        sampling=SamplingParams(temperature=temperature, seed=seed),
        limits=Limits(max_tokens=max_tokens),
        as_json=as_json,
        resume_bytes=kept.settings.resume_bytes(),
        thinking=thinking,
        show_thinking=show_thinking,
    )
    asking.ask(options, sys.stdout, sys.stderr)


@app.command("eval")
def evaluate(
    model: Model = None,
    weights: Weights = None,
    kv: Kv = None,
    tasks: Annotated[
        str | None,
        typer.Option("--tasks", help="Tasks or families, comma-separated; default: all."),
    ] = None,
    limit: Annotated[
        int | None, typer.Option("--limit", min=1, help="At most this many items a task.")
    ] = None,
    examples: Annotated[
        int, typer.Option("--examples", min=0, help="Show so many wrong answers of each task.")
    ] = 0,
    save: Annotated[
        Path | None, typer.Option("--save", help="Keep the run in a JSON file, to compare with.")
    ] = None,
    against: Annotated[
        Path | None, typer.Option("--against", help="A saved run to compare with afterwards.")
    ] = None,
    compare: Annotated[
        tuple[Path, Path] | None,
        typer.Option("--compare", help="Compare two saved runs; no model is loaded."),
    ] = None,
    chart: Annotated[
        Path | None, typer.Option("--chart", help="Draw a bar chart: a .png or .svg file.")
    ] = None,
    as_json: AsJson = False,
    offline: Offline = False,
) -> None:
    """Measure how often a model answers rightly, on items it has never seen."""
    _settle(offline)
    from engine.evaluation.command import EvalOptions, compare_files, run_evaluation

    names = tuple(name.strip() for name in tasks.split(",")) if tasks else None
    options = EvalOptions(
        model, weights, names, limit, save, against, chart, examples, kv, as_json=as_json
    )
    if compare is None:
        run_evaluation(options)
    elif options == EvalOptions(chart=chart, as_json=as_json):
        compare_files(*compare, chart, as_json=as_json)
    else:
        raise BadRequest("--compare asks no model: beside it only --chart and --json can stand.")


@app.command()
def bench(
    context: typer.Context,
    suite: Annotated[
        str | None, typer.Option("--suite", help="Comma-separated; default: all.")
    ] = None,
    as_json: AsJson = False,
    check: Annotated[
        bool, typer.Option("--check", help="Exit with 1 where a bar is missed.")
    ] = False,
    offline: Offline = False,
) -> None:
    """Measure this machine; figures are ratios taken within one run."""
    _settle(offline)
    from engine.bench.run import run_suites

    names = tuple(name.strip() for name in suite.split(",")) if suite else None
    if not run_suites(names, as_json=as_json, extra_suites=context.obj) and check:
        raise typer.Exit(1)


@app.command()
def doctor(
    model: Model = None,
    weights: Weights = None,
    kv: Kv = None,
    context: Context = None,
    network: Annotated[
        bool,
        typer.Option("--network", help="Say what may connect and what has; no model is loaded."),
    ] = False,
    as_json: AsJson = False,
    offline: Offline = False,
) -> None:
    """Say what this machine is, what the model will run on, and what is wrong, if anything."""
    _settle(offline)
    from engine.doctor import run_doctor, run_network_doctor

    if network:
        run_network_doctor(as_json=as_json)
    elif not run_doctor(model, weights, kv, context, as_json=as_json):
        raise typer.Exit(EXIT_MODEL)


models = typer.Typer(
    name="models", help="See, fetch, check and remove models.", no_args_is_help=True
)
app.add_typer(models)
Named = Annotated[str, typer.Argument(help="Id, name or repository, as `list` shows them.")]


@models.command("list")
def list_models(as_json: AsJson = False) -> None:
    """What is on this computer, and the list of known models."""
    from engine.catalogue import command

    command.list_models(as_json=as_json)


@models.command("show")
def show_model(name: Named, as_json: AsJson = False) -> None:
    """All that is known of a model, and where each fact is from."""
    from engine.catalogue import command

    command.show_model(name, as_json=as_json)


@models.command("fit")
def fit_model(name: Named, as_json: AsJson = False) -> None:
    """Whether a model fits this machine, with contexts of 8k to 200k tokens."""
    from engine.catalogue import command

    command.fit_model(name, as_json=as_json)


@models.command("recommend")
def recommend_model(as_json: AsJson = False) -> None:
    """The model that this machine would be offered first."""
    from engine.catalogue import command

    command.recommend(as_json=as_json)


@models.command("download")
def download_model(
    name: Named,
    whole: Annotated[
        bool, typer.Option("--whole", help="The published weights, not packed ones.")
    ] = False,
    accept: Annotated[
        bool, typer.Option("--accept-licence", help="You have read its licence and accept it.")
    ] = False,
    as_json: AsJson = False,
    offline: Offline = False,
) -> None:
    """Fetch a model, or take up a download that was broken off."""
    _settle(offline)
    from engine.catalogue import command

    command.download_model(name, whole=whole, accept=accept, as_json=as_json)


@models.command("import")
def import_model(
    folder: Annotated[Path, typer.Argument(help="A checkpoint folder.")],
    copy: Annotated[bool, typer.Option("--copy", help="Copy it; else it is used there.")] = False,
    as_json: AsJson = False,
) -> None:
    """Take a folder with a model into the list."""
    from engine.catalogue import command

    command.import_model(folder, copy=copy, as_json=as_json)


@models.command("verify")
def verify_model(name: Named, as_json: AsJson = False) -> None:
    """Compare every file with its checksum."""
    from engine.catalogue import command

    command.verify_model(name, as_json=as_json)


@models.command("remove")
def remove_model(name: Named, as_json: AsJson = False) -> None:
    """Remove a model; one that is used in place stays where it is."""
    from engine.catalogue import command

    command.remove_model(name, as_json=as_json)


def _show_version(wanted: bool) -> None:
    if wanted:
        print(f"tanka {package_version('tanka')}")
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[
        bool,
        typer.Option("--version", help="Print the version.", callback=_show_version, is_eager=True),
    ] = False,
) -> None:
    """Ask a model on this machine about pictures and documents. Nothing leaves the machine.

    Without a command, or with files, `tanka` opens the window.
    """


def main(argv: list[str], extra_suites: Mapping[str, Suite] | None = None) -> int:
    """Run the command line `argv`; returns the exit code.

    `extra_suites` are benchmarks from above this layer: those that need the window.
    """
    from engine import network

    network.start()
    _settle_output()
    try:
        result = app(args=argv, prog_name="tanka", standalone_mode=False, obj=extra_suites)
    except typer.TyperException as error:
        print(f"tanka: {error.format_message()} See tanka --help.", file=sys.stderr)
        return EXIT_BAD_INPUT
    except EngineError as error:
        print(f"tanka: {error.sentence}", file=sys.stderr)
        return exit_code(error)
    except (KeyboardInterrupt, typer.Abort):
        print(file=sys.stderr)
        return EXIT_INTERRUPTED
    except SystemExit:
        # typer ends the program by itself in one case only: whoever read has had enough.
        return EXIT_DONE
    except OSError as error:
        print(f"tanka: The output cannot be written: {error.strerror}.", file=sys.stderr)
        sys.stdout = None
        return EXIT_ENGINE
    return result if isinstance(result, int) else EXIT_DONE


def _settle_output() -> None:
    """Characters that a terminal cannot show become question marks, not faults."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")
    logging.basicConfig(level=logging.CRITICAL)


def exit_code(error: EngineError) -> int:
    """The exit code that stands for `error`."""
    match error:
        case BadRequest() | ContextTooLong() | UnreadableFile():
            return EXIT_BAD_INPUT
        case ModelNotUsable():
            return EXIT_MODEL
        case _:
            return EXIT_ENGINE
