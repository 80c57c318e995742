"""A conversation after a restart goes on as if there had been none: same reuse, same numbers."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from full_recompute import compare
from tiny_checkpoints import FAMILIES

from engine.api.events import Finished, ModelReady
from engine.api.messages import Message, assistant, user
from engine.api.requests import Generate, Limits, LoadModel, ToolSpec
from engine.cache.prefix_store import PrefixStore
from engine.client import EngineClient
from engine.dialogue import events_of
from engine.paths import HOME_VARIABLE, resume_dir
from engine.prompt.transcripts import Transcripts
from engine.resume import Resume

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.api.requests import Request

MOST_BYTES = 2**30
# As in tests/engine/test_reuse.py.
MOST_OFF_INT8 = 0.02

LONG = "The tide table for the northern harbour lists four heights a day. " * 6
TOOL = ToolSpec("tide", "Heights of a day.", '{"type": "object", "properties": {}}')


class Restarting:
    """Two engines side by side: one restarts whenever it is told to, the other never does."""

    def __init__(self, make: Callable[[], object], most_bytes: int = MOST_BYTES) -> None:
        self._make = make
        self._most_bytes = most_bytes
        self.steady = make()
        self._start()

    def _start(self) -> None:
        self.resume = Resume()
        self.fresh = self._make()
        kept = self.resume.open(self.fresh.model, self._most_bytes)
        self.fresh.prefixes = PrefixStore(self.fresh.model.new_cache, 2**30, kept.prefixes)
        self.fresh.transcripts = Transcripts(kept.transcripts)

    def restart(self) -> None:
        """As a new process, which has nothing but what is on disk."""
        self.resume.close()
        self._start()

    def ask(self, messages: tuple[Message, ...], **options: object) -> Finished:
        """The same turn on both; restarts in between make no difference that can be seen."""
        done, steady = self.fresh.ask(messages, **options), self.steady.ask(messages, **options)
        assert (done.text, done.reason, done.usage) == (steady.text, steady.reason, steady.usage)
        return done

    def assert_equal(self, messages: tuple[Message, ...], **options: object) -> int:
        """Reused as without a restart, with the numbers of a full recompute; how much it was."""
        reused, with_reuse, fresh = self.fresh.reused_and_recomputed(messages, **options)
        assert (with_reuse - fresh).abs().max() < 1e-4
        expected, steady, _ = self.steady.reused_and_recomputed(messages, **options)
        assert reused == expected
        assert (with_reuse - steady).abs().max() < 1e-4
        return reused


@pytest.fixture(params=(*FAMILIES, "Starter"))
def family(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def both(family: str, conversations_on) -> object:
    both = Restarting(lambda: conversations_on(family))
    yield both
    both.resume.close()


def next_turn(first: tuple[Message, ...], said: str, *parts: object) -> tuple[Message, ...]:
    return (*first, assistant(said), user(*parts))  # type: ignore[arg-type]


def test_text_turn_costs_its_new_tokens(both) -> None:
    first = (user(LONG),)
    done = both.ask(first)
    both.restart()
    assert both.assert_equal(next_turn(first, done.text, "And then?")) > 64


def test_pictures_in_the_history_are_not_looked_at_again(both, picture) -> None:
    first = (user(picture(1), LONG, picture(2)),)
    done = both.ask(first)
    both.restart()
    both.fresh.model.features.clear()
    second = next_turn(first, done.text, "And then?")
    answer = both.fresh.ask(second)
    assert both.fresh.model.features.nbytes == 0
    steady = both.steady.ask(second)
    assert (answer.text, answer.usage) == (steady.text, steady.usage)


def test_pictures_in_the_history_kept_as_8_bit_numbers(
    family: str, conversations_on, picture
) -> None:
    both = Restarting(lambda: conversations_on(family, kv="int8"))
    first = (user(picture(1), LONG, picture(2)),)
    done = both.ask(first)
    both.restart()
    both.fresh.model.features.clear()
    second = next_turn(first, done.text, "And then?")
    compared = compare(both.fresh, second)
    assert both.fresh.model.features.nbytes > 0  # the full recompute looked at them
    assert compared.apart < MOST_OFF_INT8 * compared.spread
    steady = both.steady.ask(second, max_tokens=6)
    assert (compared.done.text, compared.usage) == (steady.text, steady.usage)
    assert compared.usage.reused_tokens > 64
    both.resume.close()


def test_a_picture_in_the_new_turn(both, picture) -> None:
    first = (user(picture(1), LONG),)
    done = both.ask(first)
    both.restart()
    both.assert_equal(next_turn(first, done.text, picture(2), "And this?"))


def test_turn_after_turn_with_a_restart_before_each(both, picture) -> None:
    messages: tuple[Message, ...] = (user(picture(1), LONG),)
    for question in ("And then?", "Why?", LONG, "So?"):
        done = both.ask(messages)
        both.restart()
        messages = next_turn(messages, done.text, question)
    both.assert_equal(messages)


def test_two_conversations(both, picture) -> None:
    firsts = ((user(picture(1), LONG),), (user("Something else. " + LONG),))
    said = [both.ask(first) for first in firsts]
    both.restart()
    for first, done in zip(firsts, said, strict=True):
        assert both.assert_equal(next_turn(first, done.text, "And then?")) > 64


def test_editing_a_later_question_keeps_what_stands_before_it(both, picture) -> None:
    first = (user(picture(1), LONG),)
    done = both.ask(first)
    both.ask(next_turn(first, done.text, "And then? " + LONG))
    both.restart()
    both.assert_equal(next_turn(first, done.text, "No: what came before?"))


def test_a_branch_and_then_the_first_way_again(both) -> None:
    first = (user(LONG),)
    one = both.ask(first)
    way, other = (next_turn(first, one.text, text + LONG) for text in ("This? ", "That? "))
    said = both.ask(way)
    both.restart()
    said_other = both.ask(other)
    both.restart()
    both.fresh.ask(next_turn(other, said_other.text, "More."))
    answer = both.fresh.ask(next_turn(way, said.text, "More."))
    assert answer.usage.reused_tokens > said.usage.prompt_tokens - 64


def test_regenerating_computes_one_token(both, picture) -> None:
    first = (user(picture(1), LONG),)
    done = both.ask(first)
    both.restart()
    assert both.assert_equal(first) == done.usage.prompt_tokens - 1
    both.restart()
    assert both.fresh.ask(first).text == done.text


def test_after_a_cancel_in_prefill(both) -> None:
    first = (user(LONG * 4),)
    assert both.ask(first, cancel_after=4).reason == "cancelled"
    both.restart()
    assert both.assert_equal(first) > 0


def test_an_answer_goes_on_in_the_middle_of_a_character(both) -> None:
    first = (user(LONG),)
    whole = both.ask(first, max_tokens=40)
    begun = both.ask((user(LONG + "x"),), max_tokens=9)
    assert begun.reason == "length"
    both.restart()
    rest = both.ask((user(LONG + "x"), assistant(begun.text)), max_tokens=23)
    assert rest.usage.reused_tokens == rest.usage.prompt_tokens - 1
    assert whole.text


def test_functions_on_offer_are_part_of_what_is_kept(conversations, tools_model) -> None:
    both = Restarting(lambda: type(conversations)(tools_model))
    first = (user(LONG),)
    done = both.ask(first, tools=(TOOL,))
    both.restart()
    reused = both.assert_equal(next_turn(first, done.text, "And then?"), tools=(TOOL,))
    assert reused == done.usage.prompt_tokens + done.usage.completion_tokens - 1
    both.restart()
    assert both.assert_equal(next_turn(first, done.text, "And then?")) < 64
    both.resume.close()


def test_a_damaged_file_is_named_as_the_reason(both) -> None:
    first = (user(LONG),)
    done = both.ask(first)
    both.resume.close()
    for path in resume_dir().rglob("piece-*"):
        os.truncate(path, 1000)
    both.restart()
    both.fresh.foresees = False
    answer = both.fresh.ask(next_turn(first, done.text, "And then?"))
    assert answer.usage.reused_tokens == 0
    assert "was damaged" in answer.usage.reuse_note


def test_a_damaged_transcript_costs_no_more_than_its_tokens(both, caplog) -> None:
    first = (user(LONG),)
    done = both.ask(first)
    both.resume.close()
    for path in resume_dir().rglob("conversation-*"):
        os.truncate(path, path.stat().st_size - 1)
    both.restart()
    reused, with_reuse, fresh = both.fresh.reused_and_recomputed(
        next_turn(first, done.text, "And then?")
    )
    assert (with_reuse - fresh).abs().max() < 1e-4
    assert reused > 0
    assert "is ignored" in caplog.text
    assert not list(resume_dir().rglob("conversation-*"))


def test_other_weights_of_the_same_shape_find_nothing(both) -> None:
    first = (user(LONG),)
    done = both.ask(first)
    both.resume.close()
    (weights,) = both.fresh.model.info.folder.glob("*.safetensors")
    state = weights.stat()
    try:
        os.utime(weights, ns=(state.st_atime_ns, state.st_mtime_ns + 1))
        both.restart()
        answer = both.fresh.ask(next_turn(first, done.text, "And then?"))
    finally:
        os.utime(weights, ns=(state.st_atime_ns, state.st_mtime_ns))
    assert answer.usage.reused_tokens == 0
    both.restart()
    assert both.fresh.ask(next_turn(first, done.text, "And then?")).usage.reused_tokens > 64


def test_off_removes_what_is_kept(both) -> None:
    both.ask((user(LONG),))
    both.resume.close()
    assert resume_dir().exists()
    other = Resume()
    assert other.open(both.fresh.model, None).prefixes is None
    assert resume_dir().exists()
    assert other.open(both.fresh.model, 0).prefixes is None
    assert not resume_dir().exists()


def test_a_folder_that_cannot_be_made_fails_no_load(both, caplog) -> None:
    both.resume.close()
    for path in sorted(resume_dir().rglob("*"), reverse=True):
        path.unlink() if path.is_file() else path.rmdir()
    resume_dir().rmdir()
    resume_dir().write_text("in the way")
    assert both.resume.open(both.fresh.model, MOST_BYTES).prefixes is None
    assert "cannot be kept" in caplog.text


def finished(client: EngineClient, request: Request) -> Finished:
    *_, last = events_of(client, request)
    if not isinstance(last, Finished):
        raise AssertionError(last)
    return last


CHILD = """
import sys
from pathlib import Path
from engine.api.events import Finished
from engine.api.messages import user
from engine.api.requests import Generate, Limits, LoadModel
from engine.client import EngineClient
from engine.dialogue import events_of, load

