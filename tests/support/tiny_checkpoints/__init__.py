"""Tiny real checkpoints with random weights, built from their families' own config classes."""

from tiny_checkpoints.gemma import build_gemma3, build_gemma4
from tiny_checkpoints.lfm2 import build_lfm2_vl
from tiny_checkpoints.qwen import build_qwen2_5_vl, build_qwen3_5, build_qwen3_vl
from tiny_checkpoints.smolvlm import build_smolvlm
from tiny_checkpoints.text import build_text_model

__all__ = [
    "build_gemma3",
    "build_gemma4",
    "build_lfm2_vl",
    "build_qwen2_5_vl",
    "build_qwen3_5",
    "build_qwen3_vl",
    "build_smolvlm",
    "build_text_model",
]
