"""The performance figures of the engine, gathered from its events. Nothing is guessed here.

A figure that was not measured is `None`, and whoever shows it shows "–". No widget is known here.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from engine import (
    Finished,
    ModelProgress,
    ModelReady,
    PrefillProgress,
    Queued,
    TextDelta,
    TokensCounted,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine import Drafts, Event, MemoryUse, ModelInfo

Phase = Literal["idle", "loading", "reading", "answering"]


@dataclass(frozen=True, slots=True)
class Figures:
    """What is known now. `tok_s` is the rate of `phase`; while idle, that of the last answer.

    `drafts` are those of the last answer.
    """

    phase: Phase = "idle"
    tok_s: float | None = None
    ttft_s: float | None = None
    reused_share: float | None = None
    drafts: Drafts | None = None
    on_gpu: bool | None = None
    gpu_used_bytes: int | None = None
    gpu_total_bytes: int | None = None
    process_bytes: int | None = None
    memory_bytes: int | None = None
    context_tokens: int | None = None
    max_context: int | None = None
    loaded_bytes: int = 0
    loading_bytes: int = 0


class Meter:
    """Keeps the figures up to date with what the engine says."""

    def __init__(self, clock: Callable[[], float] = time.perf_counter) -> None:
        self.figures = Figures()
        self._clock = clock
        self._first: tuple[float, int] | None = None
        self._read_tokens: int | None = None
        self._last_rate: float | None = None

    def set_memory(self, memory_bytes: int) -> None:
        """The machine's main memory, once it is known."""
        self.figures = replace(self.figures, memory_bytes=memory_bytes)

    def begin_loading(self, process_bytes: int | None) -> None:
        """A model is on its way; until it says more, only what the process takes is known."""
        self.figures = replace(
            self.figures,
            phase="loading",
            process_bytes=process_bytes or self.figures.process_bytes,
            loaded_bytes=0,
            loading_bytes=0,
        )

    def show_context(self, tokens: int | None) -> None:
        """How full the context of the conversation that is shown is; `None` if not known."""
        self.figures = replace(self.figures, context_tokens=tokens)

    def hear(self, event: Event) -> None:
        """Take in one event of a request that is shown."""
        match event:
            case ModelProgress():
                self._loading(event)
            case ModelReady():
                self._ready(event)
            case PrefillProgress():
                self._reading(event)
            case TextDelta():
                self._answering(event)
            case Finished():
                self._finished(event)
            case TokensCounted() | Queued():
                pass
            case _:
                self.rest()

    def rest(self) -> None:
        """Nothing is under way any more; the last rate stays, as the last."""
        self._first = None
        self.figures = replace(self.figures, phase="idle", tok_s=self._last_rate)

    def _loading(self, event: ModelProgress) -> None:
        self.figures = replace(
            self.figures,
            phase="loading",
            loaded_bytes=event.loaded_bytes,
            loading_bytes=event.total_bytes,
        )

    def _ready(self, event: ModelReady) -> None:
        self._last_rate = None
        self.figures = Figures(
            on_gpu=runs_on_gpu(event.model),
            memory_bytes=self.figures.memory_bytes,
            max_context=event.model.max_context,
        )
        self._remember(event.memory)

    def _reading(self, event: PrefillProgress) -> None:
        self._first = None
        self._read_tokens = event.total_tokens
        total = event.total_tokens
        self.figures = replace(
            self.figures,
            phase="reading",
            tok_s=event.tok_s,
            ttft_s=None,
            drafts=None,
            reused_share=event.reused_tokens / total if total else None,
            context_tokens=event.done_tokens,
        )

    def _answering(self, event: TextDelta) -> None:
        now = self._clock()
        if self._first is None:
            self._first = (now, event.tokens)
        started, tokens = self._first
        elapsed = now - started
        # Under a fifth of a second the quotient says more about the clock than about the model.
        rate = (event.tokens - tokens) / elapsed if elapsed > 0.2 else None
        read = self._read_tokens
        self.figures = replace(
            self.figures,
            phase="answering",
            tok_s=rate,
            context_tokens=None if read is None else read + event.tokens,
        )

    def _finished(self, event: Finished) -> None:
        usage, timings = event.usage, event.timings
        if timings.decode_tok_s is not None:
            self._last_rate = timings.decode_tok_s
        self.rest()
        if usage.prompt_tokens == 0:
            return
        self.figures = replace(
            self.figures,
            ttft_s=timings.ttft_s,
            drafts=event.drafts,
            reused_share=usage.reused_tokens / usage.prompt_tokens,
            context_tokens=usage.prompt_tokens + usage.completion_tokens,
        )
        self._remember(event.memory)

    def _remember(self, memory: MemoryUse) -> None:
        gpu = bool(self.figures.on_gpu)
        self.figures = replace(
            self.figures,
            process_bytes=memory.process_bytes or None,
            gpu_used_bytes=memory.gpu_used_bytes if gpu else None,
            gpu_total_bytes=memory.gpu_total_bytes if gpu else None,
        )


def runs_on_gpu(model: ModelInfo) -> bool:
    """Whether `model` sits on a graphics card."""
    return not model.device.startswith("cpu")