client = EngineClient()
load(client, LoadModel(Path(sys.argv[1]), "full", resume_bytes=2**30))
*_, done = events_of(client, Generate((user(sys.argv[2]),), limits=Limits(6)))
assert isinstance(done, Finished), done
assert client.close()
print(done.usage.prompt_tokens + done.usage.completion_tokens - 1, flush=True)
sys.stdout.buffer.write(done.text.encode("utf-8", "surrogatepass"))
"""


def test_across_two_real_processes(lfm2_folder, tmp_path, monkeypatch) -> None:
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path))
    child = subprocess.run(
        [sys.executable, "-c", CHILD, str(lfm2_folder), LONG],
        capture_output=True, timeout=240, check=True, cwd=Path(__file__).parents[2],
    )  # fmt: skip
    kept, _, said = child.stdout.partition(b"\n")
    client = EngineClient()
    try:
        *_, ready = events_of(client, LoadModel(lfm2_folder, "full", resume_bytes=2**30))
        assert isinstance(ready, ModelReady)
        messages = next_turn((user(LONG),), said.decode("utf-8", "surrogatepass"), "And then?")
        done = finished(client, Generate(messages, limits=Limits(2)))
    finally:
        assert client.close()
    assert done.usage.reused_tokens == int(kept)


def test_a_model_that_is_loaded_again_finds_its_conversations(lfm2_folder) -> None:
    client = EngineClient()
    load = LoadModel(lfm2_folder, "full", resume_bytes=2**30)
    try:
        assert isinstance([*events_of(client, load)][-1], ModelReady)
        first = (user(LONG),)
        done = finished(client, Generate(first, limits=Limits(4)))
        assert isinstance([*events_of(client, load)][-1], ModelReady)
        again = finished(client, Generate(next_turn(first, done.text, "So?"), limits=Limits(2)))
    finally:
        assert client.close()
    assert again.usage.reused_tokens == done.usage.prompt_tokens + 4 - 1


def test_nothing_is_kept_unless_it_is_asked_for(lfm2_folder) -> None:
    client = EngineClient()
    try:
        assert isinstance([*events_of(client, LoadModel(lfm2_folder, "full"))][-1], ModelReady)
        finished(client, Generate((user(LONG),), limits=Limits(2)))
    finally:
        assert client.close()
    assert not resume_dir().exists()
