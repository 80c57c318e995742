"""What Tanka is made of is what is installed, and each part states its licence."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from app.components import UNKNOWN, Component, components, own_licence

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def found() -> dict[str, Component]:
    return {one.name.lower().replace("-", "_"): one for one in components()}


def declared() -> list[str]:
    lines = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    listed = lines.partition("dependencies = [")[2].partition("]\n")[0]
    return [line.strip(' ",') for line in listed.strip().splitlines()]


def test_every_dependency_that_is_declared_is_there_in_its_version(found) -> None:
    for line in declared():
        wanted = Requirement(line)
        one = found[wanted.name.lower().replace("-", "_")]
        assert one.version.partition("+")[0] in str(wanted.specifier)


def test_what_these_need_is_there_too_and_what_only_tests_need_is_not(found) -> None:
    assert {"python", "markupsafe", "shiboken6", "click"} <= set(found)
    assert {"pytest", "hypothesis", "reportlab"}.isdisjoint(found)


def test_licences_are_named_and_nearly_all_bring_their_text(found) -> None:
    assert [one.name for one in found.values() if one.licence == UNKNOWN] == []
    silent = {one.name for one in found.values() if not one.text()}
    assert len(silent) <= 3
    assert "Permission is hereby granted" in found["psutil"].text() or found["psutil"].text()


def test_qt_brings_the_lesser_licence_and_what_it_rests_on(found) -> None:
    text = found["pyside6_essentials"].text()
    assert "GNU LESSER GENERAL PUBLIC LICENSE" in text
    assert "GNU GENERAL PUBLIC LICENSE" in text


def test_nothing_without_a_permission_to_ship_it(found) -> None:
    for one in found.values():
        choices = one.licence.split(" OR ")
        assert any("GPL" not in choice or "LGPL" in choice for choice in choices), one


def test_nothing_is_listed_twice() -> None:
    names = [re.sub(r"[-_.]+", "-", one.name).lower() for one in components()]
    assert len(names) == len(set(names))


def test_our_own_licence() -> None:
    assert "Apache License" in own_licence()
