"""The life of one turn: render, reuse, prefill, decode, speak, end."""

from __future__ import annotations

import time
from contextlib import closing, nullcontext
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from engine.api.events import Finished, MemoryUse, PrefillProgress, TextDelta, Timings, Usage
from engine.api.messages import assistant
from engine.decode.decode import decode, decode_with_drafts
from engine.decode.pace import Pace
from engine.decode.prefill import chunk_size, prefill
from engine.decode.sampler import Sampler
from engine.prompt.budget import answer_room
from engine.prompt.conversation import check_answerable
from engine.prompt.render import render
from engine.prompt.transcripts import Transcript, Transcripts
from engine.text.dialects import answer_message
from engine.text.speaker import Speaker

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator, Sequence
    from contextlib import AbstractContextManager

    import torch

    from engine.api.events import Drafts, Event
    from engine.api.messages import Message
    from engine.api.requests import Generate
    from engine.cache.prefix_store import Lease, PrefixStore
    from engine.decode.drafting import Drafting, DraftSources
    from engine.model.loaded_model import LoadedModel
    from engine.prompt.render import Prompt
    from engine.text.detokenizer import Spoken


@dataclass(slots=True)
class Clock:
    """Moments of one turn, in seconds of `time.perf_counter`."""

    submitted: float
    started: float = field(default_factory=time.perf_counter)
    prefilled: float | None = None
    first_token: float | None = None
    last_token: float | None = None
    first_text: float | None = None

    def timings(self, computed_tokens: int, completion_tokens: int) -> Timings:
        """Durations and rates so far."""
        now = time.perf_counter()
        first, last = self.first_token, self.last_token
        return Timings(
            queue_s=self.started - self.submitted,
            total_s=now - self.submitted,
            ttft_s=None if first is None else (self.first_text or first) - self.submitted,
            prefill_tok_s=_rate(computed_tokens, self.started, self.prefilled),
            decode_tok_s=_rate(completion_tokens - 1, first, last),
        )


def _rate(count: int, start: float | None, end: float | None) -> float | None:
    if start is None or end is None or count < 1 or end <= start:
        return None
    return count / (end - start)


