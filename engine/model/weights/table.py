"""The weight backends by name."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from engine.model.weights.full import Full
from engine.model.weights.int4pack import Int4Pack
from engine.model.weights.unpack_from import Machine, unpack_from

if TYPE_CHECKING:
    from pathlib import Path

    from engine.model.device import Placement
    from engine.model.weights.base import WeightBackend


def backend_for(placement: Placement, measurements: Path | None) -> WeightBackend:
    """The backend that `placement` names; what it measures is kept in the folder `measurements`."""
    match placement.weights:
        case "int4pack":
            unpacking = unpack_from(measurements, Machine.here(placement.device_name))
            return Int4Pack(unpacking.rows, unpacking.dtype)
        case "bnb_nf4":
            return _nf4(placement)
        case "full":
            return Full(placement.device, placement.dtype)


def _nf4(placement: Placement) -> WeightBackend:
    """Imported when it is asked for: bitsandbytes takes a moment and looks for devices.

    On processors with AVX512-BF16 it also looks for a package that would fetch programs from the
    network, and advises to install it. Nobody should follow that.
    """
    logging.getLogger("bitsandbytes.backends.cpu.ops").setLevel(logging.ERROR)
    from engine.model.weights.bnb_nf4 import BnbNf4

    return BnbNf4(placement.device, placement.dtype)
