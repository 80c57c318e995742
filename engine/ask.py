"""`tanka ask`: questions about files, answered on standard output."""

from __future__ import annotations

import json
import time
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, TextIO

from engine.api.errors import UnreadableFile
from engine.api.events import Failed, Finished, ModelProgress, PrefillProgress, TextDelta
from engine.api.messages import DocumentPart, ImagePart, Message, assistant, user
from engine.api.requests import Generate, Limits, LoadModel, SamplingParams
from engine.client import EngineClient
from engine.dialogue import events_of, load
from engine.documents import read_attachment

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from engine.api.events import Event
    from engine.api.requests import KvName, WeightsName

# Progress that would flash by is not worth a line.
_SHOW_PROGRESS_AFTER_S = 0.4


@dataclass(frozen=True, slots=True)
class AskOptions:
    """What the command line said. `questions` are asked in turn, in one conversation.

    `resume_bytes` is that of `LoadModel`, `thinking` that of `Generate`. With `show_thinking` the
    thought before an answer is shown beside it.
    """

    questions: Sequence[str]
    images: Sequence[Path] = ()
    documents: Sequence[Path] = ()
    model: Path | None = None
    weights: WeightsName | None = None
    kv: KvName | None = None
    sampling: SamplingParams = SamplingParams()
    limits: Limits = Limits()
    as_json: bool = False
    resume_bytes: int | None = None
    thinking: bool | None = None
    show_thinking: bool = False


def ask(options: AskOptions, out: TextIO, err: TextIO) -> None:
    """Answer every question; answers go to `out`, progress and thoughts to `err`.

    Raises `EngineError`; what was answered before stands in `out`.
    """
    attachments = read_files(options.images, options.documents)
    client = EngineClient()
    progress = _Progress(err)
    try:
        model = LoadModel(
            options.model, options.weights, kv=options.kv, resume_bytes=options.resume_bytes
        )
        load(client, model, progress.show)
        messages: tuple[Message, ...] = ()
        for index, question in enumerate(options.questions):
            messages += (user(*(attachments if index == 0 else ()), question),)
            request = Generate(
                messages, options.sampling, options.limits, thinking=options.thinking
            )
            thoughts = _Thoughts(err if options.show_thinking else None)
            finished = _answer(client, request, options.as_json, out, progress, thoughts)
            messages += (assistant(finished.text),)
    finally:
        progress.clear()
        client.close()


def read_files(
    images: Sequence[Path], documents: Sequence[Path]
) -> tuple[ImagePart | DocumentPart, ...]:
    """Read the named files, pictures first. Raises `UnreadableFile`."""
    parts: list[ImagePart | DocumentPart] = []
    for path in images:
        part = read_attachment(path)
        if not isinstance(part, ImagePart):
            raise UnreadableFile(f"{path.name} is not a picture. Give it with --document instead.")
        parts.append(part)
    for path in documents:
        document = read_attachment(path)
        if not isinstance(document, DocumentPart):
            raise UnreadableFile(f"{path.name} is a picture. Give it with --image instead.")
        parts.append(document)
    return tuple(parts)


def _answer(
    client: EngineClient,
    request: Generate,
    as_json: bool,
    out: TextIO,
    progress: _Progress,
    thoughts: _Thoughts,
) -> Finished:
    answer = ""
    for event in events_of(client, request):
        match event:
            case TextDelta(text=text, part=part):
                progress.clear()
                if part != "answer":
                    thoughts.hear(text if part == "thought" else "")
                    continue
                thoughts.end()
                answer += text
                if not as_json:
                    print(text, end="", file=out, flush=True)
            case Failed(error=error):
                thoughts.end()
                raise error
            case Finished():
                progress.clear()
                thoughts.end()
                turn = turn_object(event, answer, thoughts.text)
                print(json.dumps(turn) if as_json else "", file=out, flush=True)
                return event
            case _:
                progress.show(event)
    raise AssertionError("a generate request ends with Finished or Failed")


def turn_object(event: Finished, answer: str, reasoning: str = "") -> dict[str, object]:
    """The object that `--json` prints for one turn: `answer` without the thought before it."""
    usage, timings = asdict(event.usage), asdict(event.timings)
    if not usage["reuse_note"]:
        del usage["reuse_note"]
    turn: dict[str, object] = {
        "text": answer,
        "finish_reason": event.reason,
        "usage": usage,
        "timings": timings,
    }
    if reasoning:
        turn["reasoning"] = reasoning
    if event.drafts is not None:
        turn["drafts"] = asdict(event.drafts) | {"by": dict(event.drafts.by)}
    return turn


class _Thoughts:
    """What a model thinks before one answer; shown on `err` if there is one, dim on terminals."""

    def __init__(self, err: TextIO | None) -> None:
        self._err = err
        self._dims = err is not None and err.isatty()
        self._open = False
        self.text = ""

    def hear(self, text: str) -> None:
        """Take in some more."""
        if not text:
            return
        self.text += text
        dim = "\x1b[2m" if self._dims and not self._open else ""
        self._print(f"{dim}{text}")
        self._open = True

    def end(self) -> None:
        """The answer follows, or nothing more."""
        if self._open:
            self._print("\x1b[0m\n\n" if self._dims else "\n\n")
            self._open = False

    def _print(self, text: str) -> None:
        if self._err is not None:
            print(text, end="", file=self._err, flush=True)


class _Progress:
    """One line of progress on a terminal, gone when the answer begins; silent elsewhere."""

    def __init__(self, err: TextIO) -> None:
        self._err = err
        self._live = err.isatty()
        self._shown = False
        self._since = time.perf_counter()

    def show(self, event: Event) -> None:
        """Show where things stand."""
        if not self._live or time.perf_counter() - self._since < _SHOW_PROGRESS_AFTER_S:
            return
        match event:
            case ModelProgress(step=step):
                self._line(f"{step}…")
            case PrefillProgress(done_tokens=done, total_tokens=total, left_s=left):
                rest = f", about {left:.0f} s left" if left is not None and left >= 1 else ""
                self._line(f"Reading {done:,} of {total:,} tokens{rest}…")

    def clear(self) -> None:
        """Take the line away."""
        if self._shown:
            print("\r\x1b[K", end="", file=self._err, flush=True)
            self._shown = False
        self._since = time.perf_counter()

    def _line(self, text: str) -> None:
        print(f"\r\x1b[K{text}", end="", file=self._err, flush=True)
        self._shown = True
