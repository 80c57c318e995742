"""Everything that decides how the starter model comes out, in one place."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class ModelSize:
    """Dimensions. Inner sizes are multiples of 64 and outer ones of 16, as 4-bit formats want."""

    vocabulary: int = 512
    hidden: int = 128
    feed_forward: int = 320
    layers: int = 8
    heads: int = 4
    key_value_heads: int = 2
    convolution: int = 11
    rope_theta: float = 10_000.0
    context_tokens: int = 2560
    vision_hidden: int = 128
    vision_feed_forward: int = 1024
    vision_layers: int = 3
    vision_heads: int = 4
    vision_grid: int = 16
    projector: int = 256
    patch: int = 16
    min_image_tokens: int = 4
    max_image_tokens: int = 256
    trim_margin: int | None = 2
    draft_hidden: int = 64
    draft_feed_forward: int = 128
    draft_layers: int = 4
    draft_heads: int = 2


# What fits into 24 MiB in bf16 together with its draft; for a GPU.
LARGE = ModelSize(
    vocabulary=1024,
    hidden=320,
    feed_forward=576,
    layers=10,
    heads=10,
    key_value_heads=5,
    context_tokens=4096,
    vision_hidden=192,
    vision_feed_forward=768,
    vision_layers=4,
    vision_heads=6,
    projector=512,
    draft_hidden=128,
    draft_feed_forward=256,
    draft_layers=4,
    draft_heads=4,
)
SIZES = {"small": ModelSize(), "large": LARGE}

# Shares of the tokens by source: tasks of engine.evals, and mixtures of them named in levels.
TEXTS: Mapping[str, float] = {
    "repeat": 0.2,
    "document/facts": 2.0, "document/prose": 1.2, "document/table": 1.5, "document/pages": 1.0,
    "document/absent": 1.0, "document/meant": 1.2, "document/told": 0.5, "document/one_kind": 0.5,
    "document/pasted": 0.5, "document/long": 1.2, "needle": 1.0,
    "tools/call": 2.2, "tools/optional": 0.9, "tools/two": 1.0, "tools/result": 1.0,
    "tools/none": 0.5,
    "examples": 1.8,
    "dialogue": 1.8, "dialogue/arithmetic": 0.3, "dialogue/format": 0.3,
}  # fmt: skip
PICTURES: Mapping[str, float] = {
    "picture/line": 5.0, "picture/receipt": 1.2, "picture/question": 0.8, "picture/shapes": 1.2,
    "picture/chart": 0.8, "picture/compare": 0.6, "mixed": 0.5,
}  # fmt: skip


@dataclass(frozen=True)
class Schedule:
    """Shares of the whole time at which something changes, rates and batch sizes in tokens."""

    first_rates_until: float = 0.06
    documents_from: float = 0.03
    pictures_from: float = 0.10
    mixed_from: float = 0.35
    decay_from: float = 0.70
    long_from: float = 0.40
    levels_pushed_from: float = 0.25
    levels_full_at: float = 0.60
    # These rise by what is mastered alone, until the last of the time.
    mastered_first: tuple[str, ...] = ()
    mastered_until: float = 0.88
    # From here on passes see the weights as 4-bit storage rounds them.
    rounded_from: float = 0.75
    muon_rate_first: float = 0.02
    adam_rate_first: float = 5e-3
    muon_rate: float = 0.006
    adam_rate: float = 1.5e-3
    last_rate_share: float = 0.03
    text_tokens_first: int = 1024
    text_tokens: int = 1280
    # 0: the same as later.
    text_tokens_beside_first_pictures: int = 1024
    picture_tokens_first: int = 2048
    picture_tokens: int = 3584
    longest: int = 2048
    # Once pictures are in, a step has a batch of text, and one of pictures, every so many steps.
    text_every: int = 1
    pictures_every: int = 1
    texts: Mapping[str, float] = field(default_factory=lambda: TEXTS)
    pictures: Mapping[str, float] = field(default_factory=lambda: PICTURES)
    # Where a stretch that goes on from trained weights begins; 0 for what is not named.
    first_levels: Mapping[str, int] = field(default_factory=dict)


_READ_FIRST: Mapping[str, int] = {
    "repeat": 5, "document/facts": 5, "document/table": 3, "document/long": 3, "picture/line": 5,
}  # fmt: skip

# A second stretch from trained weights for reading: mostly pictures, text enough to keep what is
# known, a fresh rate that falls over two thirds of the time.
READING = Schedule(
    first_rates_until=0.0,
    documents_from=0.0,
    pictures_from=0.0,
    mixed_from=0.15,
    decay_from=0.30,
    long_from=0.0,
    levels_pushed_from=0.0,
    muon_rate=0.008,
    adam_rate=2e-3,
    last_rate_share=0.02,
    text_tokens=1280,
    picture_tokens=2048,
    text_every=2,
    first_levels=_READ_FIRST,
)
# A further stretch for all skills, mostly of text: tools, examples, talk, pages.
SKILLS = Schedule(
    first_rates_until=0.0,
    documents_from=0.0,
    pictures_from=0.0,
    mixed_from=0.0,
    decay_from=0.4,
    long_from=0.0,
    levels_pushed_from=0.35,
    levels_full_at=0.6,
    muon_rate=0.006,
    adam_rate=2e-3,
    text_tokens=4096,
    text_tokens_beside_first_pictures=0,
    picture_tokens_first=0,
    picture_tokens=2560,
    pictures_every=2,
    longest=2560,
    first_levels=_READ_FIRST,
)
_SKILLED: Mapping[str, int] = {
    "repeat": 5, "document/facts": 5, "document/prose": 4, "document/table": 3,
    "document/pages": 4, "document/absent": 4, "document/meant": 4, "document/told": 2,
    "document/one_kind": 4, "document/pasted": 4, "document/long": 3, "needle": 4,
    "tools/result": 2, "tools/none": 1, "examples": 2, "dialogue": 4, "dialogue/arithmetic": 1,
    "dialogue/format": 4, "picture/line": 5, "picture/receipt": 1, "picture/shapes": 3,
    "picture/chart": 1, "picture/compare": 2, "mixed": 4,
}  # fmt: skip
# Once more, longer: most of it is known, functions begin at their lowest level again.
FURTHER = replace(
    SKILLS,
    decay_from=0.3,
    levels_pushed_from=0.45,
    levels_full_at=0.75,
    text_tokens=3072,
    texts={**TEXTS, "tools/call": 3.2},
    first_levels=_SKILLED,
    mastered_first=("tools/call", "tools/optional", "tools/two"),
)
# From nothing on a GPU: everything from the start but for the first minute, in large batches.
GPU = Schedule(
    first_rates_until=0.03,
    documents_from=0.01,
    pictures_from=0.04,
    mixed_from=0.12,
    decay_from=0.5,
    long_from=0.2,
    levels_pushed_from=0.2,
    levels_full_at=0.5,
    muon_rate_first=0.02,
    adam_rate_first=4e-3,
    muon_rate=0.012,
    adam_rate=2e-3,
    text_tokens_first=16_384,
    text_tokens=65_536,
    text_tokens_beside_first_pictures=32_768,
    picture_tokens_first=32_768,
    picture_tokens=65_536,
    longest=3072,
)
SCHEDULES = {
    "whole": Schedule(),
    "reading": READING,
    "skills": SKILLS,
    "further": FURTHER,
    "gpu": GPU,
}


@dataclass(frozen=True)
class Settings:
    """One run."""

    minutes: float = 90.0
    threads: int = 1
    workers: int = 0
    device: str = "cpu"
    seed: int = 1
    average_decay: float = 0.998
    checkpoint_every_s: float = 120.0
    size: ModelSize = field(default_factory=ModelSize)
    schedule: Schedule = field(default_factory=Schedule)

    def to_dict(self) -> dict[str, object]:
        return asdict(self)
