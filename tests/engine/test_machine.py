"""What this machine is; odd ones by the texts they would answer with."""

from __future__ import annotations

import gc
import os
import stat
import time
from typing import TYPE_CHECKING

import psutil
import pytest

from engine import paths
from engine.machine import Gpu, process_memory_bytes, processor_in_cpuinfo, read_machine

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

posix = pytest.mark.skipif(os.name != "posix", reason="the stand-in is a shell script")


@pytest.fixture
def nvidia_smi(tmp_path) -> Callable[..., Path]:
    """A stand-in for the driver's tool that answers as told."""

    def make(answer: str, status: int = 0) -> Path:
        script = tmp_path / "nvidia-smi"
        asked = "--query-gpu=name,memory.total,driver_version --format=csv,noheader,nounits"
        script.write_text(
            f'#!/bin/sh\n[ "$*" = "{asked}" ] || exit 9\n'
            f'cat <<"END"\n{answer}\nEND\nexit {status}\n'
        )
        script.chmod(script.stat().st_mode | stat.S_IXUSR)
        return script

    return make


def test_this_machine() -> None:
    machine = read_machine(nvidia_smi="no-such-tool")
    assert machine.system
    assert machine.processor
    assert machine.logical_cores == os.cpu_count()
    assert machine.physical_cores is None or 1 <= machine.physical_cores <= os.cpu_count()
    assert machine.memory_bytes == psutil.virtual_memory().total
    assert 0 < machine.memory_available_bytes <= machine.memory_bytes
    assert machine.disk_free_bytes > 0
    assert machine.gpus == ()


def test_it_is_found_out_quickly() -> None:
    read_machine(nvidia_smi="no-such-tool")
    started = time.perf_counter()
    read_machine(nvidia_smi="no-such-tool")
    assert time.perf_counter() - started < 0.3


def test_a_disk_that_does_not_answer_is_not_known(tmp_path, monkeypatch) -> None:
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv(paths.HOME_VARIABLE, str(tmp_path / "file"))
    assert read_machine(nvidia_smi="no-such-tool").disk_free_bytes is None


@posix
def test_graphics_cards(nvidia_smi) -> None:
    answer = (
        "NVIDIA GeForce RTX 4070 Laptop GPU, 8188, 560.35.03\n"
        "Odd, Ltd. Card, 24564, 560.35.03\n"
        "NVIDIA GB10, [N/A], 580.65.06\n"
        "\n"
        "something else entirely"
    )
    assert read_machine(str(nvidia_smi(answer))).gpus == (
        Gpu("NVIDIA GeForce RTX 4070 Laptop GPU", 8188 << 20, "560.35.03"),
        Gpu("Odd, Ltd. Card", 24564 << 20, "560.35.03"),
        Gpu("NVIDIA GB10", None, "580.65.06"),
    )


@posix
def test_a_driver_that_fails_means_no_card(nvidia_smi) -> None:
    answer = "NVIDIA-SMI has failed because it could not communicate with the driver, 1, 2"
    assert read_machine(str(nvidia_smi(answer, status=9))).gpus == ()


@pytest.mark.parametrize(
    ("cpuinfo", "name"),
    [
        (
            "processor\t: 0\nmodel\t\t: 85\nmodel name\t: Intel(R)  Xeon(R) CPU\nmodel name\t: 2",
            "Intel(R) Xeon(R) CPU",
        ),
        (
            "processor\t: 0\nCPU part : 0xd0b\n\nModel\t\t: Raspberry Pi 5 Model B",
            "Raspberry Pi 5 Model B",
        ),
        (
            "processor : 0\nmodel name :   \ncpu : POWER9, altivec supported",
            "POWER9, altivec supported",
        ),
        ("processor\t: 0\nBogoMIPS\t: 100.00\n", None),
        ("", None),
    ],
)
def test_names_of_processors(cpuinfo, name) -> None:
    assert processor_in_cpuinfo(cpuinfo) == name


def test_memory_of_this_process_follows_what_it_holds() -> None:
    gc.collect()  # what other tests held must not be let go of in between
    before = process_memory_bytes()
    held = bytearray(b"\x01") * 60_000_000
    assert process_memory_bytes() - before > 40_000_000
    assert len(held) == 60_000_000
