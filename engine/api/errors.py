"""What can go wrong in the engine, in the user's words.

Every error that leaves the engine is one of these. `sentence` is what a person reads: what
happened, why, and what can be done. `details` is for the log and for "Details". Nobody may decide
anything by looking at either text: decide by the class.
"""

from __future__ import annotations


class EngineError(Exception):
    """Root of all errors that the engine hands to its callers."""

    def __init__(self, sentence: str, details: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.details = details


class ModelNotUsable(EngineError):
    """A model folder cannot be loaded, or no model is loaded."""


class ContextTooLong(EngineError):
    """The prompt does not fit the model's context; nothing was dropped and nothing was run."""

    def __init__(self, prompt_tokens: int, max_context: int) -> None:
        over = prompt_tokens - max_context
        super().__init__(
            f"This question needs {prompt_tokens:,} tokens, {over:,} more than the "
            f"{max_context:,} this model can hold. Remove a document or ask about fewer pages."
        )
        self.prompt_tokens = prompt_tokens
        self.max_context = max_context
        self.over_tokens = over


class UnreadableFile(EngineError):
    """A file cannot be read as a picture or a document."""


class BadRequest(EngineError):
    """A request carries values that cannot be carried out."""


class OutOfMemory(EngineError):
    """Graphics or main memory ran out during a turn."""


class TurnFault(EngineError):
    """An unforeseen fault inside a turn; the engine itself goes on."""


class EngineBusy(EngineError):
    """Too many requests wait already: this one was not taken in. `waiting` is how many do."""

    def __init__(self, waiting: int) -> None:
        super().__init__(
            f"Tanka is busy: {waiting:,} requests are waiting already. "
            "Try again when some of them are done."
        )
        self.waiting = waiting


class ModelChanged(EngineError):
    """The model that a request meant was replaced or unloaded before the request ended."""


class EngineStopped(EngineError):
    """The engine's thread has ended before the request did, by `close` or by a fault.

    After a fault the next request finds a new thread, with the same model loaded again.
    """
