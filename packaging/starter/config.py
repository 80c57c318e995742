"""Everything that decides how the starter model comes out, in one place."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field


@dataclass(frozen=True)
class ModelSize:
    """Dimensions. Inner sizes are multiples of 64 and outer ones of 16, as 4-bit formats want."""

    vocabulary: int = 512
    hidden: int = 128
    feed_forward: int = 320
    layers: int = 6
    heads: int = 4
    key_value_heads: int = 2
    convolution: int = 5
    rope_theta: float = 10_000.0
    context_tokens: int = 2048
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
    muon_rate_first: float = 0.02
    adam_rate_first: float = 5e-3
    muon_rate: float = 0.006
    adam_rate: float = 1.5e-3
    last_rate_share: float = 0.03
    text_tokens_first: int = 1024
    text_tokens: int = 1280
    text_tokens_beside_first_pictures: int = 1024
    picture_tokens_first: int = 2048
    picture_tokens: int = 3584
    longest: int = 2048
    # A step has a batch of text only every so many steps once pictures are in.
    text_every: int = 1
    mixed_share: float = 0.17
    picture_top: int = 6


# A second stretch from a trained checkpoint, for what the first left weak: mostly pictures, text
# enough to keep what is known, a fresh rate that falls over two thirds of the time.
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
    mixed_share=0.06,
    picture_top=5,
)
SCHEDULES = {"whole": Schedule(), "reading": READING}


@dataclass(frozen=True)
class Settings:
    """One run."""

    minutes: float = 90.0
    threads: int = 1
    device: str = "cpu"
    seed: int = 1
    average_decay: float = 0.998
    checkpoint_every_s: float = 120.0
    size: ModelSize = field(default_factory=ModelSize)
    schedule: Schedule = field(default_factory=Schedule)

    def to_dict(self) -> dict[str, object]:
        return asdict(self)
