"""The life of one turn: render, reuse, prefill, decode, speak, end."""

from __future__ import annotations

import time
from contextlib import closing, nullcontext
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from engine.api.events import Finished, MemoryUse, PrefillProgress, TextDelta, Timings, Usage
from engine.api.messages import assistant
from engine.decode.decode import decode, decode_with_drafts
from engine.decode.pace import Pace
from engine.decode.prefill import chunk_size, prefill
from engine.decode.sampler import Sampler
from engine.model.abilities import refuse_switched_off
from engine.prompt.budget import answer_room
from engine.prompt.conversation import check_answerable
from engine.prompt.render import render
from engine.prompt.transcripts import Opening, Transcript, Transcripts
from engine.text.dialects import answer_message
from engine.text.speaker import Speaker
from engine.text.thought import Piece, ThoughtSplitter

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence
    from contextlib import AbstractContextManager

    import torch

    from engine.api.events import Drafts, Event
    from engine.api.messages import Message
    from engine.api.requests import Generate
    from engine.cache.prefix_store import Lease, PrefixStore
    from engine.decode.drafting import Drafting, DraftSources
    from engine.decode.masks import TokenMask
    from engine.decode.pace import ReadingRates
    from engine.model.loaded_model import LoadedModel
    from engine.prompt.render import Prompt
    from engine.text.detokenizer import Spoken

    Steps = Generator[Event | None, None, None]

# Room for an answer and the next questions, as a share of the prompt: for those, what was read is
# not moved to a larger place.
_ROOM_AHEAD = 1 / 16


@dataclass(slots=True)
class Clock:
    """Moments of one turn, in seconds of `time.perf_counter`.

    `submitted`, `started` and `answered` are as the person waits; the others leave out `paused_s`,
    in which the turn stood still, so that rates are those of its own work.
    """

    submitted: float
    started: float = field(default_factory=time.perf_counter)
    paused_s: float = 0.0
    prefilled: float | None = None
    first_token: float | None = None
    last_token: float | None = None
    answered: float | None = None
    spoken: bool = False

    def moment(self) -> float:
        """Now, had the turn never stood still."""
        return time.perf_counter() - self.paused_s

    def hear_token(self) -> None:
        """A token was chosen. The first counts as the answer's beginning until there is text."""
        self.last_token = self.moment()
        if self.first_token is None:
            self.first_token, self.answered = self.last_token, time.perf_counter()

    def hear_text(self) -> None:
        """Something can be shown."""
        if not self.spoken:
            self.answered, self.spoken = time.perf_counter(), True

    def timings(self, computed_tokens: int, completion_tokens: int) -> Timings:
        """Durations and rates so far."""
        return Timings(
            queue_s=self.started - self.submitted,
            total_s=time.perf_counter() - self.submitted,
            ttft_s=None if self.answered is None else self.answered - self.submitted,
            prefill_tok_s=_rate(computed_tokens, self.started, self.prefilled),
            decode_tok_s=_rate(completion_tokens - 1, self.first_token, self.last_token),
            paused_s=self.paused_s,
        )


def _rate(count: int, start: float | None, end: float | None) -> float | None:
    if start is None or end is None or count < 1 or end <= start:
        return None
    return count / (end - start)


