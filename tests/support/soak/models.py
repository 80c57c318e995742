"""Tiny checkpoints of which every token can be told by the text that it says.

They speak plain ASCII, so each token shows at once and alone. Their tokenizers merge some pairs of
letters, and they say such a pair in two tokens as often as in one: an answer that is tokenised anew
becomes other tokens than were said, as with real models.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from safetensors.torch import load_file, save_file
from tiny_checkpoints import FAMILIES

if TYPE_CHECKING:
    from pathlib import Path

    from engine.api.messages import ImagePart

MERGES = ("th", "he", "in", "er", "an", "re", "on", "at", "en", "nd", "ti", "es", "or", "te")
CONTEXT = 4096
_FIRST_MERGED_ID = 272
_SPOKEN = "".join(chr(code) for code in range(32, 127))
# An answer ends by itself where the model would say this.
_ENDS_LIKE = "~"
_END = "the end of an answer"


@dataclass(frozen=True, slots=True)
class Kind:
    """A family as the oracle knows it.

    A template's `marker` becomes what stands `before` the places, the `place` as often as there
    are features, and what stands `after`. `cuts` says whether its caches can be cut anywhere.
    A side of a picture takes a place for every `patch` pixels, or all take `places`. Where it
    `thinks`, an earlier answer stands behind other words than it was given behind. Where it
    `slides`, only the latest answer can be asked for again at the cost of one token.
    """

    family: str
    marker: str
    place: str
    before: str = ""
    after: str = ""
    patch: int = 32
    places: int | None = None
    cuts: bool = False
    thinks: bool = False
    slides: bool = False

    def shown(self, image: ImagePart) -> str:
        """What stands in a prompt for the picture."""
        count = self.places or (image.width // self.patch) * (image.height // self.patch)
        return self.before + self.place * count + self.after


KINDS = {
    "LFM2-VL": Kind("LFM2-VL", "<image>", "<image>", patch=16),
    "Qwen3-VL": Kind("Qwen3-VL", "<|image_pad|>", "<|image_pad|>", cuts=True),
    "Qwen3.5": Kind("Qwen3.5", "<|image_pad|>", "<|image_pad|>", thinks=True),
    "Gemma 3": Kind(
        "Gemma 3", "<start_of_image>", "<image_soft_token>",
        "\n\n<start_of_image>", "<end_of_image>\n\n", places=25, slides=True,
    ),
}  # fmt: skip


def build_speaker(family: str, folder: Path) -> Path:
    """A random model of `family` in `folder`, with its tokenizer and its voice made as above."""
    FAMILIES[family](folder, max_context=CONTEXT)  # type: ignore[call-arg]
    vocabulary = _merge_pairs(folder / "tokenizer.json")
    _give_voice(folder, vocabulary)
    return folder


def _merge_pairs(path: Path) -> dict[str, int]:
    """Add the merged tokens; answers with the ids of what is spoken and of what ends an answer."""
    tokenizer = json.loads(path.read_text(encoding="utf-8"))
    model = tokenizer["model"]
    # Else they would be counted from the new end of the vocabulary.
    model["vocab"] |= {token["content"]: token["id"] for token in tokenizer["added_tokens"]}
    for number, pair in enumerate(MERGES):
        model["vocab"][pair] = _FIRST_MERGED_ID + number
        model["merges"].append(list(pair))
    path.write_text(json.dumps(tokenizer), encoding="utf-8")
    spoken = {text: model["vocab"]["\u0120" if text == " " else text] for text in _SPOKEN}
    settings = json.loads(path.with_name("tokenizer_config.json").read_text(encoding="utf-8"))
    ends = {_END: model["vocab"][settings["eos_token"]]}
    return spoken | {pair: model["vocab"][pair] for pair in MERGES} | ends


def _give_voice(folder: Path, vocabulary: dict[str, int]) -> None:
    weights = load_file(folder / "model.safetensors")
    (embedded,) = [name for name in weights if name.endswith("embed_tokens.weight")]
    own = [name for name in weights if name.endswith("lm_head.weight")] or ["lm_head.weight"]
    head = weights.get(own[0], weights[embedded]).clone()
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    config["tie_word_embeddings"] = config["text_config"]["tie_word_embeddings"] = False
    (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
    head[vocabulary[_END]] = head[vocabulary[_ENDS_LIKE]]
    said = {token for text, token in vocabulary.items() if text not in (_ENDS_LIKE, "<")}
    head[torch.tensor([token for token in range(len(head)) if token not in said])] = 0.0
    weights[own[0]] = head
    save_file(weights, folder / "model.safetensors", {"format": "pt"})
