"""The parts of training: optimiser, batches, levels, and a run that can be taken up again."""

import json
import random
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
import torch
from batches import (
    exact_answers,
    logits_and_states,
    make_batch,
    scored_logits,
    sorted_groups,
)
from chat import Answered, Sample
from config import ModelSize, Settings
from drawing import Drawing
from evaluate import beyond_table, evaluate, long_needle, places_table, report
from levels import Source, Stream, streams, text_plan
from muon import orthogonal
from pack import pack
from tokenizers import Tokenizer
from train import Trainer

from engine.evals.items import Call, Document, Exchange, Item, Text
from engine.evals.tasks import draw_items

TINY = ModelSize(
    hidden=32, feed_forward=64, layers=4, heads=2, key_value_heads=1, vision_hidden=32,
    vision_feed_forward=64, vision_layers=1, vision_heads=2, vision_grid=4, projector=32,
)  # fmt: skip


def _trainer(tokenizer: Tokenizer, folder: Path) -> Trainer:
    return Trainer(Settings(minutes=1e-6, size=TINY), tokenizer, folder)


@pytest.mark.parametrize("shape", [(3, 16, 16), (2, 48, 16), (2, 16, 48)])
def test_muon_directions_have_singular_values_near_one(shape: tuple[int, ...]) -> None:
    torch.manual_seed(1)
    values = torch.linalg.svdvals(orthogonal(torch.randn(shape), steps=6))
    assert values.min() > 0.4
    assert values.max() < 1.4


def test_padding_changes_no_answer(tokenizer: Tokenizer, tmp_path: Path) -> None:
    trainer = _trainer(tokenizer, tmp_path)
    trainer.model.eval()
    items = [*draw_items("picture/new_font", 3, 1), *draw_items("dialogue/talk", 3, 1)]
    samples = [trainer.encoder.sample(item, "x") for item in items]
    with torch.no_grad():
        together = scored_logits(trainer.model, make_batch(samples, trainer.pad))
        alone = [scored_logits(trainer.model, make_batch([s], trainer.pad)) for s in samples]
    torch.testing.assert_close(together, torch.cat(alone), atol=1e-4, rtol=1e-4)


def test_brightness_of_a_whole_picture_is_not_seen(tokenizer: Tokenizer, tmp_path: Path) -> None:
    embed = _trainer(tokenizer, tmp_path).model.model.vision_tower.embeddings.patch_embedding
    patch = torch.randn(1, embed.in_features)
    torch.testing.assert_close(embed(patch), embed(patch + 0.7), atol=1e-4, rtol=1e-4)


def test_groups_fill_the_budget_with_like_lengths() -> None:
    rng = random.Random(1)
    groups = sorted_groups(lambda: Sample("x", ids=[1] * rng.randint(5, 400)), 1000, longest=300)
    for _ in range(20):
        lengths = [len(sample.ids) for sample in next(groups)]
        assert max(lengths) <= 300
        assert max(lengths) * len(lengths) <= 1000


def test_level_rises_on_exact_answers_only() -> None:
    source = Source("x", lambda _rng, _level: Sample("x"), top=2)
    for _ in range(100):
        source.learn(0, 0.2, 5)
    assert source.level == 0
    for _ in range(200):
        source.learn(source.level, 1.0, 5)
    assert source.level == 2
    source.rise(1)
    assert source.level == 2


def test_stream_keeps_the_shares_of_tokens() -> None:
    short = Source("short", lambda _rng, _level: Sample("short", ids=[1] * 10), top=0)
    long = Source("long", lambda _rng, _level: Sample("long", ids=[1] * 100), top=0)
    stream = Stream([short, long])
    shares = {"short": 3.0, "long": 1.0}
    drawn = [stream.next(random.Random(1), shares, 0.5) for _ in range(500)]
    tokens = {name: sum(len(s.ids) for s in drawn if s.source == name) for name in shares}
    assert tokens["short"] / tokens["long"] == pytest.approx(3, rel=0.1)


def test_exactness_is_told_per_answer() -> None:
    sample = Sample("x", ids=[1, 2, 3, 4, 5], answers=[Answered(1, 3, "x"), Answered(4, 5, "x")])
    batch = make_batch([sample], 0)
    logits = torch.zeros(3, 8)
    logits[0, 2] = logits[1, 7] = logits[2, 5] = 1
    assert exact_answers(batch, logits) == [[[True, False], [True]]]


def test_run_is_taken_up_measured_and_packed(tokenizer: Tokenizer, tmp_path: Path) -> None:
    first = _trainer(tokenizer, tmp_path)
    first.run()
    first.save()
    assert first.step == 1
    again = _trainer(tokenizer, tmp_path)
    again.load()
    assert (again.step, again.tokens) == (first.step, first.tokens)
    again.elapsed = 0.0
    again.run()
    assert again.step == first.step + 1
    again.use_average()
    tasks = ("document/facts", "dialogue/talk")
    tally = evaluate(again.model, again.encoder, again.pad, 2, tasks=tasks)
    rows = report(tally, "starter", "float32").tasks
    assert {row.task for row in rows} == set(tasks)
    assert "first copied" in places_table(tally)
    pack(again.model, tokenizer, replace(TINY, context_tokens=64), tmp_path / "packed")
    onward = _trainer(tokenizer, tmp_path / "other")
    onward.begin_from(tmp_path / "packed")
    mine, packed = onward.model.lm_head.weight, again.model.lm_head.weight
    torch.testing.assert_close(mine, packed.float())
    config = json.loads((tmp_path / "packed" / "preprocessor_config.json").read_text())
    assert config["downsample_factor"] == 1
    assert (tmp_path / "packed" / "model.safetensors").stat().st_size < 2_000_000