@dataclass(slots=True)
class Turn:
    """One answer in the making; `text` is what was said so far, also when a fault ends it."""

    request: Generate
    model: LoadedModel
    prefixes: PrefixStore
    transcripts: Transcripts
    cancelled: Callable[[], bool]
    memory: Callable[[], MemoryUse]
    submitted: float
    sources: DraftSources | None = None
    text: str = ""

    def run(self) -> Iterator[Event]:
        """Events up to and including `Finished`. Raises `EngineError` before any work is lost."""
        clock = Clock(self.submitted)
        prompt = self._prompt()
        room = answer_room(
            len(prompt.tokens), self.model.max_context, self.request.limits.max_tokens
        )
        speaker = Speaker(
            self.model.tokenizer,
            self.model.stop_tokens,
            self.request.limits,
            room,
            prompt.spoken,
        )
        with self.prefixes.lease(prompt.keys) as lease:
            logits = yield from self._prefill(prompt, lease, clock)
            drafts = None
            if logits is not None:
                drafts = yield from self._decode(prompt, lease, logits, speaker, clock)
            reused, note = lease.reused, lease.note
        self._remember(prompt, speaker)
        yield Finished(
            request_id=self.request.request_id,
            reason=speaker.ended_by or "cancelled",
            text=self.text,
            usage=Usage(
                prompt_tokens=len(prompt.tokens),
                reused_tokens=reused,
                completion_tokens=len(speaker.tokens),
                image_tokens=prompt.image_tokens,
                reuse_note=note,
            ),
            timings=clock.timings(len(prompt.tokens) - reused, len(speaker.tokens)),
            memory=self.memory(),
            drafts=drafts,
        )

    def _prompt(self) -> Prompt:
        messages = self.request.messages
        check_answerable(messages)
        return render(messages, self.model, self.transcripts, self.request.tools)

    def _prefill(
        self, prompt: Prompt, lease: Lease, clock: Clock
    ) -> Generator[Event, None, torch.Tensor | None]:
        """Progress events; returns the last token's logits, or `None` when cancelled."""
        total = len(prompt.tokens)
        yield self._progress(lease.reused, total, lease.reused, None, None)
        pace, begun = Pace(lease.reused), time.perf_counter()

        def features(start: int, end: int) -> torch.Tensor | None:
            return self.model.features.between(start, end, prompt.spans, prompt.images)

        size = chunk_size(self.model.info.device)
        with closing(prefill(self.model, prompt, lease, features, size)) as steps:
            while not self.cancelled():
                step = next(steps)
                now = time.perf_counter()
                pace.note(step.done_tokens, now - begun)
                rate = _rate(step.done_tokens - lease.reused, clock.started, now)
                left = pace.left_s(total)
                yield self._progress(step.done_tokens, total, lease.reused, rate, left)
                begun = time.perf_counter()
                if step.logits is not None:
                    clock.prefilled = time.perf_counter()
                    return step.logits
        return None

    def _decode(
        self, prompt: Prompt, lease: Lease, logits: torch.Tensor, speaker: Speaker, clock: Clock
    ) -> Generator[Event, None, Drafts | None]:
        """The answer's events; returns what drafting did."""
        sampler = Sampler(self.request.sampling, prompt.tokens)
        with self._drafting(prompt) as drafting:
            steps = (
                decode(self.model, logits, prompt.positions, lease.cache, sampler)
                if drafting is None
                else decode_with_drafts(
                    self.model,
                    logits,
                    prompt.positions,
                    lease.cache,
                    sampler,
                    drafting,
                    prompt.tokens,
                )
            )
            with closing(steps) as tokens:
                while not self.cancelled() and speaker.ended_by is None:
                    token = next(tokens)
                    clock.last_token = time.perf_counter()
                    clock.first_token = clock.first_token or clock.last_token
                    lease.keys.append(token)
                    yield from self._say(speaker.hear(token), speaker, clock)
            yield from self._say(speaker.close(), speaker, clock)
            return None if drafting is None else drafting.drafts

    def _drafting(self, prompt: Prompt) -> AbstractContextManager[Drafting | None]:
        if self.sources is None or not self.request.drafting:
            return nullcontext()
        return self.sources.turn(prompt.tokens)

    def _say(self, text: str, speaker: Speaker, clock: Clock) -> Iterator[Event]:
        if text:
            clock.first_text = clock.first_text or time.perf_counter()
            self.text += text
            yield TextDelta(self.request.request_id, text, len(speaker.tokens))

    def _progress(
        self, done: int, total: int, reused: int, rate: float | None, left: float | None
    ) -> PrefillProgress:
        return PrefillProgress(self.request.request_id, done, total, reused, rate, left)

    def _remember(self, prompt: Prompt, speaker: Speaker) -> None:
        """Keep the tokens of this turn, so that the next one builds on what was really said.

        An answer with calls may come back as text or taken apart, so it is kept as both. One cut
        by a stop string reads differently from its tokens, so it is not kept.
        """
        messages = self.request.messages
        self._keep(messages, prompt, prompt.text, prompt.keys, prompt.spoken)
        if not speaker.tokens or speaker.stopped_by_string:
            return
        *before, last = messages
        said = last.text if last.role == "assistant" else ""
        if last.role != "assistant":
            before.append(last)
        ending = speaker.tokens[-1]
        mark = self.model.token_text(ending) if ending in self.model.stop_tokens else ""
        answer = said + self.text
        for message in {assistant(answer), answer_message(answer)}:
            self._keep(
                (*before, message),
                prompt,
                prompt.text + self.text + mark,
                (*prompt.keys, *speaker.tokens),
                speaker.spoken,
            )

    def _keep(
        self,
        messages: Sequence[Message],
        prompt: Prompt,
        text: str,
        keys: tuple[int, ...],
        spoken: Spoken,
    ) -> None:
        tokens = (*prompt.tokens, *keys[len(prompt.keys) :])
        kept = Transcript(text, tokens, keys, prompt.spans, prompt.marks, spoken)
        self.transcripts.keep(messages, kept, self.request.tools)
