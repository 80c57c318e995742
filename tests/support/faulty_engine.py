"""A program of its own that breaks the engine again and again, and says what became of it.

Run as `python -m faulty_engine FOLDER ROUNDS`, with a checkpoint for which the letter Z is no
number; with a third argument, what is computed is kept on disk too. It prints one JSON object. In a
process of its own, because it lowers its own limit of memory, and because what it measures is what
the process holds.
"""

from __future__ import annotations

import gc
import hashlib
import io
import json
import queue
import resource
import sys
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import psutil
from PIL import Image

from engine import (
    EngineClient,
    Event,
    Failed,
    Finished,
    Generate,
    ImagePart,
    Limits,
    LoadModel,
    Message,
    ModelProgress,
    PrefillProgress,
    TextDelta,
    UnloadModel,
    is_terminal,
    user,
)
from engine.cache.sealed_file import SealedReader
from engine.paths import resume_dir
from engine.worker import EngineWorker

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.inbox import EndOvertaken, Ticket, Work

QUESTION = (user("What is there?"),)
LONG = (user("Nothing but words. " * 600),)
DEADLY = "Stop the thread."
# Less than what attention takes for a chunk of a long prompt, more than Python needs to go on.
_KERNELS = 40
_TEXTS = 6
_PICTURES = (1, 2, 4, 8, 16, 32)
ROOM_BYTES = 2 * 2**20


class Mortal(EngineWorker):
    """The engine's worker, but for a question that ends its thread in the middle of the answer."""

    def begin(self, ticket: Ticket, end_overtaken: EndOvertaken) -> Work:
        with closing(super().begin(ticket, end_overtaken)) as work:
            for _ in work:
                if ticket.said and DEADLY in _asked(ticket):
                    raise SystemExit("the thread ends here")
                yield


def _asked(ticket: Ticket) -> str:
    return ticket.request.messages[-1].text if isinstance(ticket.request, Generate) else ""


@dataclass
class Asker:
    """Asks one thing after another; `folder` is what is loaded where nothing is."""

    client: EngineClient
    folder: Path
    keeps_bytes: int | None = None
    lengths: int = 40

    def ask(
        self,
        messages: tuple[Message, ...],
        hear: Callable[[Event], None] = lambda _: None,
        max_tokens: int = 5,
    ) -> Finished | Failed:
        events: queue.SimpleQueue[Event] = queue.SimpleQueue()

        def sink(event: Event) -> None:
            hear(event)
            events.put(event)

        self.client.submit(Generate(messages, limits=Limits(max_tokens)), sink)
        while not is_terminal(event := events.get(timeout=300)):
            pass
        assert isinstance(event, Finished | Failed), event
        return event

    def load(self) -> None:
        load = LoadModel(self.folder, "full", resume_bytes=self.keeps_bytes)
        assert self.client.submit(load, lambda _: None).wait(300)

    # Each of these ends in its own kind of fault.

    def no_memory_while_reading(self) -> Finished | Failed:
        return self.ask(LONG, _limited_from(PrefillProgress, ROOM_BYTES))

    def no_memory_while_speaking(self) -> Finished | Failed:
        """Sooner or later the cache is full and wants room for a quarter more tokens.

        It may find that in what was freed meanwhile; what is kept of each text leaves less.
        """
        for number in range(_TEXTS):
            prompt = (user(f"Nothing but word {number}. " * 160),)
            end = self.ask(prompt, _limited_from(TextDelta, 0), max_tokens=1500)
            if isinstance(end, Failed):
                break
        return end

    def no_memory_while_loading(self) -> Finished | Failed:
        """Where the new model does not fit, the old one stays."""
        heard = _limited_from(ModelProgress, ROOM_BYTES)
        ticket = self.client.submit(LoadModel(weights="full"), heard)
        assert ticket.wait(300)
        assert isinstance(ticket.end, Failed), ticket.end
        return ticket.end

    def no_memory_while_looking(self) -> Finished | Failed:
        """More and more pictures never seen before, until they find no room in what there is."""
        for count in _PICTURES:
            self.lengths += count
            pictures = [_noise(self.lengths + number) for number in range(count)]
            end = self.ask((user(*pictures, "?"),), _limited_from(PrefillProgress, 0))
            if isinstance(end, Failed):
                break
        return end

    def no_room_for_a_kernel(self) -> Finished | Failed:
        """Nothing of these lengths was read before, so convolutions are compiled for them.

        One may find room in what the process has but does not use; several do not.
        """
        for _ in range(_KERNELS):
            end = self.ask(self._new_length(), _limited_from(PrefillProgress, 0))
            if isinstance(end, Failed):
                break
        return end

    def _new_length(self) -> tuple[Message, ...]:
        self.lengths += 1
        return (user("?" * self.lengths),)

    def broken_arithmetic(self) -> Finished | Failed:
        return self.ask((user("From A to Z?"),))

    def exception_in_a_forward(self) -> Finished | Failed:
        worker = _only_worker()
        layer = worker._model.network.model.language_model.layers[-1]
        handle = None

        def hear(event: Event) -> None:
            nonlocal handle
            if isinstance(event, TextDelta) and handle is None:
                handle = layer.register_forward_pre_hook(_break)

        end = self.ask(QUESTION, hear)
        assert handle is not None
        handle.remove()
        return end

    def dead_thread(self) -> Finished | Failed:
        return self.ask((user(DEADLY),))

    def model_given_up(self) -> Finished | Failed:
        asked = []

        def hear(event: Event) -> None:
            if isinstance(event, TextDelta) and not asked:
                asked.append(self.client.submit(UnloadModel(), lambda _: None))

        end = self.ask(QUESTION, hear, max_tokens=200)
        assert asked[0].wait(60)
        self.load()
        return end


