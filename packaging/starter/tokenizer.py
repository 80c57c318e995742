"""The starter's tokenizer: byte-level pieces over letters, single digits and single marks."""

from __future__ import annotations

import json
import random
from typing import TYPE_CHECKING

from tokenizers import (
    Regex,
    Tokenizer,
    decoders,
    models,
    pre_tokenizers,
    trainers,
)
from tool_lines import tool_block

from engine.evals.items import Document, Item, Split, Text, ToolResult
from engine.evals.tasks import TASKS, TOP_LEVEL
from engine.prompt.forms import document_text

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PAD, START, END = "<|pad|>", "<|im_start|>", "<|im_end|>"
IMAGE_START, IMAGE, IMAGE_END = "<|image_start|>", "<image>", "<|image_end|>"
CONTROL = (PAD, START, END, IMAGE_START, IMAGE, IMAGE_END)
# One id each, and visible text when decoded.
MARKS = (
    "<tool_call>", "</tool_call>", "<tool_response>", "</tool_response>", "<tools>", "</tools>",
    "<think>", "</think>", "<document", "</document>", "[p.",
)  # fmt: skip
ROLES = ("system", "user", "assistant", "tool")
# What stands before a call's function and before its arguments. In pieces the latter takes 14 ids,
# more than the model's convolutions see at once: the arguments' names would be out of sight of the
# function they belong to.
FRAMES = ('{"name": "', '", "arguments": {')
SPARE = tuple(f"<|spare_{i}|>" for i in range(6))

# A run of letters, or one character of anything else.
_SPLIT = r"\p{L}+|[^\p{L}]"
_CORPUS_TASKS = (
    "document/facts", "document/prose", "document/table", "document/meant", "tools/call",
    "tools/result", "examples/five", "dialogue/talk", "dialogue/about", "dialogue/format",
)  # fmt: skip


def train_tokenizer(vocabulary: int, seed: int, items: int = 6000) -> Tokenizer:
    """Train on the texts that the model will be trained on."""
    tokenizer = Tokenizer(models.BPE(byte_fallback=False))
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(_SPLIT), behavior="isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary,
        special_tokens=[*CONTROL, *MARKS, *ROLES, *FRAMES, *SPARE],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(_corpus(seed, items), trainer)
    return _with_token_kinds(tokenizer)


def save_tokenizer(tokenizer: Tokenizer, folder: Path, context_tokens: int) -> None:
    """Write the folder that `AutoTokenizer` reads."""
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer.save(str(folder / "tokenizer.json"))
    config = {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "model_max_length": context_tokens,
        "pad_token": PAD,
        "eos_token": END,
        "clean_up_tokenization_spaces": False,
        "padding_side": "right",
        "model_input_names": ["input_ids", "attention_mask"],
        "extra_special_tokens": {
            "image_token": IMAGE,
            "image_start_token": IMAGE_START,
            "image_end_token": IMAGE_END,
        },
    }
    (folder / "tokenizer_config.json").write_text(json.dumps(config, indent=2) + "\n")


def control_ids(tokenizer: Tokenizer) -> dict[str, int]:
    """Return the ids that a model's configuration names."""
    names = {"pad": PAD, "end": END, "image": IMAGE}
    return {name: tokenizer.token_to_id(token) for name, token in names.items()}


def _with_token_kinds(tokenizer: Tokenizer) -> Tokenizer:
    """Say of each added token whether decoding hides it and where it may match."""
    state = json.loads(tokenizer.to_str())
    for token in state["added_tokens"]:
        content = token["content"]
        token["special"] = content in CONTROL or content in SPARE
        token["single_word"] = content in ROLES
        token["normalized"] = False
    return Tokenizer.from_str(json.dumps(state))


def _corpus(seed: int, items: int) -> Iterator[str]:
    rng = random.Random(f"tokenizer/{seed}")
    for _ in range(items):
        yield from item_texts(TASKS[rng.choice(_CORPUS_TASKS)](rng, Split.TRAIN, TOP_LEVEL))


def item_texts(item: Item) -> Iterator[str]:
    """Yield every text of a conversation."""
    yield tool_block(item.tools)
    for exchange in item.exchanges:
        for part in exchange.asked:
            if isinstance(part, Document):
                yield document_text(part.name, part.pages)
            elif isinstance(part, Text | ToolResult):
                yield part.text
        yield exchange.said
