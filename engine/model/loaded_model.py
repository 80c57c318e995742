"""A model that is ready to run: the one object that knows both transformers and our loop."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import torch

from engine.api.errors import ModelNotUsable
from engine.cache.kv_cache import KVCache
from engine.documents import decode_image
from engine.model.template import render_within_limits
from engine.model.vision import FeatureStore

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tokenizers import Tokenizer

    from engine.api.events import ModelInfo
    from engine.api.messages import ImagePart
    from engine.model.families.base import FamilyAdapter
    from engine.prompt.render import Values
    from engine.prompt.spans import ImageSpan

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
        self._layer_kinds = tuple(family.layer_kinds(model.config))
        self.info = info
        self.stop_tokens = stop_tokens
        self.tokenizer: Tokenizer = tokenizer.backend_tokenizer
        self.max_context = info.max_context
        self.image_token = family.image_token
        self.image_token_id = _image_token_id(tokenizer, family.image_token)
        self.image_settings_key = family.image_settings_key
        self.special_strings = _special_strings(tokenizer)
        self._grids: dict[str, tuple[int, int]] = {}
        # A document is tokenised once, not with every key that is typed beside it.
        self._encode_long = lru_cache(_LONG_TEXTS_KEPT)(lambda t: tuple(self._encode_text(t)))
        self.features = FeatureStore(self._encode, _FEATURE_BUDGET_BYTES)

    @property
    def network(self) -> Any:  # noqa: ANN401 - transformers' models carry no useful types
        """The model as transformers built it, to be measured; turns go through `forward`."""
        return self._model

    def new_cache(self) -> KVCache:
        """An empty cache of this model's kind."""
        return KVCache(self._layer_kinds)

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
        pictures: Mapping[str, object] = (
            {} if image_features is None else self._family.feature_inputs(image_features)
        )
        outputs = self._model(
            input_ids=torch.tensor([list(tokens)], dtype=torch.long, device=device),
            position_ids=self._family.position_ids(positions.to(device)),
            past_key_values=cache,
            use_cache=True,
            logits_to_keep=logits_of,
            **pictures,
        )
        logits: torch.Tensor = outputs.logits[0].float().cpu()
        return logits

    def apply_template(self, messages: Values, *, answer: bool, tools: Values = ()) -> str:
        """See `ChatModel.apply_template`. The template runs sandboxed and within limits."""

        def run() -> str:
            # As a batch of one, since a beginning may have no messages, only tools.
            (text,) = self._hf_tokenizer.apply_chat_template(
                [list(messages)],
                tools=list(tools) or None,
                tokenize=False,
                add_generation_prompt=answer,
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

    def image_grid(self, image: ImagePart) -> tuple[int, int]:
        """See `ChatModel.image_grid`. Found once per picture, since it takes decoding it."""
        grid = self._grids.get(image.sha256)
        if grid is None:
            grid = self._grids[image.sha256] = self._family.image_grid(decode_image(image))
        return grid

    def positions(self, length: int, spans: Sequence[ImageSpan]) -> torch.Tensor:
        """See `ChatModel.positions`."""
        return self._family.positions(length, spans)

    def _encode_text(self, text: str) -> list[int]:
        return list(self.tokenizer.encode(text, add_special_tokens=False).ids)

    @torch.no_grad()
    def _encode(self, image: ImagePart) -> torch.Tensor:
        return self._family.image_features(self._model, decode_image(image))


def _image_token_id(tokenizer: Any, image_token: str) -> int:  # noqa: ANN401
    token_id = tokenizer.backend_tokenizer.token_to_id(image_token)
    if token_id is None:
        raise ModelNotUsable(
            "This model's tokenizer does not know its own picture marker.", image_token
        )
    return int(token_id)


def _special_strings(tokenizer: Any) -> tuple[str, ...]:  # noqa: ANN401
    """Every string the tokenizer would turn into a special token, the longest first.

    Added tokens that are not special (runs of spaces, tags) are ordinary text and stay so.
    """
    added = tokenizer.backend_tokenizer.get_added_tokens_decoder().values()
    strings = {str(t.content) for t in added if t.special and len(t.content) > 1}
    return tuple(sorted(strings, key=lambda text: (-len(text), text)))