def _noise(seed: int) -> ImagePart:
    """A picture of as many patches as the model takes, other pixels for every seed."""
    data = io.BytesIO()
    Image.effect_noise((128, 128), 1 + seed).convert("RGB").save(data, "PNG")
    content = data.getvalue()
    return ImagePart("noise.png", hashlib.sha256(content).hexdigest(), 128, 128, content)


def _break(*_: object) -> None:
    raise ValueError("a part broke")


def _only_worker() -> EngineWorker:
    (worker,) = [o for o in gc.get_objects() if isinstance(o, EngineWorker) and o._model]
    return worker


def _limited_from(kind: type[Event], room_bytes: int) -> Callable[[Event], None]:
    """From the first event of `kind` to the end only `room_bytes` more are to be had."""

    def hear(event: Event) -> None:
        limit, hard = resource.getrlimit(resource.RLIMIT_DATA)
        if isinstance(event, kind) and limit == hard:
            resource.setrlimit(resource.RLIMIT_DATA, (_data_bytes() + room_bytes, hard))
        elif is_terminal(event):
            resource.setrlimit(resource.RLIMIT_DATA, (hard, hard))

    return hear


def _data_bytes() -> int:
    """What counts against the limit: memory that is the process's own and can be written."""
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    (line,) = [line for line in status.splitlines() if line.startswith("VmData:")]
    return int(line.split()[1]) * 1024


def main(folder: Path, rounds: int, keeps_bytes: int | None) -> dict[str, object]:
    """Break the engine `rounds` times in every way; what is held is measured after the first."""
    asker = Asker(EngineClient(Mortal), folder, keeps_bytes)
    asker.load()
    plain = asker.ask(QUESTION)
    assert isinstance(plain, Finished)
    ways = (
        asker.no_memory_while_reading,
        asker.no_memory_while_speaking,
        asker.no_memory_while_loading,
        asker.no_memory_while_looking,
        asker.no_room_for_a_kernel,
        asker.broken_arithmetic,
        asker.exception_in_a_forward,
        asker.dead_thread,
        asker.model_given_up,
    )
    faults = []
    held = []
    for _ in range(rounds):
        for way in ways:
            end = way()
            after, new = asker.ask(QUESTION), asker.ask(asker._new_length())
            faults.append(
                {
                    "way": way.__name__,
                    "error": type(getattr(end, "error", None)).__name__,
                    "details": getattr(getattr(end, "error", None), "details", ""),
                    "said": end.text,
                    "next_is_right": after.text == plain.text and isinstance(new, Finished),
                }
            )
        gc.collect()
        resident = psutil.Process().memory_info().rss
        held.append({"bytes": resident, "objects": len(gc.get_objects())})
    assert asker.client.close()
    return {"faults": faults, "held": held, "files": _read_all(), "said": plain.text}


def _read_all() -> int:
    """How many files are kept; each must be whole."""
    files = [path for path in resume_dir().rglob("*") if path.is_file()]
    for path in files:
        SealedReader().read(path)
    return len(files)


if __name__ == "__main__":
    most = 2**30 if sys.argv[3:] else None
    sys.stdout.write(json.dumps(main(Path(sys.argv[1]), int(sys.argv[2]), most)))
