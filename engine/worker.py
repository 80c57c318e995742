"""The engine thread's work: take a request, carry it out, catch what goes wrong once."""

from __future__ import annotations

import gc
import logging
import os
import sys
import threading
import time
from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING

import psutil
import torch
from transformers.utils import logging as transformers_logging

from engine.api.errors import EngineError, ModelChanged, ModelNotUsable, OutOfMemory
from engine.api.events import (
    Failed,
    Finished,
    MemoryUse,
    ModelProgress,
    ModelReady,
    ModelUnloaded,
    Timings,
    TokensCounted,
    Usage,
)
from engine.api.requests import CountTokens, Generate, LoadModel, UnloadModel
from engine.cache.prefix_store import PrefixStore
from engine.cache.without_reuse import WithoutReuse
from engine.decode.draft_model import DraftModel
from engine.decode.drafting import DraftSources
from engine.decode.pace import ReadingRates
from engine.decode.prefill import chunk_size
from engine.faults import explain, largest_allocation
from engine.model.abilities import reason_against, refuse_switched_off
from engine.model.check_records import Records
from engine.model.device import bound_kernel_memory, settle_memory, settle_threads
from engine.model.loader import load_model
from engine.model.self_check import CHECKS, apply, try_out
from engine.paths import cache_dir, starter_model_dir
from engine.prompt.render import render
from engine.prompt.transcripts import Transcripts
from engine.resume import Resume
from engine.turn import Turn

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.cache.disk_store import DiskStore
    from engine.inbox import EndOvertaken, Ticket, Work
    from engine.model.loaded_model import LoadedModel

log = logging.getLogger(__name__)

STARTER_NAME = "Tanka starter"
# How much of the memory now available the kept prefixes may take.
_PREFIX_SHARE = 0.25
# How much of that much again a draft model's prefixes may take.
_DRAFT_SHARE = 0.125


