"""Conversations as files: out and in again they are the same; nothing comes in half."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from heic import heic
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from stored_conversations import FOLDER, conversations, document, picture

from app.store import Conversation, LostPart, NotImportable, Turn, TurnError
from app.store.exchange import (
    Bundle,
    import_bundle,
    read_bundle,
    write_html,
    write_json,
    write_markdown,
)
from engine import DocumentPart, user
from engine.documents import read_image_bytes

if TYPE_CHECKING:
    from app.store import Store

NOW = 1_800_000_000.0


def anonymous(conversation: Conversation) -> Conversation:
    """The conversation with ids by place, so that two can be compared that have others."""
    names: dict[str | None, str] = {t.id: str(n) for n, t in enumerate(conversation.turns)}
    turns = tuple(
        replace(t, id=names[t.id], parent_id=names.get(t.parent_id)) for t in conversation.turns
    )
    shown = {names.get(place): names[turn] for place, turn in conversation.shown.items()}
    return replace(conversation, id="", turns=turns, shown=shown)


@given(st.lists(st.integers(0, 3), unique=True).flatmap(
    lambda keys: st.tuples(*(conversations(f"c{key}") for key in keys))
))  # fmt: skip
def test_reading_what_was_written_gives_the_same(made: tuple[Conversation, ...]) -> None:
    bundle = Bundle(made, (FOLDER,))
    assert read_bundle(write_json(bundle), NOW) == bundle


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(conversations())
def test_export_and_import_is_identity(store: Store, conversation: Conversation) -> None:
    bundle = Bundle((conversation,), (FOLDER,))
    assert import_bundle(store, bundle) == ["c"]
    exported = write_json(Bundle((store.conversations.read("c"),), tuple(store.folders.rows())))
    assert read_bundle(exported, NOW) == bundle

    (beside,) = import_bundle(store, read_bundle(exported, NOW))
    assert beside != "c"
    assert anonymous(store.conversations.read(beside)) == anonymous(conversation)
    assert store.conversations.read("c") == conversation
    store.conversations.purge("c")
    assert anonymous(store.conversations.read(beside)) == anonymous(conversation)
    store.conversations.purge(beside)


def test_a_folder_that_is_nowhere_is_left_out(store: Store) -> None:
    import_bundle(store, Bundle((Conversation("c", "t", 0.0, 0.0, folder_id="nowhere"),)))
    assert store.conversations.read("c").folder_id is None


def exported() -> dict[str, object]:
    turns = (
        Turn("t0", None, user(picture(b"pixels"), document("text"), "one"), 1.0, "done", "first"),
        Turn("t1", "t0", user("two"), 2.0, "done", "second"),
    )
    made = Conversation("c", "Title", 1.0, 2.0, turns=turns, shown={None: "t0"})
    return json.loads(write_json(Bundle((made,), (FOLDER,))))


def put(value: object, path: str, new: object) -> None:
    *way, last = path.split(".")
    for step in way:
        value = value[int(step)] if isinstance(value, list) else value[step]
    value[int(last) if isinstance(value, list) else last] = new


@pytest.mark.parametrize(
    ("path", "new"),
    [
        ("format", "something else"), ("version", 2), ("version", "1"), ("attachments", None),
        ("folders", None), ("folders.0.name", 3), ("conversations.0.turns.0.role", "nobody"),
        ("conversations.0.turns.1.parent_id", "nowhere"), ("conversations.0.turns.1.id", "t0"),
        ("conversations.0.shown", [[None, "nowhere"]]), ("conversations.0.shown", [[None]]),
        ("conversations.0.pinned", 1), ("conversations.0.created", "now"),
        ("conversations.0.turns.0.question.0.type", "smell"),
        ("conversations.0.turns.0.error", ["only one"]),
        ("conversations.0.turns.0.figures", []), ("conversations", [3]),
    ],
)  # fmt: skip
def test_a_file_that_is_not_as_it_should_be_is_refused(path: str, new: object) -> None:
    value = exported()
    put(value, path, new)
    with pytest.raises(NotImportable) as caught:
        read_bundle(json.dumps(value).encode(), NOW)
    assert caught.value.sentence.startswith("This file cannot be imported")


@pytest.mark.parametrize("data", [b"", b"{", b"\xff\xfe\x00", b"[" * 200_000])
def test_a_file_that_is_no_json_is_refused(data: bytes) -> None:
    with pytest.raises(NotImportable, match="no JSON"):
        read_bundle(data, NOW)


@pytest.mark.parametrize("data", [b"[]", b"{}", b"3", b'[{"mapping": {}}, {}]'])
def test_a_file_of_something_else_is_refused(data: bytes) -> None:
    with pytest.raises(NotImportable, match="holds no conversations"):
        read_bundle(data, NOW)


def test_a_missing_field_is_named() -> None:
    value = exported()
    del value["conversations"][0]["title"]
    with pytest.raises(NotImportable) as caught:
        read_bundle(json.dumps(value).encode(), NOW)
    assert "title" in caught.value.details


@pytest.mark.parametrize("broken", ["AAAA", "no base64!", None])
def test_a_damaged_attachment_is_refused(broken: object) -> None:
    value = exported()
    value["attachments"] = dict.fromkeys(value["attachments"], broken)
    with pytest.raises(NotImportable):
        read_bundle(json.dumps(value).encode(), NOW)


def test_damaged_pages_are_refused() -> None:
    value = exported()
    other = base64.b64encode(b"pixels").decode()
    question = value["conversations"][0]["turns"][0]["question"]
    question[1]["pages"] = question[0]["data"]
    value["attachments"][question[0]["data"]] = other
    with pytest.raises(NotImportable):
        read_bundle(json.dumps(value).encode(), NOW)


def test_an_import_that_fails_leaves_nothing(store: Store) -> None:
    good = Conversation("a", "t", 0.0, 0.0, turns=(Turn("t", None, user("zebra"), 0.0, "done"),))
    bad = replace(good, id="b", shown={None: "nowhere"}, turns=())
    with pytest.raises(Exception, match="FOREIGN KEY"):
        import_bundle(store, Bundle((good, bad), (FOLDER,)))
    assert (store.conversations.rows(), store.folders.rows()) == ([], [])
    assert store.search.find("zebra") == []


def told() -> Conversation:
    png = picture(b"\x89PNG\r\n\x1a\nrest", "a <b>.png")
    return Conversation(
        "c", "A *title* <script>", 0.0, 0.0, system_prompt="Be <brief>.",
        turns=(
            Turn("t0", None, user("not shown"), 0.0, "done", "hidden"),
            Turn(
                "t1", None, user(png, picture(b"raw"), document("p"), document("p", "q"), "<i>?"),
                0.0, "done",
                "**bold** <script>alert(1)</script>\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n"
                "![x](http://far/x.png) [bad](javascript:alert(1)) <img src=http://far/y>",
                lost=(LostPart(0, "gone.png", "Its file is missing."),),
            ),
            Turn("t2", "t1", user(), 0.0, "failed", error=TurnError("A", "It <failed>.")),
        ),
    )  # fmt: skip


def test_markdown_holds_the_branch_that_is_shown() -> None:
    written = write_markdown(told())
    assert written.startswith("# A \\*title\\* \\<script\\>\n\n## System prompt\n\nBe <brief>.\n")
    assert "hidden" not in written
    assert "*Picture: a \\<b\\>.png (4 × 3)*" in written
    assert "*Document: report.pdf (1 page)*" in written
    assert "*Document: report.pdf (2 pages)*" in written
    assert "*gone.png: Its file is missing.*" in written
    assert "## Answer\n\n**bold**" in written
    assert "*No answer (failed).*\n\n*It \\<failed\\>.*" in written


def test_html_shows_pictures_that_browsers_do_not_know() -> None:
    photo = read_image_bytes(heic([[(76, 85, 255), (150, 44, 21)]]), "IMG_1.heic")
    drawing = read_image_bytes(b'<svg xmlns="http://www.w3.org/2000/svg"/>', "plan.svg")
    turn = Turn("t", None, user(photo, drawing), 0.0, "done", "Yes.")
    page = write_html(replace(told(), turns=(turn,), shown={}))
    assert page.count('src="data:image/png;base64,') == 2
    content = page.partition("base64,")[2].partition('"')[0]
    shown = read_image_bytes(base64.b64decode(content), "a.png")
    assert (shown.width, shown.height) == (32, 16)


def test_html_runs_and_fetches_nothing() -> None:
    page = write_html(told())
    assert "<script" not in page
    assert "hidden" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<strong>bold</strong>" in page
    assert "<td>1</td>" in page
    assert page.count("<img") == 1
    assert 'src="data:image/png;base64,' in page
    assert 'href="javascript' not in page
    assert 'src="http' not in page
    assert "default-src &#x27;none&#x27;" in page
    assert "Be &lt;brief&gt;." in page
    assert "It &lt;failed&gt;." in page
    assert "<title>A *title* &lt;script&gt;</title>" in page


def test_empty_conversations_can_be_written() -> None:
    empty = Conversation("c", "Title", 0.0, 0.0)
    assert write_markdown(empty) == "# Title\n"
    assert "<h1>Title</h1>" in write_html(empty)


def test_documents_come_back_with_their_pages(store: Store) -> None:
    report = document("nitrate")
    made = Conversation("c", "t", 0.0, 0.0, turns=(Turn("t", None, user(report), 0.0, "done"),))
    import_bundle(store, read_bundle(write_json(Bundle((made,))), NOW))
    (part,) = store.conversations.read("c").turns[0].question.parts
    assert isinstance(part, DocumentPart)
    assert part == report
    assert len(store.search.find_in_documents("nitrate")) == 1