@dataclass(slots=True)
class Turn:
    """One answer in the making; `text` is what was said so far, also when a fault ends it.

    `prompt_tokens` is 0 until the prompt is made. `mask` says which tokens the answer may have.
    `rates` are how fast this model reads, for all its turns.
    """

    request: Generate
    model: LoadedModel
    prefixes: PrefixStore
    transcripts: Transcripts
    cancelled: Callable[[], bool]
    memory: Callable[[], MemoryUse]
    submitted: float
    sources: DraftSources | None = None
    mask: TokenMask | None = None
    rates: ReadingRates | None = None
    text: str = ""
    prompt_tokens: int = 0
    _splitter: ThoughtSplitter | None = None

    def run(self) -> Steps:
        """Events up to and including `Finished`. Raises `EngineError` before any work is lost.

        Every step of the model ends with an event, or with `None` where there is nothing to say.
        The turn may stand still after each for as long as it takes, other turns may run on the
        same model meanwhile, and it may be closed there.
        """
        clock = Clock(self.submitted)
        with closing(self._steps(clock)) as steps:
            for event in steps:
                since = time.perf_counter()
                yield event
                clock.paused_s += time.perf_counter() - since

    def _steps(self, clock: Clock) -> Steps:
        prompt = self._prompt()
        self.prompt_tokens = len(prompt.tokens)
        self._splitter = self._thought_splitter(prompt)
        room = answer_room(
            len(prompt.tokens), self.model.max_context, self.request.limits.max_tokens
        )
        speaker = Speaker(
            self.model.tokenizer,
            self.model.stop_tokens,
            self.request.limits,
            room,
            prompt.spoken,
            self.model.call_marks,
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
                reuse_note=" ".join(filter(None, (self._reuse_note(prompt, reused), note))),
            ),
            timings=clock.timings(len(prompt.tokens) - reused, len(speaker.tokens)),
            memory=self.memory(),
            drafts=drafts,
        )

    def _reuse_note(self, prompt: Prompt, reused: int) -> str:
        """Why less was reused than was said before, where it is no matter of the cache."""
        if not self.model.reuses_cache and len(self.request.messages) > 1:
            return (
                "Everything was read again: Tanka does not know this kind of model well enough to "
                "keep what it has read."
            )
        lost = prompt.rewritten - 1 - reused
        if lost <= 0:
            return ""
        if prompt.switched:
            return (
                f"{lost:,} tokens were read again: thinking was switched on or off, and this "
                "model is told so in other words."
            )
        return (
            f"{lost:,} tokens were read again: this model's chat template shows earlier answers "
            "differently from how they were given."
        )

    def _prompt(self) -> Prompt:
        messages = self.request.messages
        check_answerable(messages)
        refuse_switched_off(self.model.info, messages, self.request.tools)
        return render(
            messages,
            self.model,
            self.transcripts,
            self.request.tools,
            thinking=self.request.thinking,
        )

    def _thought_splitter(self, prompt: Prompt) -> ThoughtSplitter | None:
        """What tells a thought from the answer; one that goes on may be in the midst of it."""
        marks, last = self.model.thought_marks, self.request.messages[-1]
        if marks is None:
            return None
        said = last.text if last.role == "assistant" else ""
        return ThoughtSplitter(marks, opened=prompt.opens_thought, said=said)

    def _prefill(
        self, prompt: Prompt, lease: Lease, clock: Clock
    ) -> Generator[Event, None, torch.Tensor | None]:
        """Progress events; returns the last token's logits, or `None` when cancelled."""
        total = len(prompt.tokens)
        pace = Pace(lease.reused, self.rates)
        yield self._progress(lease.reused, total, lease.reused, None, pace.left_s(total))
        begun = clock.moment()

        def features(start: int, end: int) -> torch.Tensor | None:
            return self.model.features.between(start, end, prompt.spans, prompt.images)

        size = chunk_size(self.model.info.device) if self.model.reads_in_chunks else total
        reserved = min(self.model.max_context, total + int(total * _ROOM_AHEAD))
        with closing(prefill(self.model, prompt, lease, features, size, reserved)) as steps:
            while not self.cancelled():
                step = next(steps)
                now = clock.moment()
                pace.note(step.done_tokens, now - begun)
                rate = _rate(step.done_tokens - lease.reused, clock.started, now)
                left = pace.left_s(total)
                yield self._progress(step.done_tokens, total, lease.reused, rate, left)
                begun = clock.moment()
                if step.logits is not None:
                    clock.prefilled = clock.moment()
                    return step.logits
        return None

    def _decode(
        self, prompt: Prompt, lease: Lease, logits: torch.Tensor, speaker: Speaker, clock: Clock
    ) -> Generator[Event | None, None, Drafts | None]:
        """The answer's events; returns what drafting did."""
        sampler = Sampler(self.request.sampling, prompt.tokens, self.mask)
        with self._drafting(prompt, lease) as drafting:
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
                    token = next(tokens, None)
                    if token is None:
                        yield from self._say(speaker.end(), speaker, clock)
                        break
                    clock.hear_token()
                    lease.keys.append(token)
                    yield from self._say(speaker.hear(token), speaker, clock)
            yield from self._say(speaker.close(), speaker, clock)
            held = self._splitter.close() if self._splitter is not None else []
            yield from self._tell(held, speaker, clock)
            return None if drafting is None else drafting.drafts

    def _drafting(self, prompt: Prompt, lease: Lease) -> AbstractContextManager[Drafting | None]:
        if self.sources is None or not self.request.drafting:
            return nullcontext()
        return self.sources.turn(prompt.tokens, lease.cache)

    def _say(self, text: str, speaker: Speaker, clock: Clock) -> Steps:
        pieces = [Piece("answer", text)] if text else []
        if self._splitter is not None:
            pieces = self._splitter.hear(text)
        yield from self._tell(pieces, speaker, clock)
        if not pieces:
            yield None

    def _tell(self, pieces: Sequence[Piece], speaker: Speaker, clock: Clock) -> Steps:
        for piece in pieces:
            clock.hear_text()
            self.text += piece.text
            tokens = len(speaker.tokens)
            yield TextDelta(self.request.request_id, piece.text, tokens, piece.part)

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
        if prompt.lasting is not None and messages[-1].role != "assistant":
            # The whole prompt will not be seen again: the template is going to change its end.
            lasting = prompt.lasting
            if not speaker.tokens:  # then nobody knows whether what opens the answer was read
                lasting = replace(lasting, opening=Opening())
            self.transcripts.keep(messages, lasting, self.request.tools, prompt.manner)
        else:
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
        taken_apart = answer_message(answer, self.model.dialect, self.request.tools)
        for message in {assistant(answer), taken_apart}:
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
        self.transcripts.keep(messages, kept, self.request.tools, prompt.manner)
