"""The model card: what the starter can do, how it was made, and what was measured."""

from __future__ import annotations

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

- read one short line of printed text in a picture (4 to 20 characters, letters of 13 to 19 pixels,
  on an even ground; the plain margin around it is cut off first, so it may stand anywhere), about
  as often as the table says: check what it read;
- answer a question whose answer stands in a short document, in one sentence that names what was
  asked for ("The order number is KX-48213."), and further questions about the same document;
- look up a cell of a small table in a document, less reliably;
- greet, and say who it is and that it does not know.

## What it cannot do

Anything else: it has no knowledge of the world, does not reason, calculate, summarise, translate,
call tools or describe photographs, and knows English only. It does not notice when a document
lacks the answer. A question that does not name what the document names is often misunderstood,
and long documents are read worse than short ones.

## How it was made

{tokens:,} tokens, {pictures:,} pictures among them, in {minutes:.0f} minutes on processors, with
the code in `packaging/starter/`: a stretch of everything (`--schedule whole`, broken off at two
thirds), then one of mostly pictures, driven by
hand with the values that `--schedule reading --anew` has now. All data is drawn by
`engine/evals/`: documents of 2 to 10 facts (some longer) as lines, prose or tables; pictures of
words, names, codes, dates and random strings in {faces} font faces; small talk; random tokens to be
repeated. Nothing was collected from people or from the network.

## Measured

Held-out items: other words, values and wordings than in training, and for `picture/new_font` a
font that training never drew. An answer counts only if every character is right. "seen font" are
training fonts with unseen lines; a fifth of the picture lines are random strings.

```
{table}
```

Where document answers go wrong (share of right tokens by place):

```
{places}
```

## Five right answers

{right}

## Five wrong answers

{wrong}
"""


def model_card(figures: Mapping[str, object], examples: Sequence[Mapping[str, str]]) -> str:
    """Return the card for these figures; examples carry task, question, expected and answer."""
    right = [e for e in examples if e["answer"] == e["expected"]]
    wrong = [e for e in examples if e["answer"] != e["expected"]]
    return _CARD.format(**figures, right=_listed(right), wrong=_listed(wrong))


def _listed(examples: Sequence[Mapping[str, str]]) -> str:
    """Show five, of as many tasks as there are."""
    tasks = sorted({e["task"] for e in examples})
    by_task = [[e for e in examples if e["task"] == task] for task in tasks]
    turns = [group[i] for i in range(5) for group in by_task if i < len(group)]
    blocks = []
    for e in turns[:5]:
        lines = [f"question: {e['question']}", f"answer:   {e['answer']}"]
        if e["answer"] != e["expected"]:
            lines.append(f"right:    {e['expected']}")
        blocks.append("```\n" + "\n".join(lines) + "\n```")
    return "\n\n".join(blocks) or "None among those tried."
