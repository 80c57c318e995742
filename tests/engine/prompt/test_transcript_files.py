"""The exact tokens of conversations come back from disk as they were, or not at all."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.api.messages import Message, assistant, user
from engine.cache.layer_kinds import FULL
from engine.cache.maker import Maker
from engine.cache.saver import Saver
from engine.cache.shelf import Shelf
from engine.prompt.spans import ImageSpan
from engine.prompt.transcript_files import TranscriptFiles
from engine.prompt.transcripts import Opening, Transcript, Transcripts
from engine.text.detokenizer import Spoken

A_PICTURE = "a" * 64


class Kept:
    """Transcripts in memory over those on disk, with restarts."""

    def __init__(
        self, root: Path, version: str = "1", model: str = "a model", waiting: int = 1_000
    ) -> None:
        self.root = root
        self.saver = Saver()
        maker = Maker(version, model, (FULL,))
        self.now = Transcripts(TranscriptFiles(Shelf(root, 2**30), maker, self.saver, waiting))

    def restarted(self, **options: str) -> Kept:
        assert self.saver.close(30)
        return Kept(self.root, **options)  # type: ignore[arg-type]

    def files(self) -> list[Path]:
        assert self.saver.finish(30)
        return sorted(self.root.rglob("*.safetensors"))


def transcript(text: str, **options: object) -> Transcript:
    tokens = tuple(ord(letter) for letter in text)
    values = {"tokens": tokens, "keys": tokens, "spans": (), "marks": (1, len(text))} | options
    return Transcript(text=text, **values)  # type: ignore[arg-type]


def conversation(*texts: str) -> tuple[Message, ...]:
    makers = (user, assistant)
    return tuple(makers[i % 2](text) for i, text in enumerate(texts))


def test_a_transcript_comes_back_as_it_was(tmp_path) -> None:
    kept = Kept(tmp_path)
    whole = transcript(
        "Wörter \udce9 und <image><image>",
        keys=tuple(-1 - 2**55 - i for i in range(30)),
        tokens=tuple(range(30)),
        spans=(ImageSpan(((10, 12), (14, 15)), (1, 2), A_PICTURE),),
        marks=(3, 12, 30),
        spoken=Spoken((5, 6), "half \ufffd"),
        opening=Opening("\udce9 thinks:\n", 3),
    )
    messages = conversation("What?")
    kept.now.keep(messages, whole)
    kept = kept.restarted()
    assert kept.now.find(messages, whole.text + " and more")[0] == whole
    assert kept.now.find(messages, "another text")[0] is None
    assert kept.now.find(conversation("What else?"), whole.text)[0] is None
    kept.saver.close(30)


def test_while_there_is_no_time_to_write_only_the_latest_wait(tmp_path) -> None:
    kept = Kept(tmp_path, waiting=100)
    texts = [f"conversation number {number} of 30." for number in range(10, 20)]
    with kept.saver.paused():
        for text in texts:
            kept.now.keep(conversation(text), transcript(text))
    kept = kept.restarted()
    found = [kept.now.find(conversation(text), text)[0] is not None for text in texts]
    assert found == [False] * 7 + [True] * 3
    kept.saver.close(30)


def test_an_empty_transcript_comes_back_too(tmp_path) -> None:
    kept = Kept(tmp_path)
    kept.now.keep(conversation("x"), transcript("", marks=()))
    kept = kept.restarted()
    assert kept.now.find(conversation("x"), "anything")[0] == transcript("", marks=())
    kept.saver.close(30)


def test_one_file_holds_all_turns_of_a_conversation(tmp_path) -> None:
    kept = Kept(tmp_path)
    turns = [conversation(*"abcdef"[:count]) for count in range(1, 7)]
    for number, messages in enumerate(turns, 1):
        kept.now.keep(messages, transcript("x" * number))
        kept.files()
    assert len(kept.files()) == 1
    kept = kept.restarted()
    for number, messages in enumerate(turns, 1):
        assert kept.now.find(messages, "x" * 9)[0] == transcript("x" * number)
    kept.saver.close(30)


def test_two_forms_of_one_answer_are_one_file(tmp_path) -> None:
    kept = Kept(tmp_path)
    with kept.saver.paused():
        for form in ("as text", "taken apart"):
            kept.now.keep(conversation("a", form), transcript("xyz"))
    assert len(kept.files()) == 1
    kept = kept.restarted()
    for form in ("as text", "taken apart"):
        assert kept.now.find(conversation("a", form), "xyz")[0] == transcript("xyz")
    kept.saver.close(30)


def test_branches_keep_files_of_their_own(tmp_path) -> None:
    kept = Kept(tmp_path)
    kept.now.keep(conversation("a"), transcript("x"))
    kept.now.keep(conversation("a", "b", "c"), transcript("xyz"))
    kept.now.keep(conversation("a", "b", "d"), transcript("xyw"))
    assert len(kept.files()) == 2
    kept = kept.restarted()
    assert kept.now.find(conversation("a", "b", "c"), "xyz")[0] == transcript("xyz")
    assert kept.now.find(conversation("a", "b", "d"), "xyw")[0] == transcript("xyw")
    assert kept.now.find(conversation("a"), "xyz")[0] == transcript("x")
    kept.saver.close(30)


def test_what_was_kept_last_counts_whatever_else_of_the_conversation_is_used(tmp_path) -> None:
    kept, letters = Kept(tmp_path), "abcdefghijkl"
    early, late = ({x: transcript(x, marks=marks) for x in letters} for marks in ((), (1,)))
    for number, version in enumerate((early, late)):  # a branch each, that begins with it
        for x in letters:
            kept.now.keep(conversation(x), version[x])
            kept.now.keep(conversation(x, str(number)), transcript(f"{x}{number}"))
        kept.files()
    assert len(kept.files()) == 2 * len(letters)
    kept = kept.restarted()
    for x in letters:  # the early files are those used last
        assert kept.now.find(conversation(x, "0"), f"{x}0")[0] == transcript(f"{x}0")
    kept = kept.restarted()
    assert {x: kept.now.find(conversation(x), x)[0] for x in letters} == late
    kept.saver.close(30)


def test_what_was_kept_last_counts_also_where_it_waited_with_the_first(tmp_path) -> None:
    kept = Kept(tmp_path)
    with kept.saver.paused():
        kept.now.keep(conversation("a"), transcript("x", marks=()))
        kept.now.keep(conversation("a", "b"), transcript("xy"))
        kept.now.keep(conversation("a"), transcript("x"))
    kept = kept.restarted()
    assert kept.now.find(conversation("a"), "x")[0] == transcript("x")
    kept.saver.close(30)


def test_a_damaged_file_is_removed_and_the_rest_is_found(tmp_path, caplog) -> None:
    kept = Kept(tmp_path)
    kept.now.keep(conversation("a"), transcript("x"))
    (damaged,) = kept.files()
    kept.now.keep(conversation("b"), transcript("y"))
    kept.files()
    damaged.write_bytes(damaged.read_bytes()[:-1])
    kept = kept.restarted()
    assert kept.now.find(conversation("a"), "x")[0] is None
    assert kept.now.find(conversation("b"), "y")[0] == transcript("y")
    assert not damaged.exists()
    assert damaged.name in caplog.text
    kept.saver.close(30)


@pytest.mark.parametrize("content", [b"", b"{}", bytes(100)])
def test_what_is_no_file_of_ours_is_ignored(tmp_path, content: bytes) -> None:
    kept = Kept(tmp_path)
    kept.now.keep(conversation("a"), transcript("x"))
    (path,) = kept.files()
    path.with_name(path.name.replace("conversation-", "conversation-x")).write_bytes(content)
    path.write_bytes(content)
    kept = kept.restarted()
    assert kept.now.find(conversation("a"), "x")[0] is None
    kept.saver.close(30)


@pytest.mark.parametrize("other", [{"version": "2"}, {"model": "another model"}])
def test_another_version_or_model_finds_nothing(tmp_path, other: dict[str, str]) -> None:
    kept = Kept(tmp_path)
    kept.now.keep(conversation("a"), transcript("x"))
    (path,) = kept.files()
    kept = kept.restarted(**other)
    assert kept.now.find(conversation("a"), "x")[0] is None
    kept = kept.restarted()
    assert kept.now.find(conversation("a"), "x")[0] == transcript("x")
    assert path.exists()
    kept.saver.close(30)


trees = st.lists(
    st.tuples(st.text("ab", min_size=1, max_size=6), st.booleans()), min_size=1, max_size=12
)


@settings(deadline=None, max_examples=40)
@given(trees)
def test_whatever_was_kept_is_found_after_any_restarts(history) -> None:
    """A conversation is a string here: each letter a message, its transcript the string."""
    with tempfile.TemporaryDirectory() as folder:
        kept, known = Kept(Path(folder)), set()
        for text, restart in history:
            kept.now.keep(conversation(*text), transcript(text))
            known.add(text)
            if restart:
                kept = kept.restarted()
            for other in known:
                assert kept.now.find(conversation(*other), other)[0] == transcript(other)
        kept.saver.close(30)


def test_where_thinking_is_switched_each_manner_has_its_own(tmp_path) -> None:
    """One of the other manner serves as far as it agrees, and that it was switched is told."""
    kept = Kept(tmp_path)
    asked = conversation("a")
    for manner, head in (("", "plain"), ("thinking", "think")):
        kept.now.keep(asked, transcript(f"{head}:a"), manner=manner)
    kept = kept.restarted()
    for manner, head in (("", "plain"), ("thinking", "think")):
        found = kept.now.find(asked, f"{head}:a!", manner=manner)
        assert found == (transcript(f"{head}:a"), 0, False)
    assert kept.now.find(asked, "other:a", manner="not-thinking") == (None, 7, True)
    answered = conversation("a", "b", "c")
    kept.now.keep(conversation("a", "b"), transcript("plain:ab"))
    found = kept.now.find(answered, "plain:ab, c", manner="thinking")
    assert found == (transcript("plain:ab"), 0, False)
    # An answer that is shown differently would be so in any manner.
    found = kept.now.find(answered, "plain:a, b, c", manner="thinking")
    assert found == (transcript("plain:a"), 8, False)
    kept.saver.close(30)
