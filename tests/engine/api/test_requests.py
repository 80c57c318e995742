"""Functions that cannot be offered are refused before anything is done."""

from __future__ import annotations

import pytest

from engine import BadRequest, CountTokens, Generate, ToolSpec, user

NOTHING = '{"type": "object", "properties": {}}'


@pytest.mark.parametrize("name", ["add", "_add2", "bookRoom", "get-weather", "a" * 64])
def test_plain_names_are_taken(name: str) -> None:
    assert ToolSpec(name, "", NOTHING).name == name


@pytest.mark.parametrize("name", ["", "2add", "add numbers", "add\n", "a" * 65, "é", "<|end|>"])
def test_other_names_are_refused(name: str) -> None:
    with pytest.raises(BadRequest, match="name must begin"):
        ToolSpec(name, "", NOTHING)


@pytest.mark.parametrize(
    ("parameters", "sentence"),
    [
        ("", "no JSON"),
        ("{", "no JSON"),
        ('{"type": "object", "minimum": NaN}', "no JSON"),
        ("[" * 100_000, "no JSON"),
        ("[]", "of the type object"),
        ("{}", "of the type object"),
        ('{"type": "string"}', "of the type object"),
        ('{"type": "object", "properties": []}', "properties"),
        ('{"type": "object", "required": "a"}', "list of names"),
    ],
)
def test_parameters_that_are_no_schema_of_an_object_are_refused(
    parameters: str, sentence: str
) -> None:
    with pytest.raises(BadRequest, match=sentence):
        ToolSpec("add", "", parameters)


def test_two_functions_of_one_name_are_refused() -> None:
    tools = (ToolSpec("add", "One", NOTHING), ToolSpec("add", "Two", NOTHING))
    for request in (Generate, CountTokens):
        with pytest.raises(BadRequest, match="same name, add"):
            request((user("Hello"),), tools=tools)
