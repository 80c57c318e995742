"""What is learnt when: sources of samples, each with a level that rises as it is mastered.

Half of a source's samples come from its highest level so far, the rest from below. A level rises
on exact matches of whole answers, never of tokens: easy continuations would fool it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from chat import Answered, ChatEncoder, Sample

from engine.evals.dialogue import draw_dialogue
from engine.evals.examples import draw_examples
from engine.evals.items import Split
from engine.evals.mixed import with_system
from engine.evals.needle import draw_any_needle
from engine.evals.tasks import TASKS, TOP_LEVEL

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Mapping

    from config import Schedule

    from engine.evals.tasks import DrawItem

    DrawSample = Callable[[random.Random, int], Sample]

_MEMORY = 0.995
_PASSED = 0.5
_LONG = ("document/long", "needle")


@dataclass(slots=True)
class Source:
    """A stream of samples of one kind, and how well they are answered at the current level."""

    name: str
    draw: DrawSample
    top: int
    level: int = 0
    exact: float = 0.0
    seen: int = 0
    tokens: int = 0

    def next(self, rng: random.Random, top_share: float) -> Sample:
        """Draw a sample of the highest level reached or, less often, of one below."""
        level = self.level
        if level and rng.random() > top_share:
            level = rng.randrange(level)
        sample = self.draw(rng, level)
        sample.level = level
        return sample

    def learn(self, level: int, exact: float, tokens: int) -> None:
        """Take note of one answered sample."""
        self.tokens += tokens
        if level != self.level:
            return
        self.seen += 1
        # A plain mean at first, so that a level does not have to live down its start at zero.
        self.exact += (exact - self.exact) * max(1 - _MEMORY, 1 / self.seen)
        if self.exact > _PASSED and self.seen > 60 and self.level < self.top:
            self.rise(self.level + 1)

    def rise(self, level: int) -> None:
        """Go to a higher level and measure anew."""
        if level > self.level:
            self.level, self.exact, self.seen = min(level, self.top), 0.0, 0


class Stream:
    """Draws from several sources so that each gets its share of the tokens."""

    def __init__(self, sources: list[Source]) -> None:
        self.sources = {source.name: source for source in sources}
        self._spent = dict.fromkeys(self.sources, 0.0)

    def next(self, rng: random.Random, shares: Mapping[str, float], top_share: float) -> Sample:
        """Draw from the source that lags furthest behind its share."""
        name = min(shares, key=lambda n: self._spent[n] / shares[n])
        sample = self.sources[name].next(rng, top_share)
        self._spent[name] += len(sample.ids)
        return sample

    def level_out(self) -> None:
        """Forget what was spent: called when shares change, so that no source catches up."""
        self._spent = dict.fromkeys(self.sources, 0.0)


# What is only trained on: mixtures of tasks in one conversation.
_MIXTURES: dict[str, DrawItem] = {
    "needle": draw_any_needle,
    "examples": draw_examples,
    "dialogue": draw_dialogue,
}


def streams(
    encoder: ChatEncoder, vocabulary: int, first_id: int, schedule: Schedule
) -> tuple[Stream, Stream]:
    """Return the sources without and with pictures that the schedule names."""
    repeat = Source("repeat", _Repeat(encoder, vocabulary, first_id).draw, top=5)
    texts = [_task_source(encoder, name) for name in schedule.texts if name != repeat.name]
    pictures = [_task_source(encoder, name) for name in schedule.pictures]
    return Stream([repeat, *texts]), Stream(pictures)


def text_plan(
    schedule: Schedule, progress: float, levels: Mapping[str, int]
) -> tuple[Mapping[str, float], int]:
    """Return the shares of text tokens by source, and the tokens of a batch, at a moment."""
    if progress < schedule.first_rates_until:
        if levels["repeat"] < 2 and progress < schedule.documents_from:
            return {"repeat": 1.0}, schedule.text_tokens_first
        return {"repeat": 2.3, "document/facts": 5.0}, schedule.text_tokens_first
    tokens = schedule.text_tokens
    if schedule.pictures_from <= progress < schedule.levels_pushed_from:
        tokens = schedule.text_tokens_beside_first_pictures or tokens
    if progress < schedule.long_from:
        return {k: v for k, v in schedule.texts.items() if k not in _LONG}, tokens
    return schedule.texts, tokens


def picture_plan(
    schedule: Schedule, progress: float, _levels: Mapping[str, int]
) -> tuple[Mapping[str, float], int]:
    """Return the shares of picture tokens by source, and the tokens of a batch, at a moment."""
    first = progress < schedule.levels_pushed_from
    tokens = (schedule.picture_tokens_first if first else 0) or schedule.picture_tokens
    if progress < schedule.mixed_from:
        return {"picture/line": 1.0}, tokens
    return schedule.pictures, tokens


def push_levels(streams: tuple[Stream, ...], progress: float, schedule: Schedule) -> None:
    """Raise levels by the clock, so that the full difficulty is met before the rates fall."""
    span = schedule.levels_full_at - schedule.levels_pushed_from
    share = (progress - schedule.levels_pushed_from) / span
    for stream in streams:
        for source in stream.sources.values():
            if source.name not in schedule.mastered_first or progress > schedule.mastered_until:
                source.rise(int(source.top * min(1.0, max(0.0, share))))


def _task_source(encoder: ChatEncoder, task: str) -> Source:
    draw_item = _MIXTURES.get(task) or TASKS[task]

    def draw(rng: random.Random, level: int) -> Sample:
        item = draw_item(rng, Split.TRAIN, level)
        return encoder.sample(item if item.system else with_system(rng, item), task)

    return Source(task, draw, TOP_LEVEL)


class _Repeat:
    """Random tokens to be repeated: the drill from which copying is learnt in minutes."""

    def __init__(self, encoder: ChatEncoder, vocabulary: int, first_id: int) -> None:
        self._encoder = encoder
        self._ids = list(range(first_id, vocabulary))
        self._heads = {role: encoder.turn_head(role) for role in ("user", "assistant")}
        self._tail = encoder.turn_tail()

    def draw(self, rng: random.Random, level: int) -> Sample:
        """Draw 4 to 12 tokens of 200 kinds, growing to 60 tokens of all kinds."""
        longest = 12 + level * 10
        kinds = self._ids[:200] if level == 0 else self._ids
        few = rng.random() < 0.5
        if few:
            kinds = rng.sample(kinds, rng.randint(2, 30))
        tokens = [rng.choice(kinds) for _ in range(rng.randint(4, longest))]
        if few and rng.random() < 0.4:
            separator = rng.choice(self._ids)
            tokens = [t if i % 2 else separator for i, t in enumerate(tokens)]
        # With few kinds the place to copy from is only clear after some tokens.
        free = min(5, len(tokens) - 1) if few else 0
        sample = Sample("repeat")
        sample.ids += [*self._heads["user"], *tokens, *self._tail, *self._heads["assistant"]]
        first = len(sample.ids)
        sample.ids += [*tokens, *self._tail]
        sample.answers.append(Answered(first + free, first + len(tokens) + 1, "repeat"))
        return sample