class EngineWorker:
    """Owns the loaded model and everything kept between turns. Lives on one thread."""

    def __init__(self) -> None:
        transformers_logging.set_verbosity_error()
        transformers_logging.disable_progress_bar()
        settle_threads()
        bound_kernel_memory()
        settle_memory()
        _lower_priority()
        # The window's thread gets the interpreter sooner while Python-bound decoding runs.
        sys.setswitchinterval(0.001)
        self._model: LoadedModel | None = None
        self._transcripts = Transcripts()
        self._prefixes: PrefixStore | None = None
        self._resume = Resume()
        self._sources = DraftSources()
        self._rates = ReadingRates()

    def begin(self, ticket: Ticket, end_overtaken: EndOvertaken) -> Work:
        """Carry out one request step by step; see `engine.inbox.Worker`."""
        with self._resume.paused():
            yield from self._carry_out(ticket, end_overtaken)

    def _carry_out(self, ticket: Ticket, end_overtaken: EndOvertaken) -> Work:
        if ticket.cancelled:
            ticket.emit(_cancelled(ticket))
            return
        try:
            match ticket.request:
                case LoadModel() as load:
                    self._load(load, ticket, end_overtaken)
                case UnloadModel() as unload:
                    self._unload(unload, ticket, end_overtaken)
                case CountTokens() as count:
                    self._count(count, ticket)
                case Generate() as generate:
                    yield from self._generate(generate, ticket)
        except _Cancelled:
            ticket.emit(_cancelled(ticket))
        except EngineError as error:
            self._fail(ticket, error)
        except Exception as fault:
            log.exception("a request failed")
            self._fail(ticket, explain(fault))

    def close(self) -> None:
        """Let go of the model and of every cache, once they are kept for the next start."""
        self._resume.close()
        self._forget()

    def _forget(self) -> None:
        self._model = self._prefixes = None
        self._sources = DraftSources()
        self._rates = ReadingRates()
        self._transcripts = Transcripts()

    def _load(self, request: LoadModel, ticket: Ticket, end_overtaken: EndOvertaken) -> None:
        def progress(step: str, loaded: int, total: int) -> None:
            if ticket.cancelled:
                raise _Cancelled
            ticket.emit(ModelProgress(request.request_id, step, loaded, total))

        folder = request.folder or starter_model_dir()
        name = STARTER_NAME if request.folder is None else request.folder.name
        model = load_model(
            folder, name, request.weights, progress, kv=request.kv, context=request.context
        )
        _meet(model, lambda: progress("Trying the model out", 0, 0))
        end_overtaken(
            ModelChanged(
                "Another model was loaded before this was answered to its end. "
                "Ask again to have that one answer."
            )
        )
        self._let_go()
        kept = self._resume.open(model, request.resume_bytes)
        self._model = model
        self._prefixes = _prefix_store(model, kept.prefixes)
        self._transcripts = Transcripts(kept.transcripts)
        self._sources = _draft_sources(model)
        ticket.emit(ModelReady(request.request_id, model.info, memory_use()))

    def _unload(self, request: UnloadModel, ticket: Ticket, end_overtaken: EndOvertaken) -> None:
        end_overtaken(
            ModelChanged(
                "The model was unloaded before this was answered to its end. "
                "Load a model and ask again."
            )
        )
        self._let_go()
        ticket.emit(ModelUnloaded(request.request_id, memory_use()))

    def _count(self, request: CountTokens, ticket: Ticket) -> None:
        model, prefixes = self._ready()
        refuse_switched_off(model.info, request.messages, request.tools)
        count = partial(
            render,
            model=model,
            transcripts=self._transcripts,
            tools=request.tools,
            thinking=request.thinking,
        )
        prompt = count(request.messages)
        earlier = request.messages[:-1]
        asked = any(message.role == "user" for message in earlier)
        before = len(count(earlier).tokens) if asked else 0
        total, reusable = len(prompt.tokens), prefixes.reusable(prompt.keys)
        ticket.emit(
            TokensCounted(
                request.request_id,
                prompt_tokens=total,
                image_tokens=prompt.image_tokens,
                last_message_tokens=total - before,
                max_context=model.max_context,
                reusable_tokens=reusable,
                read_s=self._rates.seconds(reusable, total),
                pictures=tuple(model.picture_seen(p) for p in request.messages[-1].images),
            )
        )

    def _generate(self, request: Generate, ticket: Ticket) -> Work:
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
            rates=self._rates,
        )
        try:
            with closing(turn.run()) as steps:
                for event in steps:
                    if event is not None:
                        ticket.emit(event)
                    yield
        except EngineError:
            raise
        except Exception as fault:
            log.exception("an answer failed")
            most = largest_allocation(model, turn.prompt_tokens, chunk_size("cpu"))
            raise explain(fault, most) from fault

    def _ready(self) -> tuple[LoadedModel, PrefixStore]:
        if self._model is None or self._prefixes is None:
            raise ModelNotUsable("No model is loaded. Choose a model to get an answer.")
        return self._model, self._prefixes

    def _fail(self, ticket: Ticket, error: EngineError) -> None:
        """What a request raised becomes `Failed`, with what was said before."""
        # An error that is shown for a while must not keep a model and its caches alive.
        error.__traceback__ = error.__cause__ = error.__context__ = None
        if isinstance(error, OutOfMemory):
            self._make_room()
        ticket.emit(Failed(ticket.request.request_id, error, ticket.said))

    def _let_go(self) -> None:
        """Give up the model and all that was made with it, once it is kept for the next start."""
        self._resume.finish()
        self._forget()
        gc.unfreeze()  # the window sets aside what was there when the model was loaded
        gc.collect()  # networks hold themselves in circles
        if torch.cuda.is_available():
            torch.cuda.empty_cache()

    def _make_room(self) -> None:
        """Give up everything that can be computed again."""
        if self._prefixes is not None:
            self._prefixes.clear()
        self._sources.make_room()
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


def _meet(model: LoadedModel, still_wanted: Callable[[], None]) -> None:
    """Switch off what does not work with this model: found out once, and remembered."""
    records = Records(lambda: cache_dir() / "self-checks", model.info, CHECKS)
    findings = records.read()
    if findings is None:
        findings = try_out(model, still_wanted)
        records.keep(findings)
    apply(findings, model)


def _prefix_store(model: LoadedModel, disk: DiskStore | None) -> PrefixStore:
    if reason := reason_against(model.info, "reuse"):
        return WithoutReuse(model.new_cache, f"Everything was read again. {reason}")
    return PrefixStore(model.new_cache, _prefix_budget_bytes(model.info.device), disk)


def _draft_sources(model: LoadedModel) -> DraftSources:
    """What can draft for `model`, each draft model with prefixes of its own."""
    draft = model.draft
    if draft is None:
        return DraftSources(None, model.row_limits, model.draft_head)
    budget = int(_prefix_budget_bytes(draft.info.device) * _DRAFT_SHARE)
    vocabulary = draft.tokenizer.get_vocab_size(with_added_tokens=True)
    source = DraftModel(
        draft, PrefixStore(draft.new_cache, budget), vocabulary, draft.info.max_context
    )
    return DraftSources(source, model.row_limits, model.draft_head)


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


def _lower_priority() -> None:
    """The window comes first. Only Linux can lower one thread alone."""
    if sys.platform == "linux":
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 5)
