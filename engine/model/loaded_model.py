"""A model that is ready to run: the one object that knows both transformers and our loop."""

from __future__ import annotations

import inspect
from dataclasses import replace
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any

import torch

from engine.api.errors import ModelNotUsable
from engine.api.events import PictureSeen, Seen
from engine.api.messages import DETAILS
from engine.cache.kv_cache import KVCache
from engine.cache.layer_kinds import kept_as
from engine.cache.turn_cache import TurnCache
from engine.documents import decode_image
from engine.model.attention import attend_in_pieces
from engine.model.families.base import Step
from engine.model.families.details import Details
from engine.model.template import render_within_limits
from engine.model.vision import FeatureStore
from engine.prompt.template_traits import TemplateTraits, template_traits, thinking_of
from engine.text.dialects import DIALECTS, thought_marks

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tokenizers import Tokenizer

    from engine.api.events import DialectName, ModelInfo
    from engine.api.messages import Detail, ImagePart
    from engine.model.families.base import FamilyAdapter
    from engine.model.heads.base import ModelHead
    from engine.prompt.render import Values
    from engine.prompt.spans import ImageSpan, PictureForm

_FEATURE_BUDGET_BYTES = 512 * 2**20
_LONG_TEXT = 2_000
_LONG_TEXTS_KEPT = 32


