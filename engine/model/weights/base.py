"""What a weight backend is: how one layer's matrix is packed, kept and run.

A backend knows single layers only. Which layers of a model it gets, where matrices come from and
where packed ones are stored is decided around it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import torch

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from engine.api.requests import WeightsName

    # Told how many bytes of the model's files were taken in since it was last told. May raise to
    # end the work.
    Told = Callable[[int], None]


class WeightBackend(Protocol):
    """One way to keep the matrices of linear layers. `in` is a row's length, `out` their number."""

    @property
    def name(self) -> WeightsName:
        """The name that people choose it by."""

    @property
    def notes(self) -> tuple[str, ...]:
        """What there is to say of how it works on this machine, in sentences."""

    @property
    def requirement(self) -> str:
        """What the two sizes of a layer that can be packed are, in words."""

    @property
    def parameters(self) -> Mapping[str, object] | None:
        """All that a packed layer depends on beside its matrix; where it differs, pack anew.

        `None` where packing is no work that would be worth keeping.
        """

    @property
    def row_limits(self) -> tuple[int, ...]:
        """The numbers of rows beyond which a layer is multiplied in another, dearer way."""

    def takes(self, in_features: int, out_features: int) -> bool:
        """Whether a layer of these sizes can be packed."""

    def pack(self, weight: torch.Tensor, told: Told) -> torch.nn.Module:
        """A layer without bias for `weight`, shape (out, in), floating point, on the processor.

        Takes `weight` in by pieces: temporary memory stays small beside a large matrix.
        """

    def take_over(self, layer: torch.nn.Module, told: Told) -> torch.nn.Module | None:
        """`layer` in memory of its own, where a checkpoint holds it packed in this way already.

        Without its bias. `None` for any other layer.
        """

    def restore(
        self, in_features: int, out_features: int, parts: Mapping[str, torch.Tensor]
    ) -> torch.nn.Module:
        """The layer again from the tensors of its `state_dict`.

        Raises `ValueError` or `KeyError` for tensors that are not those of such a layer.
        """


def pieces(rows: int, row_values: int, most_values: int, multiple: int) -> range:
    """Where pieces of whole rows begin: each of `step` rows, a multiple of `multiple`.

    A piece holds about `most_values` numbers, or `multiple` rows where those are more.
    """
    step = max(1, most_values // max(1, row_values) // multiple) * multiple
    return range(0, rows, step)


_COPIED_AT_ONCE = 16 * 2**20


@torch.no_grad()
def copied(
    tensor: torch.Tensor, device: torch.device, dtype: torch.dtype, told: Told
) -> torch.Tensor:
    """`tensor` in memory of its own on `device`, as `dtype`; taken in by pieces of some 16 MB."""
    result = torch.empty(tensor.shape, dtype=dtype, device=device)
    if tensor.ndim == 0:
        result.copy_(tensor)
        told(tensor.nbytes)
        return result
    row_values = tensor[0].numel() if len(tensor) else 0
    starts = pieces(len(tensor), row_values, _COPIED_AT_ONCE // tensor.itemsize, 1)
    for start in starts:
        part = tensor[start : start + starts.step]
        result[start : start + starts.step] = part
        told(part.nbytes)
    return result
