"""The training loop: text and pictures in every step, by the wall clock, resumable."""

from __future__ import annotations

import time
from functools import partial
from statistics import mean
from typing import TYPE_CHECKING, Any

import torch
from batches import exact_answers, logits_and_states
from chat import ChatEncoder
from drawing import Drawing
from growth import grown
from levels import (
    Stream,
    picture_plan,
    push_levels,
    streams,
    text_plan,
)
from muon import optimisers
from network import model_config, new_model, patch_settings, see_contrast_only
from pointing import Pointer
from reading import PageReader, PatchReader
from rounding import quantised_weights, rounding
from stretch import Stretch
from together import Group
from tokenizer import SPARE, control_ids
from torch.nn.functional import cross_entropy
from transformers import Lfm2VlForConditionalGeneration

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from batches import Batch
    from config import Schedule, Settings
    from tokenizers import Tokenizer

_LOG_EVERY = 20
_WARM_UP = 40
_POINTER_WEIGHT = 0.3


class Trainer(Stretch):
    """Holds all that changes while training; `save` and `load` carry it over a restart."""

    def __init__(self, settings: Settings, tokenizer: Tokenizer, folder: Path) -> None:
        super().__init__(settings, folder, "checkpoint", "log")
        self.group = Group()
        self.encoder = ChatEncoder(tokenizer, patch_settings(settings.size))
        ids = control_ids(tokenizer)
        self.pad = ids["pad"]
        self.model: Lfm2VlForConditionalGeneration = new_model(
            model_config(settings.size, ids), settings.seed, settings.device
        )
        self.reader = PatchReader(settings.size.hidden, settings.size.vocabulary)
        self.pointer = Pointer(self.model)
        self.pages = PageReader(settings.size.hidden)
        self.helpers = torch.nn.ModuleList([self.reader, self.pages]).to(settings.device)
        self.average = {n: p.detach().clone() for n, p in self.model.named_parameters()}
        schedule = settings.schedule
        self.muon, self.adam = optimisers(
            self.model, schedule.muon_rate_first, schedule.adam_rate_first
        )
        self.helpers_adam = torch.optim.AdamW(self.helpers.parameters(), weight_decay=0.0)
        first_id = tokenizer.token_to_id(SPARE[-1]) + 1
        self.text, self.pictures = streams(
            self.encoder, settings.size.vocabulary, first_id, schedule
        )
        self.pictures_seen = 0
        # Seconds of earlier stretches, and the step at which this one began.
        self.elapsed_before, self.first_step = 0.0, 0
        self._since_log: dict[str, list[float]] = {"text": [], "picture": []}
        self._heads = settings.size.heads
        self._patches_read = self._pages_read = 0.0
        self._values_found = self._arguments_found = 0.0

    def run(self, piece: float | None = None) -> None:
        """Train until the time, or a piece of it in minutes, is over or someone stops it."""
        self.model.train()
        text = self._drawing(self.text, text_plan)
        pictures = self._drawing(self.pictures, picture_plan)
        schedule = self.settings.schedule
        last = saved = time.monotonic()
        end = last + 60 * piece if piece else float("inf")
        while self.progress < 1 and not self._stopped:
            push_levels((self.text, self.pictures), self.progress, schedule)
            self._set_rates(schedule)
            with_pictures = self.progress >= schedule.pictures_from
            with rounding(self._rounded_now()):
                if with_pictures and self.step % schedule.pictures_every == 0:
                    self._learn("picture", pictures.next(self.progress))
                if not with_pictures or self.step % schedule.text_every == 0:
                    self._learn("text", text.next(self.progress))
            self._update()
            last = self._keep_time(last, end)
            if self.step % _LOG_EVERY == 0:
                self._agree_on_levels()
                self._log()
            if last - saved > self.settings.checkpoint_every_s:
                self.save()
                saved = last
        self.save()

    def save(self) -> None:
        """Write a checkpoint, if this process leads."""
        if not self.group.leads:
            return
        state = {
            "model": self.model.state_dict(),
            "average": self.average,
            "helpers": self.helpers.state_dict(),
            "helpers_adam": self.helpers_adam.state_dict(),
            "muon": self.muon.state_dict(),
            "adam": self.adam.state_dict(),
            "step": self.step,
            "elapsed": self.elapsed,
            "elapsed_before": self.elapsed_before,
            "first_step": self.first_step,
            "tokens": self.tokens,
            "pictures": self.pictures_seen,
            "sources": {
                source.name: (source.level, source.exact, source.seen, source.tokens)
                for stream in (self.text, self.pictures)
                for source in stream.sources.values()
            },
        }
        self._write_checkpoint(state)

    def begin_anew(self) -> None:
        """Begin another stretch on the last checkpoint's weights, grown to this run's size.

        The clock, the optimisers and the levels start again.
        """
        state = self._read_checkpoint()
        self._load_counts(state)
        self.elapsed_before += self.elapsed
        self.elapsed, self.first_step = 0.0, self.step
        self.helpers.load_state_dict(state["helpers"])
        self._start_on(state["model"])

    def begin_from(self, packed: Path) -> None:
        """Begin a stretch on weights that were packed, where no checkpoint is left of their run."""
        model = Lfm2VlForConditionalGeneration.from_pretrained(packed, dtype=torch.float32)
        self._start_on(model.state_dict())

    def _start_on(self, weights: Mapping[str, torch.Tensor]) -> None:
        self.model.load_state_dict(grown(weights, self.model))
        self.average = {n: p.detach().clone() for n, p in self.model.named_parameters()}
        for stream in (self.text, self.pictures):
            for source in stream.sources.values():
                source.level = self.settings.schedule.first_levels.get(source.name, 0)

    def load(self) -> None:
        """Go on from the last checkpoint."""
        state = self._read_checkpoint()
        self.model.load_state_dict(state["model"])
        self.average = state["average"]
        self.helpers.load_state_dict(state["helpers"])
        self.helpers_adam.load_state_dict(state["helpers_adam"])
        self.muon.load_state_dict(state["muon"])
        self.adam.load_state_dict(state["adam"])
        self._load_counts(state)
        for stream in (self.text, self.pictures):
            for source in stream.sources.values():
                if source.name in state["sources"]:
                    known = state["sources"][source.name]
                    source.level, source.exact, source.seen, source.tokens = known

    def _load_counts(self, state: dict[str, Any]) -> None:
        self.step, self.elapsed = state["step"], state["elapsed"]
        self.elapsed_before = state["elapsed_before"]
        self.first_step = state.get("first_step", 0)
        self.tokens, self.pictures_seen = state["tokens"], state["pictures"]

    def use_average(self) -> None:
        """Put the running average of the weights into the model: what is measured and shipped."""
        with torch.no_grad():
            for name, p in self.model.named_parameters():
                p.copy_(self.average[name])

    def _rounded_now(self) -> list[torch.nn.Parameter]:
        late = self.progress >= self.settings.schedule.rounded_from
        return quantised_weights(self.model) if late else []

    def _drawing(self, stream: Stream, plan: Callable[..., Any]) -> Drawing:
        return Drawing(
            stream,
            partial(plan, self.settings.schedule),
            pad=self.pad,
            longest=self.settings.schedule.longest,
            seed=f"{self.settings.seed}/{self.step}/{plan.__name__}/{self.group.rank}",
            workers=self.settings.workers,
        )

    def _learn(self, name: str, drawn: Batch) -> None:
        device = self.settings.device
        batch = drawn.to(device)
        with torch.autocast(device, torch.bfloat16, enabled=device == "cuda"):
            logits, states = logits_and_states(self.model, batch, PatchReader.LAYERS)
            aside, self._pages_read = self.pages(states, batch)
            cited, self._values_found = self.pointer.score(batch.cited, self._heads - 1)
            called, self._arguments_found = self.pointer.score(batch.called, 0)
            aside = aside + _POINTER_WEIGHT * (cited + called)
            if batch.pictures:
                patches = states[batch.ids == self.model.config.image_token_id]
                read, self._patches_read = self.reader(patches, batch)
                aside = aside + read
            loss = cross_entropy(logits.float(), batch.targets)
        (loss + aside).backward()
        self._since_log[name].append(loss.item())
        tokens, pictures = self.group.total(batch.tokens, batch.picture_count)
        self.tokens += int(tokens)
        self.pictures_seen += int(pictures)
        stream = self.text if name == "text" else self.pictures
        for sample, answers in zip(batch.samples, exact_answers(batch, logits), strict=True):
            exact = sum(all(answer) for answer in answers) / len(answers)
            stream.sources[sample.source].learn(sample.level, exact, len(sample.ids))

    def _update(self) -> None:
        self.group.average_gradients([*self.model.parameters(), *self.helpers.parameters()])
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        self.muon.step()
        self.adam.step()
        self.helpers_adam.step()
        self.helpers.zero_grad(set_to_none=True)
        see_contrast_only(self.model)
        self.model.zero_grad(set_to_none=True)
        self.step += 1
        done = self.step - self.first_step
        decay = min(self.settings.average_decay, done / (done + 10))
        with torch.no_grad():
            for name, p in self.model.named_parameters():
                self.average[name].lerp_(p, 1 - decay)

    def _set_rates(self, schedule: Schedule) -> None:
        first = self.progress < schedule.first_rates_until
        left = min(1.0, (1 - self.progress) / (1 - schedule.decay_from))
        fade = max(schedule.last_rate_share, left) * min(
            1.0, (self.step - self.first_step + 1) / _WARM_UP
        )
        for group in self.muon.param_groups:
            group["lr"] = fade * (schedule.muon_rate_first if first else schedule.muon_rate)
        for group in (*self.adam.param_groups, *self.helpers_adam.param_groups):
            group["lr"] = fade * (schedule.adam_rate_first if first else schedule.adam_rate)

    def _keep_time(self, last: float, end: float) -> float:
        """Go by the leading process's clock, so that all stop after the same step."""
        now = time.monotonic()
        elapsed, stopped = self.group.told(
            self.elapsed + now - last, float(self._stopped or now >= end)
        )
        self.elapsed, self._stopped = elapsed, bool(stopped)
        return now

    def _agree_on_levels(self) -> None:
        sources = [s for stream in (self.text, self.pictures) for s in stream.sources.values()]
        for source, level in zip(
            sources, self.group.told(*(source.level for source in sources)), strict=True
        ):
            source.rise(int(level))

    def _log(self) -> None:
        if not self.group.leads:
            return
        row = {
            "step": self.step,
            "minutes": round(self.elapsed / 60, 2),
            "tokens": self.tokens,
            "pictures": self.pictures_seen,
            "rate": round(self.muon.param_groups[0]["lr"], 5),
            **{f"loss_{k}": round(mean(v), 4) for k, v in self._since_log.items() if v},
            "patches_read": round(self._patches_read, 3),
            "pages_read": round(self._pages_read, 3),
            "values_found": round(self._values_found, 3),
            "arguments_found": round(self._arguments_found, 3),
            "levels": {
                source.name: [source.level, round(source.exact, 3)]
                for stream in (self.text, self.pictures)
                for source in stream.sources.values()
                if source.tokens
            },
        }
        for losses in self._since_log.values():
            losses.clear()
        self._write_row(row)
