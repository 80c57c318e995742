"""How closely a picture is looked at: other places, other features, another prefix, told before."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from io import BytesIO

import pytest
from heic import heic
from PIL import Image
from tiny_checkpoints import FAMILIES

from engine.api.messages import DETAILS, user
from engine.documents import read_image_bytes
from engine.model.families.details import place_limits
from engine.model.families.gemma3 import Gemma3
from engine.model.families.gemma4 import Gemma4
from engine.model.families.lfm2_vl import Lfm2Vl
from engine.model.families.qwen_vl import qwen2_5_vl, qwen3_5
from engine.model.families.smolvlm import SmolVlm
from engine.prompt.render import render
from engine.prompt.transcripts import Transcripts

EVERY_FAMILY = (*FAMILIES, "Starter")
SIZES = [(600, 300), (300, 700), (64, 48)]
# Families whose picture of 600 × 300 looks the same at two details.
SAME = {
    "Gemma 3": {("low", "standard")},
    "SmolVLM": {("standard", "full")},
    "LFM2-VL": {("standard", "full")},
    "Starter": {("standard", "full")},
    "Gemma 4": {("low", "standard")},  # the tiny one's standard is the family's least
    "Gemma 4 both ways": {("low", "standard")},
    "Qwen2.5-VL": {("standard", "full")},  # far below where a standard begins to hold back
    "Qwen3-VL": {("standard", "full")},
    "Qwen3.5": {("standard", "full")},
}


@pytest.mark.parametrize("family", EVERY_FAMILY)
def test_what_is_told_is_what_is_read(model_of, picture, family) -> None:
    model = model_of(family)
    for seed, size in enumerate(SIZES):
        image = picture(seed, size)
        told = model.picture_seen(image)
        assert told.sha256 == image.sha256
        counts = []
        for detail in DETAILS:
            looked = replace(image, detail=detail)
            prompt = render((user(looked, "What?"),), model, Transcripts())
            seen = told.at(detail)
            assert prompt.image_tokens == seen.tokens
            assert prompt.spans[0].features == model.features.get(looked).shape[0]
            assert min(seen.width, seen.height) > 0
            counts.append(seen.tokens)
        assert counts == sorted(counts)


@pytest.mark.parametrize("family", EVERY_FAMILY)
def test_another_detail_is_another_picture_where_it_looks_different(
    model_of, picture, family
) -> None:
    model = model_of(family)
    image = picture(1, (600, 300))
    prompts = {
        detail: render((user(replace(image, detail=detail), "What?"),), model, Transcripts())
        for detail in DETAILS
    }
    for one, other in (("low", "standard"), ("standard", "full"), ("low", "full")):
        first, second = (next(k for k in prompts[d].keys if k < 0) for d in (one, other))
        assert (first == second) is ((one, other) in SAME[family])
        features = [model.features.get(replace(image, detail=d)) for d in (one, other)]
        alike = features[0].shape == features[1].shape
        assert alike is ((one, other) in SAME[family])


@pytest.mark.parametrize("family", EVERY_FAMILY)
def test_a_picture_seen_anew_is_read_anew_and_found_again(
    conversations_on, picture, family
) -> None:
    talk = conversations_on(family)
    image = picture(3, (600, 300))

    def ask(detail: str) -> object:
        return talk.ask((user("Before.", replace(image, detail=detail), "What?"),)).usage

    whole, low, again = ask("full"), ask("low"), ask("full")
    assert low.image_tokens < whole.image_tokens
    assert low.reused_tokens < whole.prompt_tokens - whole.image_tokens
    assert again.reused_tokens == again.prompt_tokens - 1
    reused, with_reuse, fresh = talk.reused_and_recomputed(
        (user("Before.", replace(image, detail="low"), "What?"),)
    )
    assert reused == low.prompt_tokens - 1
    assert (with_reuse - fresh).abs().max() < 1e-3


def seen_by(adapter, size: tuple[int, int]) -> list[tuple[int, int, int]]:
    picture = Image.new("RGB", size)
    forms = [adapter.picture_form(picture, detail) for detail in DETAILS]
    return [(*form.seen, form.features) for form in forms]


QWEN_SETTINGS = {
    "min_pixels": 3136, "max_pixels": 12845056, "patch_size": 14, "temporal_patch_size": 2,
    "merge_size": 2,
}  # fmt: skip


def test_published_settings() -> None:
    """A photograph of twelve megapixels in the larger models, whose settings these are."""
    photo = (4032, 3024)
    assert seen_by(qwen2_5_vl({}, QWEN_SETTINGS), photo) == [
        (504, 364, 234),
        (1148, 840, 1230),
        (4032, 3024, 15552),
    ]
    size = {"shortest_edge": 65536, "longest_edge": 16777216}
    settings = {"patch_size": 16, "temporal_patch_size": 2, "merge_size": 2, "size": size}
    low, standard, full = seen_by(qwen3_5({}, settings), photo)
    assert (low[2] <= 256, standard[2] <= 1280, full) == (True, True, (4032, 3008, 11844))
    gemma = {"size": {"height": 896, "width": 896}, "do_pan_and_scan": None}
    wide = (1600, 600)
    assert seen_by(Gemma3.from_folder({}, gemma), wide) == [
        (896, 896, 256),
        (896, 896, 256),
        (2688, 896, 1024),
    ]
    assert [s[2] for s in seen_by(Gemma3.from_folder({}, gemma), (900, 900))] == [256] * 3
    gemma4 = Gemma4.from_folder({"text_config": {}}, {"patch_size": 16, "max_soft_tokens": 280})
    low, standard, full = (count for *_, count in seen_by(gemma4, photo))
    assert low <= 70 < standard <= 280 < full <= 1120
    smol = SmolVlm.from_folder(
        {"vision_config": {"patch_size": 14}, "scale_factor": 4},
        {"size": {"longest_edge": 2048}, "max_image_size": {"longest_edge": 512}},
    )
    assert [s[:2] for s in seen_by(smol, photo)] == [(512, 512), (2048, 1536), (2048, 1536)]
    low, standard, full = seen_by(Lfm2Vl.from_folder({}, {}), photo)
    assert (low[2] <= 64, standard[2] <= 256, full) == (True, True, standard)


def test_settings_that_suit_already_are_left_as_they_are() -> None:
    """What was read before there were details is still found."""
    settings = {**QWEN_SETTINGS, "max_pixels": 28 * 28 * 1000}
    adapter = qwen2_5_vl({}, settings)
    assert adapter.image_settings_key("standard") == adapter.image_settings_key("full")
    assert adapter.image_settings_key("low") != adapter.image_settings_key("standard")


@pytest.mark.parametrize(
    ("least", "most", "low", "standard"),
    [
        (4, 16384, (4, 256), (4, 1280)),
        (4, 64, (4, 16), (4, 64)),
        (64, 256, (64, 64), (64, 256)),
        (100, 200, (50, 50), (100, 200)),
        (1, 1, (1, 1), (1, 1)),
    ],
)
def test_limits_of_places(least, most, low, standard) -> None:
    limits = place_limits(least, most)
    assert (limits.low, limits.standard, limits.full) == (low, standard, (least, most))


def bytes_of(kind: str) -> bytes:
    if kind == "HEIC":
        return heic([[(76, 85, 255), (150, 44, 21)], [(29, 255, 107), (255, 128, 128)]])
    if kind == "SVG":
        names = b'xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 20"'
        return b"<svg %s><path d='M1 1h9v9'/></svg>" % names
    stream = BytesIO()
    Image.radial_gradient("L").resize((60, 40)).convert("RGB").save(stream, kind)
    return stream.getvalue()


@pytest.mark.parametrize(
    "kind", ["PNG", "JPEG", "WEBP", "GIF", "TIFF", "BMP", "AVIF", "HEIC", "SVG"]
)
def test_every_format_goes_through_the_model(conversations_on, kind) -> None:
    talk = conversations_on("Starter")
    data = bytes_of(kind)
    part = read_image_bytes(data, f"a.{kind.lower()}")
    assert (part.sha256, part.data) == (hashlib.sha256(data).hexdigest(), data)
    done = talk.ask((user(part, "What is this?"),), max_tokens=2)
    assert done.usage.image_tokens == talk.model.picture_seen(part).standard.tokens > 0
