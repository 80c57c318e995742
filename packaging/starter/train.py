"""The training loop: text and pictures in every step, by the wall clock, resumable."""

from __future__ import annotations

import json
import os
import random
import time
from typing import TYPE_CHECKING, Any

import torch
from batches import (
    Batch,
    exact_answers,
    logits_and_patches,
    make_batch,
    scored_logits,
    sorted_groups,
)
from chat import ChatEncoder
from growth import grown
from levels import (
    Stream,
    picture_shares,
    push_levels,
    streams,
    text_shares,
)
from muon import optimisers
from network import model_config, new_model, patch_settings, see_contrast_only
from reading import PatchReader
from tokenizer import SPARE, control_ids
from torch.nn.functional import cross_entropy

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from chat import Sample
    from config import Schedule, Settings
    from tokenizers import Tokenizer
    from transformers import Lfm2VlForConditionalGeneration

_LOG_EVERY = 20
_WARM_UP = 40


class Trainer:
    """Holds all that changes while training; `save` and `load` carry it over a restart."""

    def __init__(self, settings: Settings, tokenizer: Tokenizer, folder: Path) -> None:
        self.settings, self.folder = settings, folder
        self.encoder = ChatEncoder(tokenizer, patch_settings(settings.size))
        ids = control_ids(tokenizer)
        self.pad = ids["pad"]
        self.model: Lfm2VlForConditionalGeneration = new_model(
            model_config(settings.size, ids), settings.seed, settings.device
        )
        self.reader = PatchReader(settings.size.hidden, settings.size.vocabulary)
        self.reader.to(settings.device)
        self.average = {n: p.detach().clone() for n, p in self.model.named_parameters()}
        schedule = settings.schedule
        self.muon, self.adam = optimisers(
            self.model, schedule.muon_rate_first, schedule.adam_rate_first
        )
        first_id = tokenizer.token_to_id(SPARE[-1]) + 1
        self.adam.add_param_group({"params": list(self.reader.parameters())})
        self.text, self.pictures = streams(
            self.encoder, settings.size.vocabulary, first_id, schedule
        )
        self.step, self.elapsed, self.tokens, self.pictures_seen = 0, 0.0, 0, 0
        self.elapsed_before = 0.0  # seconds of earlier stretches
        self._since_log = {"text": 0.0, "picture": 0.0}
        self._patches_read = 0.0
        self._stopped = False

    @property
    def progress(self) -> float:
        """The share of the planned time that is over."""
        return self.elapsed / (60 * self.settings.minutes)

    def stop(self) -> None:
        """Ask the run to end after this step, with a checkpoint."""
        self._stopped = True

    def run(self) -> None:
        """Train until the time is over or someone stops it."""
        self.model.train()
        rng = random.Random(f"{self.settings.seed}/{self.step}")
        text = _Groups(self, self.text, rng)
        pictures = _Groups(self, self.pictures, rng)
        schedule = self.settings.schedule
        last = saved = time.monotonic()
        while self.progress < 1 and not self._stopped:
            push_levels((self.text, self.pictures), self.progress, schedule)
            batches = {}
            with_pictures = self.progress >= schedule.pictures_from
            if with_pictures and self.step % schedule.pictures_every == 0:
                batches["picture"] = pictures.next(*self._picture_plan(schedule))
            if not with_pictures or self.step % schedule.text_every == 0:
                batches["text"] = text.next(*self._text_plan(schedule))
            self._set_rates(schedule)
            for name, group in batches.items():
                self._learn(name, make_batch(group, self.pad, self.settings.device))
            self._update()
            now = time.monotonic()
            self.elapsed, last = self.elapsed + now - last, now
            if self.step % _LOG_EVERY == 0:
                self._log()
            if now - saved > self.settings.checkpoint_every_s:
                self.save()
                saved = now
        self.save()

    def save(self) -> None:
        """Write a checkpoint beside the last one, then take its place."""
        state = {
            "model": self.model.state_dict(),
            "average": self.average,
            "reader": self.reader.state_dict(),
            "muon": self.muon.state_dict(),
            "adam": self.adam.state_dict(),
            "step": self.step,
            "elapsed": self.elapsed,
            "elapsed_before": self.elapsed_before,
            "tokens": self.tokens,
            "pictures": self.pictures_seen,
            "sources": {
                source.name: (source.level, source.exact, source.seen, source.tokens)
                for stream in (self.text, self.pictures)
                for source in stream.sources.values()
            },
        }
        new = self.folder / "checkpoint.new"
        torch.save(state, new)
        os.replace(new, self.folder / "checkpoint.pt")  # noqa: PTH105 (says what it does)

    def begin_anew(self) -> None:
        """Begin another stretch on the last checkpoint's weights, grown to this run's size.

        The clock, the optimisers and the levels start again.
        """
        state = self._read_checkpoint()
        self._load_counts(state)
        self.elapsed_before += self.elapsed
        self.elapsed = 0.0
        self.model.load_state_dict(grown(state["model"], self.model))
        self.reader.load_state_dict(state["reader"])
        self.average = {n: p.detach().clone() for n, p in self.model.named_parameters()}
        for stream in (self.text, self.pictures):
            for source in stream.sources.values():
                source.level = self.settings.schedule.first_levels.get(source.name, 0)

    def load(self) -> None:
        """Go on from the last checkpoint."""
        state = self._read_checkpoint()
        self.model.load_state_dict(state["model"])
        self.average = state["average"]
        self.reader.load_state_dict(state["reader"])
        self.muon.load_state_dict(state["muon"])
        self.adam.load_state_dict(state["adam"])
        self._load_counts(state)
        for stream in (self.text, self.pictures):
            for source in stream.sources.values():
                if source.name in state["sources"]:
                    known = state["sources"][source.name]
                    source.level, source.exact, source.seen, source.tokens = known

    def _read_checkpoint(self) -> dict[str, Any]:
        return torch.load(self.folder / "checkpoint.pt", map_location=self.settings.device)

    def _load_counts(self, state: dict[str, Any]) -> None:
        self.step, self.elapsed = state["step"], state["elapsed"]
        self.elapsed_before = state["elapsed_before"]
        self.tokens, self.pictures_seen = state["tokens"], state["pictures"]

    def use_average(self) -> None:
        """Put the running average of the weights into the model: what is measured and shipped."""
        with torch.no_grad():
            for name, p in self.model.named_parameters():
                p.copy_(self.average[name])

    def _text_plan(self, schedule: Schedule) -> tuple[dict[str, float], int]:
        shares = text_shares(self.progress, schedule, self.text.sources["repeat"].level)
        tokens = schedule.text_tokens
        if self.progress < schedule.first_rates_until:
            tokens = schedule.text_tokens_first
        elif schedule.pictures_from <= self.progress < schedule.levels_pushed_from:
            tokens = schedule.text_tokens_beside_first_pictures
        return shares, tokens

    def _picture_plan(self, schedule: Schedule) -> tuple[dict[str, float], int]:
        first = self.progress < schedule.levels_pushed_from
        tokens = schedule.picture_tokens_first if first else schedule.picture_tokens
        return picture_shares(self.progress, schedule), tokens

    def _learn(self, name: str, batch: Batch) -> None:
        if batch.pictures:
            logits, patches = logits_and_patches(self.model, batch, PatchReader.LAYERS)
            aside, self._patches_read = self.reader(patches, batch)
        else:
            logits, aside = scored_logits(self.model, batch), 0.0
        loss = cross_entropy(logits, batch.targets)
        self._since_log[name] += loss.item()
        loss = loss + aside
        loss.backward()
        self.tokens += batch.tokens
        self.pictures_seen += sum(len(sample.pictures) for sample in batch.samples)
        stream = self.text if name == "text" else self.pictures
        for sample, answers in zip(batch.samples, exact_answers(batch, logits), strict=True):
            exact = sum(all(answer) for answer in answers) / len(answers)
            stream.sources[sample.source].learn(sample.level, exact)

    def _update(self) -> None:
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        self.muon.step()
        self.adam.step()
        see_contrast_only(self.model)
        self.model.zero_grad(set_to_none=True)
        self.step += 1
        decay = min(self.settings.average_decay, self.step / (self.step + 10))
        with torch.no_grad():
            for name, p in self.model.named_parameters():
                self.average[name].lerp_(p, 1 - decay)

    def _set_rates(self, schedule: Schedule) -> None:
        first = self.progress < schedule.first_rates_until
        left = min(1.0, (1 - self.progress) / (1 - schedule.decay_from))
        fade = max(schedule.last_rate_share, left) * min(1.0, (self.step + 1) / _WARM_UP)
        for group in self.muon.param_groups:
            group["lr"] = fade * (schedule.muon_rate_first if first else schedule.muon_rate)
        for group in self.adam.param_groups:
            group["lr"] = fade * (schedule.adam_rate_first if first else schedule.adam_rate)

    def _log(self) -> None:
        row = {
            "step": self.step,
            "minutes": round(self.elapsed / 60, 2),
            "tokens": self.tokens,
            "pictures": self.pictures_seen,
            "rate": round(self.muon.param_groups[0]["lr"], 5),
            **{f"loss_{k}": round(v / _LOG_EVERY, 4) for k, v in self._since_log.items()},
            "patches_read": round(self._patches_read, 3),
            "levels": {
                source.name: [source.level, round(source.exact, 3)]
                for stream in (self.text, self.pictures)
                for source in stream.sources.values()
                if source.tokens
            },
        }
        self._since_log = dict.fromkeys(self._since_log, 0.0)
        with (self.folder / "log.jsonl").open("a") as out:
            out.write(json.dumps(row) + "\n")


class _Groups:
    """Sorted groups of a stream whose shares and batch size may change between steps."""

    def __init__(self, trainer: Trainer, stream: Stream, rng: random.Random) -> None:
        self._trainer, self._stream, self._rng = trainer, stream, rng
        self._plan: tuple[dict[str, float], int] | None = None
        self._groups: Iterator[list[Sample]] = iter(())

    def next(self, shares: dict[str, float], tokens: int) -> list[Sample]:
        if (shares, tokens) != self._plan:
            self._plan = (shares, tokens)
            self._stream.level_out()
            longest = self._trainer.settings.schedule.longest
            self._groups = sorted_groups(self._draw, tokens, longest)
        return next(self._groups)

    def _draw(self) -> Sample:
        assert self._plan is not None
        top_share = 0.5 if self._trainer.progress < 0.6 else 0.75
        return self._stream.next(self._rng, self._plan[0], top_share)