class LoadedModel:
    """Implements `decode.language_model.LanguageModel` and `prompt.render.ChatModel`."""

    def __init__(
        self,
        model: Any,  # noqa: ANN401 - transformers' models carry no useful types
        tokenizer: Any,  # noqa: ANN401
        family: FamilyAdapter,
        info: ModelInfo,
        stop_tokens: frozenset[int],
    ) -> None:
        self._model = model
        self._hf_tokenizer = tokenizer
        self._family = family
        kinds = family.layer_kinds(model.config)
        self._layer_kinds = None if kinds is None else kept_as(info.kv, kinds)
        in_pieces = kinds is not None and attend_in_pieces(model)
        if info.kv == "int8" and not in_pieces:
            raise ModelNotUsable("This model cannot read what it has read as 8-bit numbers.")
        self.reads_in_chunks = True
        self._keeps_logits = "logits_to_keep" in inspect.signature(model.forward).parameters
        self.thought_marks = thought_marks(family.dialect)
        thinking = thinking_of(self.apply_template, self.thought_marks)
        self.info = replace(info, thinking=thinking.name, thinks_unasked=thinking.unasked)
        self._traits = lru_cache(partial(template_traits, self.apply_template))
        # Set by whoever loads the model: what drafts for it, and rows at which steps grow dearer.
        self.draft: LoadedModel | None = None
        self.row_limits: tuple[int, ...] = ()
        self.stop_tokens = stop_tokens
        self.tokenizer: Tokenizer = tokenizer.backend_tokenizer
        self.max_context = info.max_context
        self.image_token = family.image_token
        self.image_token_id = _feature_token_id(tokenizer, family.feature_token)
        self.bidirectional_images = family.bidirectional_images
        self.dialect = family.dialect
        self.call_marks = _call_marks(self.tokenizer, family.dialect)
        self.special_strings = _special_strings(
            tokenizer, {s for s in (family.image_token, family.feature_token) if s}
        )
        self._forms: dict[str, Details[PictureForm]] = {}
        # A document is tokenised once, not with every key that is typed beside it.
        self._encode_long = lru_cache(_LONG_TEXTS_KEPT)(lambda t: tuple(self._encode_text(t)))
        self.features = FeatureStore(self._encode, _FEATURE_BUDGET_BYTES)
        # What drafts for this model from its own hidden states, where its folder holds such a part.
        self.draft_head: ModelHead | None = None

    @property
    def network(self) -> Any:  # noqa: ANN401 - transformers' models carry no useful types
        """The model as transformers built it, to be measured; turns go through `forward`."""
        return self._model

    def traits_when(self, thinking: bool | None) -> TemplateTraits:
        """See `ChatModel.traits_when`. Found once, by trying the template."""
        return self._traits(thinking)

    def manner(self, thinking: bool | None) -> str:
        """See `ChatModel.manner`."""
        info = self.info
        if thinking is None or info.thinking != "switch" or thinking is info.thinks_unasked:
            return ""
        return "thinking" if thinking else "not-thinking"

    @property
    def reuses_cache(self) -> bool:
        """Whether what one turn computed may serve the next."""
        return self._layer_kinds is not None

    def new_cache(self) -> KVCache:
        """An empty cache of this model's kind."""
        if self._layer_kinds is None:
            return TurnCache(self._model.config)
        cache = KVCache(self._layer_kinds)
        if self.draft_head is not None:
            cache.head = self.draft_head.new_memory()
        return cache

    def forward(
        self,
        tokens: Sequence[int],
        positions: torch.Tensor,
        cache: KVCache,
        image_features: torch.Tensor | None = None,
    ) -> torch.Tensor:
        """See `LanguageModel.forward`."""
        return self._run(tokens, positions, cache, image_features, logits_of=1)[0]

    def verify(
        self, tokens: Sequence[int], positions: torch.Tensor, cache: KVCache
    ) -> torch.Tensor:
        """See `LanguageModel.verify`."""
        return self._run(tokens, positions, cache, None, logits_of=len(tokens))

    @torch.no_grad()
    def _run(
        self,
        tokens: Sequence[int],
        positions: torch.Tensor,
        cache: KVCache,
        image_features: torch.Tensor | None,
        logits_of: int,
    ) -> torch.Tensor:
        """Logits of the last `logits_of` tokens, shape (logits_of, vocabulary)."""
        device = self._model.device
        ids = torch.tensor([list(tokens)], dtype=torch.long, device=device)
        step = Step(
            positions=positions.to(device),
            past=cache.length,
            places=ids == self.image_token_id,
            features=image_features,
        )
        inputs: dict[str, object] = {
            "input_ids": ids,
            "past_key_values": cache,
            "use_cache": True,
            **self._family.step_inputs(step),
        }
        logits = self._logits(inputs, logits_of, cache, step)[0, -logits_of:].float().cpu()
        if 0 <= self.image_token_id < logits.shape[-1]:
            # No answer may make up a picture: its feature would be missing when it is read again.
            logits[:, self.image_token_id] = torch.finfo(logits.dtype).min
        return logits

    def _logits(
        self, inputs: dict[str, object], logits_of: int, cache: KVCache, step: Step
    ) -> torch.Tensor:
        """The forward itself: logits (1, `logits_of` at least, vocabulary), where the model is."""
        if self.draft_head is not None and cache.head is not None:
            logits, hidden = self.draft_head.run(self._model, inputs, logits_of)
            known = hidden.shape[1]
            start = step.past + step.positions.shape[1] - known
            cache.head.note(start, hidden[0], step.positions[:, -known:])
        else:
            kept = {"logits_to_keep": logits_of} if self._keeps_logits else {}
            logits = self._model(**inputs, **kept).logits
        result: torch.Tensor = logits
        return result

    def apply_template(
        self,
        messages: Values,
        *,
        answer: bool,
        tools: Values = (),
        thinking: bool | None = None,
    ) -> str:
        """See `ChatModel.apply_template`. The template runs sandboxed and within limits."""
        switch = {} if thinking is None else {"enable_thinking": thinking}

        def run() -> str:
            # As a batch of one, since a beginning may have no messages, only tools.
            (text,) = self._hf_tokenizer.apply_chat_template(
                [list(messages)],
                tools=list(tools) or None,
                tokenize=False,
                add_generation_prompt=answer,
                **switch,
            )
            return str(text)

        try:
            return render_within_limits(run)
        except Exception as error:
            raise ModelNotUsable(
                "This model's chat template cannot show this conversation.",
                f"{type(error).__name__}: {error}",
            ) from error

    def tokenize(self, text: str) -> list[int]:
        """See `ChatModel.tokenize`."""
        if len(text) < _LONG_TEXT:
            return self._encode_text(text)
        return list(self._encode_long(text))

    def token_text(self, token: int) -> str:
        """A token's own text, special or not."""
        return str(self.tokenizer.decode([token], skip_special_tokens=False))

    def image_settings_key(self, detail: Detail) -> str:
        """See `ChatModel.image_settings_key`."""
        return self._family.image_settings_key(detail)

    def picture_form(self, image: ImagePart) -> PictureForm:
        """See `ChatModel.picture_form`."""
        return self._forms_of(image).of(image.detail)

    def picture_seen(self, image: ImagePart) -> PictureSeen:
        """How this model would see `image` at each detail; nothing of it is run."""
        forms = self._forms_of(image)
        low, standard, full = (
            Seen(*form.seen, tokens=form.tokens(self.tokenize))
            for form in (forms.low, forms.standard, forms.full)
        )
        return PictureSeen(image.sha256, low, standard, full)

    def _forms_of(self, image: ImagePart) -> Details[PictureForm]:
        """Found once per picture, for all details together, since it takes decoding it."""
        forms = self._forms.get(image.sha256)
        if forms is None:
            pixels = decode_image(image)
            low, standard, full = (self._family.picture_form(pixels, d) for d in DETAILS)
            forms = self._forms[image.sha256] = Details(low, standard, full)
        return forms

    def positions(self, length: int, spans: Sequence[ImageSpan]) -> torch.Tensor:
        """See `ChatModel.positions`."""
        return self._family.positions(length, spans)

    def _encode_text(self, text: str) -> list[int]:
        return list(self.tokenizer.encode(text, add_special_tokens=False).ids)

    @torch.no_grad()
    def _encode(self, image: ImagePart) -> torch.Tensor:
        return self._family.image_features(self._model, decode_image(image), image.detail)


def _feature_token_id(tokenizer: Any, token: str | None) -> int:  # noqa: ANN401
    """The id at places that take features; -1, which no token has, for text alone."""
    if token is None:
        return -1
    token_id = tokenizer.backend_tokenizer.token_to_id(token)
    if token_id is None:
        raise ModelNotUsable("This model's tokenizer does not know its own picture marker.", token)
    return int(token_id)


def _call_marks(tokenizer: Tokenizer, dialect: DialectName) -> frozenset[int]:
    """Ids of the marks that stand around calls and thoughts, where they are tokens."""
    form = DIALECTS[dialect]
    ids = [tokenizer.token_to_id(mark) for mark in form.marks] if form else []
    return frozenset(i for i in ids if i is not None)


def _special_strings(tokenizer: Any, marks: set[str]) -> tuple[str, ...]:  # noqa: ANN401
    """`marks` and every string the tokenizer turns into a special token, the longest first.

    Added tokens that are not special (runs of spaces, tags) are ordinary text and stay so.
    """
    added = tokenizer.backend_tokenizer.get_added_tokens_decoder().values()
    strings = marks | {str(t.content) for t in added if t.special and len(t.content) > 1}
    return tuple(sorted(strings, key=lambda text: (-len(text), text)))
