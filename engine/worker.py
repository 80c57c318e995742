"""The engine thread's work: take a request, carry it out, catch what goes wrong once."""

from __future__ import annotations

import logging
import os
import sys
import threading
import time
from typing import TYPE_CHECKING

import psutil
import torch
from transformers.utils import logging as transformers_logging

from engine.api.errors import EngineError, ModelNotUsable, OutOfMemory, TurnFault
from engine.api.events import (
    Failed,
    Finished,
    MemoryUse,
    ModelProgress,
    ModelReady,
    Timings,
    TokensCounted,
    Usage,
)
from engine.api.requests import CountTokens, Generate, LoadModel
from engine.cache.prefix_store import PrefixStore
from engine.decode.drafting import DraftSources
from engine.decode.sampler import NotANumber
from engine.model.device import settle_threads
from engine.model.loader import load_model
from engine.paths import starter_model_dir
from engine.prompt.render import render
from engine.prompt.transcripts import Transcripts
from engine.resume import Resume
from engine.turn import Turn

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.inbox import Inbox, Ticket
    from engine.model.loaded_model import LoadedModel

log = logging.getLogger(__name__)

STARTER_NAME = "Tanka starter"
# How much of the memory now available the kept prefixes may take.
_PREFIX_SHARE = 0.25


class EngineWorker:
    """Owns the loaded model and everything kept between turns. Lives on one thread."""

    def __init__(self) -> None:
        transformers_logging.set_verbosity_error()
        transformers_logging.disable_progress_bar()
        settle_threads()
        _lower_priority()
        # The window's thread gets the interpreter sooner while Python-bound decoding runs.
        sys.setswitchinterval(0.001)
        self._model: LoadedModel | None = None
        self._transcripts = Transcripts()
        self._prefixes: PrefixStore | None = None
        self._resume = Resume()
        self._sources = DraftSources()

    def handle(self, ticket: Ticket, inbox: Inbox) -> None:
        """Carry out one request, ending with its terminal event."""
        with self._resume.paused():
            self._handle(ticket, inbox)

    def _handle(self, ticket: Ticket, inbox: Inbox) -> None:
        if ticket.cancelled:
            ticket.emit(_cancelled(ticket))
            return
        match ticket.request:
            case LoadModel() as load:
                self._guard(ticket, lambda: self._load(load, ticket))
            case CountTokens() as count:
                self._guard(ticket, lambda: self._count(count, ticket))
            case Generate() as generate:
                self._generate(generate, ticket, inbox)

    def close(self) -> None:
        """Let go of the model and of every cache, once they are kept for the next start."""
        self._resume.close()
        self._model = self._prefixes = None
        self._transcripts = Transcripts()

    def _load(self, request: LoadModel, ticket: Ticket) -> None:
        def progress(step: str, loaded: int, total: int) -> None:
            if ticket.cancelled:
                raise _Cancelled
            ticket.emit(ModelProgress(request.request_id, step, loaded, total))

        folder = request.folder or starter_model_dir()
        name = STARTER_NAME if request.folder is None else request.folder.name
        model = load_model(folder, name, request.weights, progress)
        self._resume.finish()
        kept = self._resume.open(model, request.resume_bytes)
        self._model = model
        self._prefixes = PrefixStore(
            model.new_cache, _prefix_budget_bytes(model.info.device), kept.prefixes
        )
        self._transcripts = Transcripts(kept.transcripts)
        self._sources = DraftSources()
        ticket.emit(ModelReady(request.request_id, model.info, memory_use()))

    def _count(self, request: CountTokens, ticket: Ticket) -> None:
        model, _ = self._ready()
        prompt = render(request.messages, model, self._transcripts, request.tools)
        earlier = request.messages[:-1]
        asked = any(message.role == "user" for message in earlier)
        before = (
            len(render(earlier, model, self._transcripts, request.tools).tokens) if asked else 0
        )
        ticket.emit(
            TokensCounted(
                request.request_id,
                prompt_tokens=len(prompt.tokens),
                image_tokens=prompt.image_tokens,
                last_message_tokens=len(prompt.tokens) - before,
                max_context=model.max_context,
            )
        )

    def _generate(self, request: Generate, ticket: Ticket, inbox: Inbox) -> None:
        said = ""

        def run() -> None:
            nonlocal said
            model, prefixes = self._ready()
            turn = Turn(
                request=request,
                model=model,
                prefixes=prefixes,
                transcripts=self._transcripts,
                cancelled=lambda: ticket.cancelled,
                memory=memory_use,
                submitted=ticket.submitted_at,
                sources=self._sources,
            )
            try:
                for event in turn.run():
                    ticket.emit(event)
                    self._serve_counts(inbox)
            finally:
                said = turn.text

        self._guard(ticket, run, lambda: said)

    def _serve_counts(self, inbox: Inbox) -> None:
        """The composer should not wait for an answer to end to learn what its draft costs."""
        for ticket in inbox.take_counts():
            self.handle(ticket, inbox)

    def _ready(self) -> tuple[LoadedModel, PrefixStore]:
        if self._model is None or self._prefixes is None:
            raise ModelNotUsable("No model is loaded. Choose a model to get an answer.")
        return self._model, self._prefixes

    def _guard(
        self, ticket: Ticket, act: Callable[[], None], said: Callable[[], str] = str
    ) -> None:
        """Run `act`; whatever it raises becomes `Failed`, with what was said before."""
        try:
            act()
        except _Cancelled:
            ticket.emit(_cancelled(ticket))
        except EngineError as error:
            self._fail(ticket, error, said())
        except Exception as fault:
            log.exception("a request failed")
            self._fail(ticket, _explain(fault), said())

    def _fail(self, ticket: Ticket, error: EngineError, said: str) -> None:
        if isinstance(error, OutOfMemory):
            self._make_room()
        # An error that is shown for a while must not keep a model and its caches alive.
        error.__traceback__ = error.__cause__ = error.__context__ = None
        ticket.emit(Failed(ticket.request.request_id, error, said))

    def _make_room(self) -> None:
        """Give up everything that can be computed again."""
        if self._prefixes is not None:
            self._prefixes.clear()
        if self._model is not None:
            self._model.features.clear()
        if torch.cuda.is_available():
            torch.cuda.empty_cache()