def test_lengths_beyond_the_context_follow_from_it(tokenizer: Tokenizer, tmp_path: Path) -> None:
    trainer = _trainer(tokenizer, tmp_path)
    rng = random.Random(1)
    for tokens in (300, 700):
        drawn = [long_needle(rng, trainer.encoder, tokens)[1] for _ in range(5)]
        assert all(tokens <= len(sample.ids) < 1.5 * tokens for sample in drawn)
    trainer.model.config.text_config.max_position_embeddings = 250
    table = beyond_table(trainer.model, trainer.encoder, 2)
    assert [line.split()[2] for line in table.splitlines()] == ["300", "400"]


def test_reader_is_asked_for_every_patch(tokenizer: Tokenizer, tmp_path: Path) -> None:
    trainer = _trainer(tokenizer, tmp_path)
    samples = [trainer.encoder.sample(item, "x") for item in draw_items("picture/new_font", 2, 1)]
    batch = make_batch(samples, trainer.pad)
    logits, states = logits_and_states(trainer.model, batch, 1)
    patches = states[batch.ids == trainer.model.config.image_token_id]
    torch.testing.assert_close(logits, scored_logits(trainer.model, batch))
    assert len(patches) == len(batch.readings) == sum(p.tokens for s in samples for p in s.pictures)
    loss, right = trainer.reader(patches, batch)
    assert loss.item() > 0
    assert 0 <= right <= 1


def test_tokens_are_asked_for_their_page(tokenizer: Tokenizer, tmp_path: Path) -> None:
    trainer = _trainer(tokenizer, tmp_path)
    pages = ("Room: A1", "Price: 4 EUR", "Date: May")
    item = Item("x", (Exchange((Document("a.txt", pages), Text("Room?")), "A1", "x"),))
    batch = make_batch([trainer.encoder.sample(item, "x")], trainer.pad)
    told = [
        tokenizer.decode(batch.ids[0][batch.pages[0] == n].tolist()).strip() for n in range(1, 5)
    ]
    assert told == [*(f"[p. {n}]\n{text}" for n, text in enumerate(pages, 1)), ""]
    _, states = logits_and_states(trainer.model, batch, 1)
    loss, right = trainer.pages(states, batch)
    assert loss.item() > 0
    assert 0 <= right <= 1


def test_cited_value_is_pointed_at(tokenizer: Tokenizer, tmp_path: Path) -> None:
    trainer = _trainer(tokenizer, tmp_path)
    document = Document("a.txt", ("Room: A1", "Price: 43 EUR"))
    answer = "The price is 43 EUR [p. 2]."
    exchange = Exchange((document, Text("Price?")), answer, "x", copied=("43 EUR",))
    batch = make_batch([trainer.encoder.sample(Item("x", (exchange,)), "x")], trainer.pad)
    ids = batch.ids[0].tolist()
    assert tokenizer.decode(ids[: int(batch.cited.places[0]) + 1]).endswith("43 EUR [p. ")
    (place,) = batch.cited.wanted[0].nonzero().flatten().tolist()
    assert tokenizer.decode(ids[: place + 1]).endswith("[p. 2]\nPrice: 43 EUR")
    logits_and_states(trainer.model, batch, 1)
    loss, found = trainer.pointer.score(batch.cited, 1)
    loss.backward()
    assert 0 < found < 1
    assert trainer.pointer._attention.k_proj.weight.grad is not None


def test_workers_draw_as_this_process_does(tokenizer: Tokenizer, tmp_path: Path) -> None:
    trainer = _trainer(tokenizer, tmp_path)
    schedule = replace(trainer.settings.schedule, texts={"repeat": 1.0, "document/facts": 1.0})
    encoder, size = trainer.encoder, trainer.settings.size

    def drawn(workers: int) -> list[list[list[int]]]:
        text, _ = streams(encoder, size.vocabulary, 40, schedule)
        plan = partial(text_plan, schedule)
        drawing = Drawing(text, plan, pad=0, longest=2048, seed="x", workers=workers)
        return [drawing.next(0.5).ids.tolist() for _ in range(3)]

    assert drawn(1) == drawn(0)


def test_name_and_arguments_of_a_call_are_pointed_at(tokenizer: Tokenizer, tmp_path: Path) -> None:
    trainer = _trainer(tokenizer, tmp_path)
    schema = {"type": "object", "properties": {"who": {"type": "string"}}, "required": ["who"]}
    tool = {"name": "ring", "description": "Ring.", "parameters": schema}
    asked = (Text("Please ring Ada"),)
    calls = (Call("ring", {"who": "Ada"}),)
    exchange = Exchange(asked, "", "x", calls=calls, copied=("ring", "Ada"))
    sample = trainer.encoder.sample(Item("x", (exchange,), tools=(tool,)), "x")
    due = [tokenizer.decode(sample.ids[: place + 1]) for place, _ in sample.called]
    found = [[tokenizer.decode(sample.ids[:at]) for at in wanted] for _, wanted in sample.called]
    assert [text.rpartition("\n")[2] for text in due] == [
        '{"name": "',
        '{"name": "ring", "arguments": {"who": "',
    ]
    assert [text.rpartition("\n")[2] for text in found[0]] == ["", "Please "]
    assert [text.rpartition("\n")[2] for text in found[1]] == ["Please ring "]
