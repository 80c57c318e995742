"""What the settings page offers, as data: every field with its words, range and choices.

A field's `key` is the name of a setting; the page shows its value and says when a person has
changed it. What is no plain field (storage, shortcuts) is put into its group as a widget.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

GroupName = Literal["general", "answers", "speed", "privacy", "documents", "shortcuts", "about"]


@dataclass(frozen=True, slots=True)
class Field:
    """One setting. `reloads` says that it holds once the model is loaded again."""

    key: str
    name: str
    hint: str = ""
    reloads: bool = False


@dataclass(frozen=True, slots=True)
class Switch(Field):
    """On or off."""


@dataclass(frozen=True, slots=True)
class Choice(Field):
    """One of a few: values and their words. Many are shown as a menu."""

    options: tuple[tuple[object, str], ...] = ()
    menu: bool = False


@dataclass(frozen=True, slots=True)
class Number(Field):
    """A number from `least` to `most`; `none` are the words for no number at all, below `least`."""

    least: float = 0.0
    most: float = 100.0
    step: float = 1.0
    decimals: int = 0
    unit: str = ""
    none: str = ""


@dataclass(frozen=True, slots=True)
class Size(Field):
    """Per cent in steps, made smaller and larger by two buttons."""


@dataclass(frozen=True, slots=True)
class Group:
    """Fields under a heading."""

    name: GroupName
    title: str
    fields: tuple[Field, ...] = ()


GENERAL = (
    Size("text_size", "Text size", "Controls grow with it."),
    Choice(
        "theme",
        "Theme",
        options=(("system", "System"), ("light", "Light"), ("dark", "Dark")),
    ),
    Choice(
        "send_key",
        "Send with",
        "Shift+Enter breaks the line either way.",
        options=(("enter", "Enter"), ("ctrl_enter", "Ctrl+Enter")),
    ),
    Switch(
        "high_contrast",
        "High contrast",
        "Stronger colours and borders. Where the system asks for it, it is on in any case.",
    ),
    Switch("reduced_motion", "Reduce motion", "Nothing slides or fades, and the caret stays."),
)
ANSWERS = (
    Choice(
        "default_preset",
        "Instructions for new conversations",
        "What the model is told before the first question.",
        menu=True,
    ),
    Number(
        "temperature",
        "Temperature",
        "0 gives the likeliest answer each time. Higher values vary more.",
        most=2.0,
        step=0.1,
        decimals=2,
    ),
    Number(
        "max_tokens",
        "Longest answer",
        "An answer stops here and can be continued.",
        least=1,
        most=1_000_000,
        step=256,
        unit="tokens",
        none="No limit",
    ),
    Number(
        "top_p",
        "Top-p",
        "Only the likeliest words that together reach this share are drawn from.",
        least=0.01,
        most=1.0,
        step=0.05,
        decimals=2,
    ),
    Number(
        "top_k",
        "Top-k",
        "Only so many of the likeliest words are drawn from.",
        least=1,
        most=1000,
        step=10,
        none="Off",
    ),
    Number(
        "min_p",
        "Min-p",
        "Words less likely than this share of the likeliest one are left out.",
        most=0.99,
        step=0.05,
        decimals=2,
    ),
    Number(
        "repetition_penalty",
        "Repetition penalty",
        "Above 1, words that have been used are used less.",
        least=0.1,
        most=10.0,
        step=0.05,
        decimals=2,
    ),
)
SPEED = (
    Choice(
        "weights",
        "Weights",
        "How the model's numbers are kept in memory.",
        reloads=True,
        options=(
            (None, "What suits this machine"),
            ("bnb_nf4", "4-bit, for graphics cards"),
            ("int4pack", "4-bit, for processors"),
            ("full", "Full precision"),
        ),
        menu=True,
    ),
    Choice(
        "kv",
        "What was read is kept in",
        "8 bits hold twice as much text in the same memory.",
        reloads=True,
        options=((None, "Automatic"), ("full", "Full"), ("int8", "8 bits")),
    ),
    Switch(
        "warm_resume",
        "Go on quickly after a restart",
        "Keeps on this disk what the model has computed for conversations, with their text.",
        reloads=True,
    ),
    Number(
        "warm_resume_gb",
        "Room for that",
        "At most so much, and at most a tenth of the free disk.",
        reloads=True,
        least=0.5,
        most=1000.0,
        step=1.0,
        decimals=1,
        unit="GB",
    ),
    Number(
        "idle_minutes",
        "Free memory when idle for",
        "The model is loaded again as soon as you write.",
        least=1,
        most=24 * 60,
        step=5,
        unit="min",
        none="Never",
    ),
)
GROUPS: tuple[Group, ...] = (
    Group("general", "General", GENERAL),
    Group("answers", "Answers", ANSWERS),
    Group("speed", "Speed and memory", SPEED),
    Group("privacy", "Privacy"),
    Group("documents", "Documents"),
    Group("shortcuts", "Shortcuts"),
    Group("about", "About"),
)
