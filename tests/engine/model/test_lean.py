"""A lean network computes what it computed before, and leaves alone what someone watches."""

from __future__ import annotations

import copy

import pytest
import torch

from engine.model.lean import make_lean, make_plain


@pytest.fixture(params=["tiny_model", "qwen3_vl_model"])
def network(request: pytest.FixtureRequest) -> torch.nn.Module:
    """As transformers built it: loading has made it lean already."""
    network = copy.deepcopy(request.getfixturevalue(request.param).network)
    make_plain(network)
    return network


def logits(network: torch.nn.Module) -> torch.Tensor:
    ids = torch.arange(40)[None]
    with torch.no_grad():
        return network(input_ids=ids, position_ids=ids).logits


def test_a_lean_network_computes_the_same(network: torch.nn.Module) -> None:
    names = set(network.state_dict())
    before = logits(network)
    norms = sum(type(m).__name__.endswith("RMSNorm") for m in network.modules())
    linears = sum(type(m) is torch.nn.Linear for m in network.modules())
    assert make_lean(network) >= norms + linears - 2
    assert (logits(network) - before).abs().max() < 1e-5
    assert set(network.state_dict()) == names
    assert any("forward" in vars(module) for module in network.modules())
    make_plain(network)
    assert not any("forward" in vars(module) for module in network.modules())
    assert (logits(network) - before).abs().max() < 1e-5


def test_a_module_with_a_hook_is_still_called(network: torch.nn.Module) -> None:
    watched = next(m for m in network.modules() if type(m).__name__.endswith("RMSNorm"))
    seen = []
    watched.register_forward_hook(lambda *_: seen.append(True))
    make_lean(network)
    logits(network)
    assert seen


def test_a_norm_of_its_own_kind_is_left_alone() -> None:
    class OddRMSNorm(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.weight = torch.nn.Parameter(torch.rand(8))
            self.eps = 1e-6

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return x * self.weight.cumsum(0)

    class Parent(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.norm = OddRMSNorm()

    assert make_lean(Parent()) == 0
