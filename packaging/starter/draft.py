"""The draft model: a far smaller reader of the same tokens, trained beside the target.

It has the text architecture of the target with few and narrow layers, so that drafting a token
reads at most a sixth of the target's weights. It learns the same answers, and in the end the
target's own choices (distillation, Hinton et al. 2015, arXiv:1503.02531), because what counts is
not to be right but to agree. Pictures are mere placeholders to it.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import torch
from batches import exact_answers, scored_logits
from drawing import Drawing
from levels import streams
from muon import optimisers
from network import draft_config
from stretch import Stretch
from tokenizer import SPARE, control_ids
from torch.nn.functional import cross_entropy, kl_div
from transformers import Lfm2ForCausalLM

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from batches import Batch
    from chat import ChatEncoder
    from config import Settings
    from tokenizers import Tokenizer
    from transformers import Lfm2VlForConditionalGeneration

_LOG_EVERY = 50
_WARM_UP = 40
_BATCH_TOKENS = 3072
# So small a model must first learn to copy at all.
_REPEATS_UNTIL = 0.12
_LEVELS_FULL_AT = 0.4
_TEACHER_FROM = 0.6


class DraftTrainer(Stretch):
    """Trains the draft by the wall clock; `save` and `load` carry it over a restart."""

    def __init__(
        self,
        settings: Settings,
        tokenizer: Tokenizer,
        encoder: ChatEncoder,
        folder: Path,
    ) -> None:
        super().__init__(settings, folder, "draft", "draft")
        self.encoder = encoder
        torch.manual_seed(settings.seed)
        self.model = Lfm2ForCausalLM(draft_config(settings.size, control_ids(tokenizer))).float()
        self.model.to(settings.device)
        schedule = settings.schedule
        self.rates = schedule.muon_rate_first, schedule.adam_rate_first
        self.muon, self.adam = optimisers(self.model, *self.rates)
        first_id = tokenizer.token_to_id(SPARE[-1]) + 1
        self.text, _ = streams(encoder, settings.size.vocabulary, first_id, schedule)
        self.pad = self.model.config.pad_token_id
        self._loss, self._exact = 0.0, 0.0

    def run(self, teacher: Lfm2VlForConditionalGeneration, piece: float | None = None) -> None:
        """Train until the time, or a piece of it in minutes, is over.

        Towards the end `teacher` says what to answer.
        """
        self.model.train()
        teacher.eval()
        batches = Drawing(
            self.text,
            self._plan,
            pad=self.pad,
            longest=self.settings.schedule.longest,
            seed=f"draft/{self.settings.seed}/{self.step}",
            workers=self.settings.workers,
        )
        last = time.monotonic()
        end = last + 60 * piece if piece else float("inf")
        while self.progress < 1 and last < end and not self._stopped:
            for source in self.text.sources.values():
                source.rise(int(source.top * min(1.0, self.progress / _LEVELS_FULL_AT)))
            batch = batches.next(self.progress).to(self.settings.device)
            self._set_rates()
            self._learn(batch, teacher if self.progress >= _TEACHER_FROM else None)
            now = time.monotonic()
            self.elapsed, last = self.elapsed + now - last, now
            if self.step % _LOG_EVERY == 0:
                self._log()
        self.save()

    def save(self) -> None:
        """Write a checkpoint."""
        state = {
            "model": self.model.state_dict(),
            "muon": self.muon.state_dict(),
            "adam": self.adam.state_dict(),
            "step": self.step,
            "elapsed": self.elapsed,
            "tokens": self.tokens,
        }
        self._write_checkpoint(state)

    def load(self) -> None:
        """Go on from the last checkpoint."""
        state = self._read_checkpoint()
        self.model.load_state_dict(state["model"])
        self.muon.load_state_dict(state["muon"])
        self.adam.load_state_dict(state["adam"])
        self.step, self.elapsed, self.tokens = state["step"], state["elapsed"], state["tokens"]

    def _plan(self, progress: float, _levels: Mapping[str, int]) -> tuple[Mapping[str, float], int]:
        shares = {"repeat": 1.0} if progress < _REPEATS_UNTIL else self.settings.schedule.texts
        return shares, _BATCH_TOKENS

    def _learn(self, batch: Batch, teacher: Lfm2VlForConditionalGeneration | None) -> None:
        logits = scored_logits(self.model, batch)
        if teacher is None:
            loss = cross_entropy(logits, batch.targets)
        else:
            with torch.no_grad():
                wanted = scored_logits(teacher, batch).log_softmax(-1)
            loss = kl_div(logits.log_softmax(-1), wanted, log_target=True, reduction="batchmean")
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        self.muon.step()
        self.adam.step()
        self.model.zero_grad(set_to_none=True)
        self.step += 1
        self.tokens += batch.tokens
        self._loss += loss.item()
        answers = [all(a) for sample in exact_answers(batch, logits) for a in sample]
        self._exact += sum(answers) / len(answers)

    def _set_rates(self) -> None:
        left = min(1.0, (1 - self.progress) / (1 - self.settings.schedule.decay_from))
        fade = max(self.settings.schedule.last_rate_share, left)
        fade *= min(1.0, (self.step + 1) / _WARM_UP)
        for optimiser, rate in zip((self.muon, self.adam), self.rates, strict=True):
            for group in optimiser.param_groups:
                group["lr"] = fade * rate

    def _log(self) -> None:
        row = {
            "step": self.step,
            "minutes": round(self.elapsed / 60, 2),
            "tokens": self.tokens,
            "loss": round(self._loss / _LOG_EVERY, 4),
            "exact": round(self._exact / _LOG_EVERY, 4),
        }
        self._loss = self._exact = 0.0
        self._write_row(row)
