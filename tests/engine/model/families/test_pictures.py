"""What a picture becomes in each family: marks, places, features, and chunks that respect them."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import pytest
from tiny_checkpoints import FAMILIES
from transformers.models.smolvlm.processing_smolvlm import get_image_prompt_string

from engine.api.errors import UnreadableFile
from engine.api.messages import user
from engine.decode.prefill import chunk_bounds
from engine.documents import decode_image
from engine.prompt.render import render
from engine.prompt.transcripts import Transcripts

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from engine.api.messages import ImagePart
    from engine.model.loaded_model import LoadedModel

SIZES = [(64, 48), (33, 200), (200, 33), (96, 96), (97, 95), (500, 400), (300, 40), (7, 9)]
BOTH_WAYS = {"Gemma 3", "Gemma 4 both ways"}


@pytest.mark.parametrize("family", FAMILIES)
def test_there_are_as_many_places_as_features(model_of, picture, family) -> None:
    model = model_of(family)
    for seed, size in enumerate(SIZES):
        image = picture(seed, size)
        prompt = render((user(image, "What?"),), model, Transcripts())
        (span,) = prompt.spans
        assert span.features == model.features.get(image).shape[0], size
        assert prompt.tokens.count(model.image_token_id) == span.features
        assert [at for at, key in enumerate(prompt.keys) if key < 0] == [
            at for start, end in span.runs for at in range(start, end)
        ]


def smolvlm_form(model: LoadedModel, image: ImagePart) -> str:
    adapter = model._family
    inputs = adapter.processors.of(image.detail)(
        images=[[decode_image(image)]], return_row_col_info=True, return_tensors="pt"
    )
    return get_image_prompt_string(
        inputs["rows"][0][0],
        inputs["cols"][0][0],
        adapter.places,
        fake_token_around_image="<fake_token_around_image>",
        image_token="<image>",
        global_image_token="<global-img>",
    )


def repeated(before: str, feature: str, after: str) -> Callable[[LoadedModel, ImagePart], str]:
    def form(model: LoadedModel, image: ImagePart) -> str:
        return before + feature * model.features.get(image).shape[0] + after

    return form


# As the families' own processors write them.
FORMS = {
    "LFM2-VL": repeated("", "<image>", ""),  # the template writes the marks itself
    "Qwen2.5-VL": repeated("", "<|image_pad|>", ""),
    "Qwen3-VL": repeated("", "<|image_pad|>", ""),
    "Qwen3.5": repeated("", "<|image_pad|>", ""),
    "SmolVLM": smolvlm_form,
    "Gemma 3": repeated("\n\n<start_of_image>", "<image_soft_token>", "<end_of_image>\n\n"),
    "Gemma 4": repeated("<|image>", "<|image|>", "<image|>"),
    "Gemma 4 both ways": repeated("<|image>", "<|image|>", "<image|>"),
}


@pytest.mark.parametrize("family", FAMILIES)
def test_a_prompt_reads_as_the_familys_processor_would_write_it(model_of, picture, family) -> None:
    model = model_of(family)
    images = [picture(seed, size) for seed, size in enumerate(SIZES)]
    prompt = render((user("See", *images, "these"),), model, Transcripts())
    before, *rest = prompt.text.split(model.image_token)
    forms = [FORMS[family](model, image) for image in images]
    whole = before + "".join(f + text for f, text in zip(forms, rest, strict=True))
    assert list(prompt.tokens) == model.tokenize(whole)


def test_marks_that_a_template_leaves_out_are_put_in(
    lfm2_folder: Path, tmp_path: Path, load, tiny_model, picture
) -> None:
    folder = shutil.copytree(lfm2_folder, tmp_path / "model")
    file = folder / "chat_template.jinja"
    file.write_text(file.read_text().replace("<|image_start|><image><|image_end|>", "<image>"))
    messages = (user(picture(1), "What?"),)
    with_marks = render(messages, tiny_model, Transcripts())
    assert render(messages, load(folder), Transcripts()).tokens == with_marks.tokens


def test_line_breaks_around_a_picture_are_tokenised_as_one(
    model_of, load, tmp_path: Path, picture
) -> None:
    """As where the text is written out first and tokenised in one go."""
    folder = shutil.copytree(model_of("Gemma 3").info.folder, tmp_path / "model")
    file = folder / "tokenizer.json"
    content = json.loads(file.read_text())
    content["model"]["vocab"] |= {"ĊĊ": 280, "ĊĊĊ": 281}
    content["model"]["merges"] = [["Ċ", "Ċ"], ["ĊĊ", "Ċ"]]
    file.write_text(json.dumps(content))
    tokens = render((user(picture(1), "What?"),), load(folder), Transcripts()).tokens
    assert tokens.count(281) == 1  # behind "user", before the picture


@pytest.mark.parametrize("family", FAMILIES)
def test_only_pictures_that_see_themselves_both_ways_stay_in_one_chunk(
    model_of, picture, family
) -> None:
    model = model_of(family)
    images = [picture(1, (150, 100)), picture(2, (64, 100))]
    prompt = render((user("Two:", *images, "What?"),), model, Transcripts())
    bounds = chunk_bounds(0, len(prompt.tokens), prompt.marks, 3, prompt.uncut)
    ends = {end for _, end in bounds}
    for span in prompt.spans:
        cut = any(start < end < stop for start, stop in span.runs for end in ends)
        assert cut is (family not in BOTH_WAYS)
    assert model.bidirectional_images is (family in BOTH_WAYS)


@pytest.mark.parametrize("family", FAMILIES)
def test_what_is_not_quantised_is_there(model_of, family) -> None:
    model = model_of(family)
    modules = {name for name, _ in model.network.named_modules()}
    assert set(model._family.skip_quantising) <= modules


@pytest.mark.parametrize("family", ["Qwen2.5-VL", "Qwen3-VL", "Qwen3.5"])
def test_a_picture_beyond_all_shapes_is_refused_in_words(model_of, picture, family) -> None:
    with pytest.raises(UnreadableFile, match="too long and thin"):
        model_of(family).picture_form(picture(1, (1000, 2)))


@pytest.mark.parametrize("family", FAMILIES)
def test_no_answer_makes_up_a_picture(model_of, family) -> None:
    model = model_of(family)
    prompt = render((user("Hello"),), model, Transcripts())
    scores = model.forward(prompt.tokens, prompt.positions, model.new_cache())
    assert scores[model.image_token_id] < scores.sort().values[1]


@pytest.mark.parametrize("family", FAMILIES)
def test_each_family_says_how_it_writes_calls(model_of, family) -> None:
    others = {"Qwen3.5": "qwen_xml", "Gemma 3": "none"}
    expected = "gemma4" if family.startswith("Gemma 4") else others.get(family, "hermes")
    assert model_of(family).info.dialect == expected
