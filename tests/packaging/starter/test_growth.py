"""A grown model answers as the smaller one did."""

from dataclasses import replace

import pytest
import torch
from config import ModelSize
from growth import grown
from network import model_config, new_model
from transformers import Lfm2VlForConditionalGeneration

SMALL = ModelSize(
    hidden=32, feed_forward=64, layers=2, heads=2, key_value_heads=1, convolution=3,
    vision_hidden=32, vision_feed_forward=64, vision_layers=1, vision_heads=2, vision_grid=4,
    projector=32,
)  # fmt: skip
IDS = {"pad": 0, "end": 2, "image": 4}


def _model(size: ModelSize, seed: int) -> Lfm2VlForConditionalGeneration:
    return new_model(model_config(size, IDS), seed, "cpu").eval()


@pytest.mark.parametrize("larger", [{"convolution": 7}, {"layers": 4}])
def test_grown_model_answers_the_same(larger: dict[str, int]) -> None:
    small, large = _model(SMALL, 1), _model(replace(SMALL, **larger), 2)
    large.load_state_dict(grown(small.state_dict(), large))
    ids = torch.randint(10, 500, (2, 20), generator=torch.Generator().manual_seed(3))
    with torch.no_grad():
        torch.testing.assert_close(large(input_ids=ids).logits, small(input_ids=ids).logits)


def test_other_growth_is_refused() -> None:
    with pytest.raises(ValueError, match="cannot grow"):
        grown(_model(SMALL, 1).state_dict(), _model(replace(SMALL, feed_forward=128), 1))
    with pytest.raises(ValueError, match="cannot grow"):
        grown(_model(SMALL, 1).state_dict(), _model(replace(SMALL, convolution=2), 1))
