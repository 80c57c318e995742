"""The model card: what the starter can do, how it was made, and what was measured."""

from __future__ import annotations

from textwrap import fill
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_CARD = """---
license: apache-2.0
language: en
library_name: transformers
pipeline_tag: image-text-to-text
---

# Tanka starter model

A very small vision-language model, trained from nothing on generated data, so that Tanka answers
at once on any machine. Stock `Lfm2VlForConditionalGeneration`, {parameters:,} parameters,
{context:,} tokens of context, weights in bf16 (run it in float32 on processors).

## What it can do

Short, plain English only, each as often as the table below says:

- documents: answer a question whose answer stands in a document of up to about 2,900 characters,
  as lines, prose or a table, in one sentence that restates what was asked for and names the page
  ("The order number is KX-48213 [p. 2]."); say that something is not in the document;
- functions: choose one from a few, fill in what the request says, use the result;
- examples: give new labels, or change a text, as earlier turns show it;
- pictures: read a line or a few short lines of printed text (letters of 12 to 20 pixels on an even
  ground), count and name plain coloured shapes, read simple bar charts, compare two pictures;
- talk: greet, say true things about Tanka, add and multiply small numbers, follow simple formats,
  pick out a main sentence, refuse what is harmful and name the principle, say that it does not
  know.

## What it cannot do

It has no knowledge of the world and does not reason, translate, write, or understand photographs.
A wording far from those it has seen is often misunderstood: the hand-written items below
show how often. It reads {characters:.1f} characters a token, so texts are long to it;
beyond its context it has not been trained (see below). Check what it says.

## How it was made

{made}

![Loss over tokens](training.png)

## Measured

Held-out items: other words, values and wordings than in training, and other fonts where the name
says so. An answer counts only if every character is right, its page and its end included.
`examples/none` asks what `examples/five` asks, without the examples.

```
{table}
```

The same beside what this model is meant to reach:

```
{goals}
```

Items written by hand, in wordings that no generator uses (`handwritten/...` in `tanka eval`):

```
{handwritten}
```

Where answers that are copied go wrong (share of right tokens):

```
{places}
```

Beyond the context it declares:

```
{beyond}
```

4-bit weights beside full precision, the same items. The layers {layers_kept} stay in full
precision (`tanka.json`): rounding them costs answers.

```
{kept}
```

What the large model accepts of four tokens drafted, both reading the right answers:

```
{accepted}
```

## Five right answers

{right}

## Five wrong answers

{wrong}
"""


_MADE = """{tokens:,} tokens, {pictures:,} pictures among them, in {minutes:.0f} minutes of
training, with the code in `packaging/starter/`{stretches}.
All data is drawn by `engine/evals/` with its training words, wordings, values and {faces} font
faces; pictures and texts are made as they are needed, and nothing was collected from people or
from the network.

The draft model in `draft/` ({draft_parameters:,} parameters, the same tokenizer) reads one part in
{draft_ratio:.2f} of the weight bytes a token. It learnt the same answers, and in the end the
choices of the large one."""
_SKILLS = """: a first stretch of everything (`--schedule whole`, broken off at two thirds), one of
mostly pictures (the values of `--schedule reading --anew`), one of all skills with wider
convolutions (`--schedule skills --anew`)"""
_STRETCHES = {
    "skills": _SKILLS,
    "further": f"{_SKILLS}, and a longer one with two more layers (`--schedule further --anew`)",
}


def model_card(figures: Mapping[str, object], examples: Sequence[Mapping[str, str]]) -> str:
    """Return the card for these figures; examples carry task, question, expected and answer."""
    right = [e for e in examples if e["answer"] == e["expected"]]
    wrong = [e for e in examples if e["answer"] != e["expected"]]
    stretches = _STRETCHES.get(str(figures["schedule"]), f" (`--schedule {figures['schedule']}`)")
    made = _wrapped(_MADE.format(**figures, stretches=stretches))
    return _CARD.format(**figures, made=made, right=_listed(right), wrong=_listed(wrong))


def _wrapped(text: str) -> str:
    return "\n\n".join(fill(part, 100, break_on_hyphens=False) for part in text.split("\n\n"))


def _listed(examples: Sequence[Mapping[str, str]]) -> str:
    """Show five, of as many families as there are."""
    families: dict[str, list[Mapping[str, str]]] = {}
    for example in examples:
        families.setdefault(example["task"].partition("/")[0], []).append(example)
    turns = [group[i] for i in range(5) for group in families.values() if i < len(group)]
    blocks = []
    for e in turns[:5]:
        lines = [f"question: {e['question']}", f"answer:   {e['answer']}"]
        if e["answer"] != e["expected"]:
            lines.append(f"right:    {e['expected']}")
        blocks.append("```\n" + "\n".join(lines) + "\n```")
    return "\n\n".join(blocks) or "None among those tried."
