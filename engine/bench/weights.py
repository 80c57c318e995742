"""Suite `weights`: what packed weights cost and bring, beside full precision and optimum-quanto.

A single layer of 2,048 x 6,144 and a model of the starter's kind with 137 million numbers, for 1,
4 and 64 rows; errors; both loads; the memory of the first. Ratios are taken within one run, the
sides in turn, medians.
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any, Literal

import torch

from engine.bench.loading import load_in_child
from engine.bench.models import build_starter_of
from engine.bench.quanto import quanto_linear, quanto_network
from engine.bench.report import Row
from engine.model.device import settle_threads
from engine.model.lean import make_plain
from engine.model.loader import load_model
from engine.model.weights.bnb_nf4 import BnbNf4
from engine.model.weights.full import Full
from engine.model.weights.int4_groups import plain_range
from engine.model.weights.int4pack import NEVER, Int4Pack
from engine.model.weights.layers import choose_layers
from engine.model.weights.unpack_from import Machine, unpack_from

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from engine.model.weights.base import WeightBackend

    Side = Callable[[], object]

_SUITE = "weights"
_ROUNDS = 7
_ROWS = (1, 4, 64)
_OUT, _IN = 6_144, 2_048
_HIDDEN, _LAYERS = 1_024, 12
_PROCESSOR = torch.device("cpu")
_KEPT = ("model.vision_tower", "model.multi_modal_projector", "lm_head")
# The promise: final size and a fifth, and the largest tensor beside it.
_MEMORY_MARGIN = 1.2


def run() -> list[Row]:
    """All rows. Kernels are the processor's, whatever cards there are."""
    settle_threads()
    rows = _layer_rows()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        build_starter_of(folder / "small", 128, 2)
        build_starter_of(folder / "model", _HIDDEN, _LAYERS)
        rows += _model_rows(folder / "model")
        rows += _loading_rows(folder)
    return rows


@torch.no_grad()
def _layer_rows() -> list[Row]:
    weight = torch.randn(_OUT, _IN, generator=torch.Generator().manual_seed(0))
    full = Full(_PROCESSOR, torch.float32).pack(weight, _quiet)
    layers: Mapping[str, torch.nn.Module] = {
        "full": full,
        "int4pack": Int4Pack(NEVER).pack(weight, _quiet),
        "int4pack_unpacked": Int4Pack(0).pack(weight, _quiet),
        "bnb_nf4": BnbNf4(_PROCESSOR, torch.float32).pack(weight, _quiet).eval(),
        "quanto": quanto_linear(weight),
    }
    rows = []
    for count in _ROWS:
        inputs = torch.randn(count, _IN, generator=torch.Generator().manual_seed(count))
        sides = {name: _multiplying(name, layer, inputs) for name, layer in layers.items()}
        rows += _against_full(f"linear_{{}}_{count}_rows_vs_full", sides)
    many = torch.randn(256, _IN, generator=torch.Generator().manual_seed(1))
    expected = full(many)
    for name in ("int4pack", "bnb_nf4", "quanto"):
        error = _relative(_multiplying(name, layers[name], many)(), expected)
        rows.append(_row(f"linear_{name}_error", error, "ratio", "lower"))
    plain = _relative(many @ plain_range(weight).T, expected)
    rows.append(_row("linear_int4_plain_range_error", plain, "ratio", "lower"))
    return rows


def _multiplying(
    name: str, layer: torch.nn.Module, inputs: torch.Tensor
) -> Callable[[], torch.Tensor]:
    given = inputs.bfloat16() if name == "quanto" else inputs
    return lambda: layer(given).float()


@torch.no_grad()
def _model_rows(folder: Path) -> list[Row]:
    unpacking = unpack_from(None, Machine.here(""))
    networks = {
        "full": _network(folder),
        "int4pack": _packed(_network(folder), Int4Pack(unpacking.rows, unpacking.dtype)),
        "bnb_nf4": _packed(_network(folder), BnbNf4(_PROCESSOR, torch.float32)),
        "quanto": quanto_network(_network(folder), _KEPT),
    }
    rows = [_row("int4pack_unpacks_from_rows", min(unpacking.rows, 10_000), "rows", "lower")]
    for count in _ROWS:
        ids = torch.arange(20, 20 + count)[None]
        sides = {name: _running(network, ids) for name, network in networks.items()}
        rows += _against_full(f"model_{{}}_{count}_rows_vs_full", sides)
    return rows


def _network(folder: Path) -> Any:  # noqa: ANN401 - as transformers' models
    network = load_model(folder, folder.name, "full", _say_nothing).network
    make_plain(network)  # or layers that are replaced would still be called
    return network


def _packed(network: Any, backend: WeightBackend) -> Any:  # noqa: ANN401
    """As loading packs it, but without keeping anything in the user's folders."""
    for name in choose_layers(network, _KEPT, backend).packed:
        network.set_submodule(name, backend.pack(network.get_submodule(name).weight, _quiet).eval())
    return network


def _running(network: Any, ids: torch.Tensor) -> Side:  # noqa: ANN401
    return lambda: network(input_ids=ids, use_cache=False, logits_to_keep=1)


def _loading_rows(folder: Path) -> list[Row]:
    """First and second load in fresh processes; memory where the system tells it."""
    rows = []
    model = folder / "model"
    largest = _HIDDEN * 5 * _HIDDEN // 2 * 2
    for name in ("int4pack", "bnb_nf4"):
        first, second = load_in_child(folder / "small", model, name, folder / f"home-{name}")
        rows += [
            _row(f"load_{name}_first_s", first.load_s, "s", "lower"),
            _row(f"load_{name}_second_s", second.load_s, "s", "lower"),
            _row(
                f"load_{name}_first_vs_second", first.load_s / second.load_s, "ratio", "higher", 3
            ),
        ]
        if first.peak_bytes is not None:
            allowed = _MEMORY_MARGIN * first.weight_bytes + largest
            share = first.peak_bytes / allowed
            rows.append(_row(f"load_{name}_memory_ratio", share, "ratio", "lower", 1))
    rows.append(_row("load_quanto_s", _quanto_load_s(model), "s", "lower"))
    return rows


def _quanto_load_s(folder: Path) -> float:
    """Reading the whole model and packing it; quanto packs what stands in memory already."""
    started = time.perf_counter()
    quanto_network(_network(folder), _KEPT)
    return time.perf_counter() - started


def _against_full(name: str, sides: Mapping[str, Side]) -> list[Row]:
    """Full precision's time ÷ each other side's, taken in turn."""
    times: dict[str, list[float]] = {side: [] for side in sides}
    for round_number in range(_ROUNDS + 1):
        for side, act in sides.items():
            started = time.perf_counter()
            act()
            if round_number:  # the first round warms up
                times[side].append(time.perf_counter() - started)
    whole = median(times["full"])
    return [
        _row(name.format(side), whole / median(taken), "ratio", "higher")
        for side, taken in times.items()
        if side != "full"
    ]


def _relative(found: torch.Tensor, expected: torch.Tensor) -> float:
    return float((found - expected).norm() / expected.norm())


def _row(
    name: str,
    value: float,
    unit: str,
    better: Literal["lower", "higher"],
    bar: float | None = None,
) -> Row:
    return Row(_SUITE, name, value, unit, bar, better)


def _quiet(_: int) -> None:
    """Packing is over before a progress line could be read."""


def _say_nothing(_step: str, _loaded: int, _total: int) -> None:
    """So is loading."""
