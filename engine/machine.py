"""What this machine is, found without the model runtime.

Quick, and for odd systems too: what cannot be found out is `None`, never a guess. Where there is
an NVIDIA driver it is asked through its own tool, which may take a second to wake the card: call
this off the window's thread.
"""

from __future__ import annotations

import logging
import os
import platform
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import psutil

from engine.api.errors import EngineError
from engine.paths import data_dir

if sys.platform == "win32":
    import winreg

    _NO_WINDOW = subprocess.CREATE_NO_WINDOW  # a console program would flash one
else:
    _NO_WINDOW = 0

if TYPE_CHECKING:
    from collections.abc import Callable

log = logging.getLogger(__name__)

Measured = TypeVar("Measured")

_NOT_TOLD = (psutil.Error, OSError, RuntimeError, ValueError, LookupError, AttributeError)
_TOOL_TIMEOUT_S = 5.0
# The first that a processor's entry has: PCs, boards, then what other architectures write.
_NAME_KEYS = ("model name", "Model", "Hardware", "cpu model", "cpu", "uarch")


@dataclass(frozen=True, slots=True)
class Gpu:
    """A graphics card. Those that share the main memory have no `memory_bytes` of their own."""

    name: str
    memory_bytes: int | None
    driver: str


@dataclass(frozen=True, slots=True)
class Machine:
    """What the machine has, and what of it is free now. `None` where the system does not say.

    `disk_free_bytes` is that of the disk that holds Tanka's data.
    """

    system: str
    processor: str
    physical_cores: int | None
    logical_cores: int | None
    memory_bytes: int | None
    memory_available_bytes: int | None
    disk_free_bytes: int | None
    gpus: tuple[Gpu, ...]


def read_machine(nvidia_smi: str = "nvidia-smi") -> Machine:
    """Look at the machine now. `nvidia_smi` is the tool to ask for graphics cards."""
    memory = _told(psutil.virtual_memory)
    return Machine(
        system=_system(),
        processor=_processor(),
        physical_cores=_told(lambda: psutil.cpu_count(logical=False)),
        logical_cores=os.cpu_count(),
        memory_bytes=None if memory is None else int(memory.total),
        memory_available_bytes=None if memory is None else int(memory.available),
        disk_free_bytes=_disk_free_bytes(),
        gpus=_nvidia_gpus(nvidia_smi),
    )


def process_memory_bytes() -> int:
    """Main memory that this process holds now; 0 where the system does not say."""
    return _told(lambda: int(psutil.Process().memory_info().rss)) or 0


def _told(measure: Callable[[], Measured]) -> Measured | None:
    try:
        return measure()
    except _NOT_TOLD:
        log.info("the system does not tell", exc_info=True)
        return None


def _system() -> str:
    if sys.platform == "linux":
        release = _told(platform.freedesktop_os_release)
        if release is not None and release.get("PRETTY_NAME"):
            return release["PRETTY_NAME"]
    if sys.platform == "darwin":
        return f"macOS {platform.mac_ver()[0]}".strip()
    return f"{platform.system()} {platform.release()}".strip() or "unknown"


def _processor() -> str:
    name: str | None
    if sys.platform == "win32":
        name = _told(_processor_in_registry)
    elif sys.platform == "darwin":
        name = _output_of(["/usr/sbin/sysctl", "-n", "machdep.cpu.brand_string"])
    else:
        cpuinfo = _told(lambda: Path("/proc/cpuinfo").read_text(errors="replace"))
        name = processor_in_cpuinfo(cpuinfo or "")
    return (name or "").strip() or platform.machine() or "unknown"


def processor_in_cpuinfo(cpuinfo: str) -> str | None:
    """The processor's own name in the text of `/proc/cpuinfo`; not every architecture has one."""
    for key in _NAME_KEYS:
        found = re.search(rf"^{key}[ \t]*:[ \t]*(\S.*)$", cpuinfo, re.MULTILINE)
        if found:
            return " ".join(found[1].split())
    return None


if sys.platform == "win32":

    def _processor_in_registry() -> str:
        place = r"HARDWARE\DESCRIPTION\System\CentralProcessor\0"
        with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, place) as key:
            return str(winreg.QueryValueEx(key, "ProcessorNameString")[0])


def _disk_free_bytes() -> int | None:
    try:
        return shutil.disk_usage(data_dir()).free
    except (OSError, EngineError):
        return None


def _nvidia_gpus(nvidia_smi: str) -> tuple[Gpu, ...]:
    tool = shutil.which(nvidia_smi)
    if tool is None:
        return ()
    query = ["--query-gpu=name,memory.total,driver_version", "--format=csv,noheader,nounits"]
    table = _output_of([tool, *query]) or ""
    return tuple(gpu for line in table.splitlines() if (gpu := _gpu(line)) is not None)


def _gpu(line: str) -> Gpu | None:
    """A row of name, MiB and driver version; the name may hold commas."""
    cells = [cell.strip() for cell in line.rsplit(",", 2)]
    if len(cells) != 3:
        return None
    name, mebibytes, driver = cells
    known = mebibytes.isascii() and mebibytes.isdigit()  # "[N/A]" where memory is shared
    return Gpu(name, int(mebibytes) << 20 if known else None, driver)


def _output_of(command: list[str]) -> str | None:
    """What a system tool prints; `None` where it is absent, fails, or takes too long."""
    try:
        done = subprocess.run(  # noqa: S603 - fixed commands, no shell
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_TOOL_TIMEOUT_S,
            check=True,
            creationflags=_NO_WINDOW,
        )
    except (OSError, subprocess.SubprocessError):
        log.info("%s does not answer", command[0], exc_info=True)
        return None
    return done.stdout.decode(errors="replace")
