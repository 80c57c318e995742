"""The settings that engine and window share: which model, and how it answers by default.

Declared as data; the window's own settings are declared by the window, and kept the same way.
"""

# Without `from __future__ import annotations`: the declarations are read when this is imported.

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, field_validator

from engine.api.requests import LEAST_TEMPERATURE, KvName, Limits, SamplingParams, WeightsName
from engine.paths import config_dir
from engine.settings_file import Loaded, load_file, save_file


class Settings(BaseModel):
    """A value: to change a setting, make a new one. Ranges are those of `SamplingParams`."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    model_folder: Path | None = Field(None, description="Checkpoint; without one, the starter.")
    weights: WeightsName | None = Field(
        None, description="Without a choice, what suits the device."
    )
    kv: KvName | None = Field(
        None, description="How what was read is kept; without a choice, in full while it fits."
    )
    max_tokens: int | None = Field(1024, ge=1, description="Where an answer ends at the latest.")
    temperature: float = Field(0.0, ge=0.0, le=100.0, description="0 is greedy.")
    top_k: int | None = Field(None, ge=1)
    top_p: float = Field(1.0, gt=0.0, le=1.0)
    min_p: float = Field(0.0, ge=0.0, lt=1.0)
    repetition_penalty: float = Field(1.0, gt=0.0, le=10.0)

    warm_resume: bool = Field(
        True,
        description="Keep what is computed for conversations on this disk, so that they go on "
        "quickly after a restart. Off removes what is kept when a model is loaded next.",
    )
    warm_resume_gb: float = Field(
        8.0, gt=0.0, le=1000.0, description="At most so much, and at most a tenth of a free disk."
    )

    offline: bool = Field(
        False, description="Refuse every connection and name look-up outside this machine."
    )

    @field_validator("temperature")
    @classmethod
    def _not_next_to_greedy(cls, value: float) -> float:
        """Refuse what is neither greedy nor a temperature that numbers survive."""
        if 0.0 < value < LEAST_TEMPERATURE:
            raise ValueError(f"must be 0 or at least {LEAST_TEMPERATURE}")
        return value

    def sampling_params(self) -> SamplingParams:
        """How answers are sampled; every turn draws its own seed."""
        return SamplingParams(
            self.temperature, self.top_k, self.top_p, self.min_p, self.repetition_penalty
        )

    def resume_bytes(self) -> int:
        """How much may be kept on disk for the next start (`LoadModel.resume_bytes`)."""
        return int(self.warm_resume_gb * 10**9) if self.warm_resume else 0

    def limits(self) -> Limits:
        """Where answers end."""
        return Limits(self.max_tokens)


def settings_path() -> Path:
    """Where these settings are kept."""
    return config_dir() / "settings.json"


def load_settings(path: Path) -> Loaded[Settings]:
    """The settings kept at `path`, or the defaults; a file that cannot be used is set aside."""
    return load_file(path, Settings)


def save_settings(path: Path, settings: Settings) -> None:
    """Keep `settings` at `path`, or raise `engine.atomic.FileNotWritten`."""
    save_file(path, settings)
