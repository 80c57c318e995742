"""llama.cpp through llama-cpp-python, as far as the benchmarks need it: read tokens, time it.

Its plain C interface is called, without its own sampling or caching.
"""

from __future__ import annotations

import ctypes
import time
from importlib import import_module
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_CONTEXT = 2_048
_BATCH = 512


class LlamaCpp:
    """One GGUF model on the processor with `threads` threads.

    Raises `ImportError` where llama-cpp-python is not installed.
    """

    def __init__(self, path: Path, threads: int) -> None:
        self._api: Any = import_module("llama_cpp.llama_cpp")
        api = self._api
        # Kept, or the callback would be collected while llama.cpp still calls it.
        self._quiet = api.llama_log_callback(lambda _level, _text, _data: None)
        api.llama_log_set(self._quiet, ctypes.c_void_p(0))
        api.llama_backend_init()
        settings = api.llama_model_default_params()
        settings.n_gpu_layers = 0
        self._model = api.llama_model_load_from_file(str(path).encode(), settings)
        if not self._model:
            raise ValueError(f"llama.cpp cannot load {path.name}")
        context = api.llama_context_default_params()
        context.n_ctx, context.n_batch, context.n_ubatch = _CONTEXT, _BATCH, _BATCH
        context.n_threads = context.n_threads_batch = threads
        self._context = api.llama_init_from_model(self._model, context)

    @property
    def flags(self) -> str:
        """What llama.cpp was compiled with and found here."""
        return str(self._api.llama_print_system_info().decode())

    def read_s(self, tokens: Sequence[int]) -> float:
        """Seconds to read `tokens` as a prompt, up to the last one's scores."""
        self._api.llama_memory_clear(self._api.llama_get_memory(self._context), True)
        started = time.perf_counter()
        self._decode(tokens)
        return time.perf_counter() - started

    def speak_s(self, count: int) -> float:
        """Seconds to say `count` more tokens, each the likeliest."""
        started = time.perf_counter()
        size = self._api.llama_vocab_n_tokens(self._api.llama_model_get_vocab(self._model))
        for _ in range(count):
            self._decode([self._likeliest(size)])
        return time.perf_counter() - started

    def close(self) -> None:
        """Give the memory back."""
        self._api.llama_free(self._context)
        self._api.llama_model_free(self._model)

    def _likeliest(self, size: int) -> int:
        scores = self._api.llama_get_logits_ith(self._context, -1)
        return int(np.ctypeslib.as_array(scores, (size,)).argmax())

    def _decode(self, tokens: Sequence[int]) -> None:
        held = (self._api.llama_token * len(tokens))(*tokens)
        if self._api.llama_decode(self._context, self._api.llama_batch_get_one(held, len(tokens))):
            raise ValueError("llama.cpp gave up")
