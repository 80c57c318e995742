"""What training builds piece by piece is what the chat template renders."""

import random
from dataclasses import replace
from pathlib import Path

import pytest
from chat import ChatEncoder
from PIL import Image
from tokenizer import IMAGE, save_tokenizer
from tokenizers import Tokenizer
from transformers import AutoTokenizer, PreTrainedTokenizerBase

from engine.evals.items import (
    Document,
    Exchange,
    Glyph,
    Item,
    Picture,
    Split,
    Text,
    ToolResult,
)
from engine.evals.tasks import TASKS
from engine.model.families.lfm2_patches import PatchSettings
from engine.prompt.forms import document_text

TEMPLATE = Path(__file__).resolve().parents[3] / "packaging/starter/chat_template.jinja"
PATCHES = PatchSettings(downsample_factor=1, min_image_tokens=4, max_image_tokens=256)


@pytest.fixture(scope="module")
def stock(
    tokenizer: Tokenizer, tmp_path_factory: pytest.TempPathFactory
) -> PreTrainedTokenizerBase:
    folder = tmp_path_factory.mktemp("tokenizer")
    save_tokenizer(tokenizer, folder, 2048)
    (folder / "chat_template.jinja").write_text(TEMPLATE.read_text())
    return AutoTokenizer.from_pretrained(folder)


def _messages(item: Item) -> list[dict[str, object]]:
    messages: list[dict[str, object]] = []
    if item.system:
        messages.append({"role": "system", "content": item.system})
    for exchange in item.exchanges:
        text = ""
        parts: list[dict[str, str]] = []
        results = [part.text for part in exchange.asked if isinstance(part, ToolResult)]
        if results:
            messages += [{"role": "tool", "content": result} for result in results]
        for part in () if results else exchange.asked:
            if isinstance(part, Picture):
                parts.append({"type": "image"})
            elif isinstance(part, Document):
                text += document_text(part.name, part.pages) + "\n"
            else:
                text += part.text
        content = [*parts, {"type": "text", "text": text}] if parts else text
        if not results:
            messages.append({"role": "user", "content": content})
        messages.append({"role": "assistant", "content": exchange.said})
    return messages


@pytest.mark.parametrize(
    "task", ["document/facts", "dialogue/talk", "picture/new_font", "tools/two", "examples/three"]
)
def test_sample_is_the_rendered_template(
    tokenizer: Tokenizer, stock: PreTrainedTokenizerBase, task: str
) -> None:
    encoder = ChatEncoder(tokenizer, PATCHES)
    rng = random.Random(4)
    for _ in range(5):
        item = TASKS[task](rng, Split.TRAIN, 6)
        whole = tuple(replace(e, spelled=False) for e in item.exchanges)
        item = replace(item, exchanges=whole, system="Hm.")
        sample = encoder.sample(item, task)
        tools = list(item.tools) or None
        rendered = stock.apply_chat_template(_messages(item), tools=tools, tokenize=False)
        for picture in sample.pictures:
            rendered = rendered.replace(IMAGE, "\0" * picture.tokens, 1)
        assert sample.ids == tokenizer.encode(rendered.replace("\0", IMAGE)).ids


def test_scored_tokens_are_the_answers_and_their_end(tokenizer: Tokenizer) -> None:
    item = Item("x", (Exchange((Text("Hi"),), "Hello.", "x"), Exchange((Text("Ho"),), "Yes.", "x")))
    sample = ChatEncoder(tokenizer, PATCHES).sample(item, "x")
    scored = [sample.ids[a.first : a.end] for a in sample.answers]
    texts = [tokenizer.decode(ids, skip_special_tokens=False) for ids in scored]
    assert texts == ["Hello.<|im_end|>", "Yes.<|im_end|>"]


def test_read_answers_are_spelled(tokenizer: Tokenizer) -> None:
    picture = Picture(Image.new("RGB", (64, 32)))
    item = Item("x", (Exchange((picture, Text("Read")), "the date", "x", spelled=True),))
    sample = ChatEncoder(tokenizer, PATCHES).sample(item, "x")
    answer = sample.answers[0]
    assert answer.end - answer.first == len("the date") + 1
    assert sample.ids.count(tokenizer.token_to_id(IMAGE)) == 8


def test_pictures_in_a_message(stock: PreTrainedTokenizerBase) -> None:
    image, text = {"type": "image"}, {"type": "text", "text": "Read."}
    rendered = stock.apply_chat_template(
        [{"role": "user", "content": [image, image, text]}], tokenize=False
    )
    mark = "<|image_start|><image><|image_end|>"
    assert rendered == f"<|im_start|>user\n{mark}{mark}\nRead.<|im_end|>\n"


def test_patches_are_labelled_where_their_characters_end(tokenizer: Tokenizer) -> None:
    glyphs = (Glyph("a", 4.0, 14.0), Glyph("b", 12.0, 14.0), Glyph("c", 40.0, 30.0))
    item = Item("x", (Exchange((Picture(Image.new("RGB", (64, 32)), glyphs),), "abc", "x"),))
    reading = ChatEncoder(tokenizer, PATCHES).sample(item, "x").readings[0]
    names = [[tokenizer.decode([i]) for i in patch if i] for patch in reading.tolist()]
    assert names == [[], ["a", "b"], [], [], [], [], [], ["c"]]
