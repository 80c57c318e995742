"""What Tanka is made of: every installed package that it needs, with version, licence and texts."""

from __future__ import annotations

import re
import sys
import sysconfig
import tomllib
from dataclasses import dataclass
from importlib.metadata import (
    Distribution,
    PackageMetadata,
    PackageNotFoundError,
    PackagePath,
    distribution,
)
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_OWN, _PYTHON = "tanka", "Python"
_SOURCE = Path(__file__).parents[1]
_TEXTS = re.compile(r"^(licen[cs]e|copying|notice|authors)", re.IGNORECASE)
_CLASSIFIER = "License :: OSI Approved :: "
# A licence's whole text is in the older field of some packages.
_LONGEST_NAME = 60
# Packages under these bring no text of them, but have to be passed on with one.
_BROUGHT = {"LGPL-3.0": ("LGPL-3.0.txt", "GPL-3.0.txt")}
UNKNOWN = "Licence not stated"
_MIT = "Permission is hereby granted, free of charge, to any person obtaining a copy"


@dataclass(frozen=True, slots=True)
class Component:
    """A package, with its licence by name. Python itself counts as one."""

    name: str
    version: str
    licence: str

    def text(self) -> str:
        """All that it says of its licence; empty where it brings no text. Files are looked for."""
        if self.name == _PYTHON:
            return _read(Path(sysconfig.get_path("stdlib")) / "LICENSE.txt").strip()
        installed = _installed(self.name)
        paths = _texts(installed) if installed is not None else ()
        return "\n\n".join(_read(path) for path in paths or _brought(self.licence)).strip()


def components() -> list[Component]:
    """Python and all packages that are needed, by name. Takes a moment: files are read."""
    found: dict[str, Component] = {}  # by the name that all spellings share
    waiting = [(Requirement(line), "") for line in _own_requirements()]
    seen: set[tuple[str, str]] = set()
    while waiting:
        requirement, extra = waiting.pop()
        if not _needed(requirement, extra):
            continue
        installed = _installed(requirement.name)
        if installed is None:
            continue
        if (key := canonicalize_name(requirement.name)) not in found:
            found[key] = Component(installed.name, installed.version, _licence(installed))
        for wanted in ("", *requirement.extras):
            if (key, wanted) not in seen:
                seen.add((key, wanted))
                waiting += [(one, wanted) for one in _requirements(installed)]
    return [_python(), *(found[name] for name in sorted(found))]


def own_licence() -> str:
    """The text of Tanka's own licence."""
    installed = _installed(_OWN)
    texts = _texts(installed) if installed is not None else ()
    return "\n\n".join(_read(path) for path in texts or (_SOURCE / "LICENSE",))


def _own_requirements() -> Iterable[str]:
    installed = _installed(_OWN)
    if installed is not None:
        return installed.requires or ()
    declared = tomllib.loads(_read(_SOURCE / "pyproject.toml"))
    lines: list[str] = declared.get("project", {}).get("dependencies", [])
    return lines


def _requirements(installed: Distribution) -> Iterator[Requirement]:
    for line in installed.requires or ():
        try:
            yield Requirement(line)
        except InvalidRequirement:  # as some old packages write it
            continue


def _needed(requirement: Requirement, extra: str) -> bool:
    return requirement.marker is None or requirement.marker.evaluate({"extra": extra})


def _installed(name: str) -> Distribution | None:
    try:
        return distribution(name)
    except PackageNotFoundError:
        return None


def _licence(installed: Distribution) -> str:
    about = installed.metadata
    expression, named = _field(about, "License-Expression"), _field(about, "License")
    if expression or (named and "\n" not in named and len(named) <= _LONGEST_NAME):
        return expression or named
    classes = [line for line in about.get_all("Classifier", ()) if line.startswith(_CLASSIFIER)]
    by_class = ", ".join(line.removeprefix(_CLASSIFIER) for line in classes)
    return by_class or _by_text(installed)


def _by_text(installed: Distribution) -> str:
    """Its licence by the words of its text, where nothing else names it."""
    texts = " ".join(" ".join(_read(path).split()) for path in _texts(installed))
    return "MIT" if _MIT in texts else UNKNOWN


def _field(about: PackageMetadata, name: str) -> str:
    return about[name].strip() if name in about else ""


def _texts(installed: Distribution) -> tuple[Path, ...]:
    """Those beside the package's own description, or else in its folders."""
    named = [file for file in installed.files or () if _states_licence(file)]
    beside = [file for file in named if file.parts[0].endswith(".dist-info")]
    paths = (Path(str(installed.locate_file(file))) for file in beside or named)
    return tuple(path for path in paths if path.is_file() and path.suffix not in (".py", ".pyc"))


def _states_licence(file: PackagePath) -> bool:
    return file.parts[1:2] == ("licenses",) or _TEXTS.match(file.name) is not None


def _brought(licence: str) -> tuple[Path, ...]:
    """The texts that we ourselves bring."""
    names = next((kept for name, kept in _BROUGHT.items() if licence.startswith(name)), ())
    folder = files("resources").joinpath("licences")
    return tuple(Path(str(folder.joinpath(name))) for name in names)


def _python() -> Component:
    version = ".".join(str(part) for part in sys.version_info[:3])
    return Component(_PYTHON, version, "PSF-2.0")


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