class _Cancelled(Exception):
    """A request was given up while it was carried out."""


def _cancelled(ticket: Ticket) -> Finished:
    waited = time.perf_counter() - ticket.submitted_at
    timings = Timings(queue_s=waited, total_s=waited)
    usage = Usage(0, 0, 0, 0)
    return Finished(ticket.request.request_id, "cancelled", "", usage, timings, memory_use())


def _prefix_budget_bytes(device: str) -> int:
    """A share of the memory that is free where the model runs."""
    free = torch.cuda.mem_get_info()[0] if device == "cuda" else psutil.virtual_memory().available
    return int(free * _PREFIX_SHARE)


def memory_use() -> MemoryUse:
    """Bytes of this process, and of the graphics card where the model runs on one."""
    resident = psutil.Process().memory_info().rss
    if not torch.cuda.is_available():
        return MemoryUse(resident)
    free, total = torch.cuda.mem_get_info()
    return MemoryUse(resident, total - free, total)


def _explain(fault: Exception) -> EngineError:
    details = f"{type(fault).__name__}: {fault}"
    if isinstance(fault, torch.OutOfMemoryError | MemoryError):
        return OutOfMemory(
            "The memory ran out during this answer. Closing other programs, or asking about "
            "fewer pages, may be enough.",
            details,
        )
    if isinstance(fault, NotANumber):
        return TurnFault(
            "The model's arithmetic broke down during this answer. Ask again; if it happens "
            "every time, the model's files are damaged.",
            details,
        )
    return TurnFault("Something went wrong in the engine. You can try again.", details)


def _lower_priority() -> None:
    """The window comes first. Only Linux can lower one thread alone."""
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 5)
