"""Conversations as files: out and in again they are the same; nothing comes in half."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from stored_conversations import FOLDER, conversations, document, picture

from app.store import Conversation, LostPart, NotImportable, Turn, TurnError, shown_path
from app.store.exchange import (
    Bundle,
    import_bundle,
    read_bundle,
    write_html,
    write_json,
    write_markdown,
)
from engine import DocumentPart, ImagePart, user

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


# ChatGPT.


def gpt(role: str | None, *parts: object, **more: object) -> dict[str, object] | None:
    if role is None:
        return None
    content = {"content_type": "text", "parts": list(parts)}
    return {"author": {"role": role}, "content": content, "create_time": 5.0, **more}


def mapping(*items: tuple[str, str | None, object]) -> dict[str, object]:
    nodes = {key: {"id": key, "parent": parent, "message": m} for key, parent, m in items}
    for key, node in nodes.items():
        node["children"] = [k for k, p, _ in items if p == key]
    return nodes


def read_gpt(nodes: dict[str, object], **more: object) -> Conversation:
    value = [{"title": "Rivers", "create_time": 1.5, "update_time": 9.0, "mapping": nodes, **more}]
    (conversation,) = read_bundle(json.dumps(value).encode(), NOW).conversations
    return conversation


def dialogue(conversation: Conversation) -> list[tuple[str, str]]:
    path = shown_path(conversation.turns, conversation.shown)
    return [(turn.question.text, turn.answer) for turn in path]


HIDDEN = {"metadata": {"is_visually_hidden_from_conversation": True}}


def test_chatgpt_branches_are_kept_and_the_current_one_is_shown(store: Store) -> None:
    nodes = mapping(
        ("root", None, gpt(None)),
        ("s", "root", gpt("system", "", **HIDDEN)),
        ("q1", "s", gpt("user", "one")),
        ("a1", "q1", gpt("assistant", "first")),
        ("a1b", "q1", gpt("assistant", "first again")),
        ("q2", "a1", gpt("user", "two")),
        ("a2", "q2", gpt("assistant", "second")),
        ("q2b", "a1", gpt("user", "two, edited")),
        ("a2b", "q2b", gpt("assistant", "other")),
    )
    conversation = read_gpt(nodes, current_node="a2")
    assert (conversation.title, conversation.created, conversation.changed) == ("Rivers", 1.5, 9.0)
    assert dialogue(conversation) == [("one", "first"), ("two", "second")]
    assert [t.answer for t in conversation.turns if t.parent_id is None] == ["first", "first again"]
    assert sorted(t.answer for t in conversation.turns if t.parent_id) == ["other", "second"]
    (kept,) = import_bundle(store, Bundle((conversation,)))
    assert store.conversations.read(kept) == conversation
    assert len(store.search.find("edited")) == 1


POINTER = {"content_type": "image_asset_pointer"}


def test_chatgpt_kinds_of_content() -> None:
    nodes = mapping(
        ("q", None, gpt("user", POINTER, "What is it?", {"text": "x"})),
        ("t", "q", {"author": {"role": "assistant"}, "content": {
            "content_type": "thoughts", "thoughts": [{"content": "Hm."}, {"summary": "So."}, 3]}}),
        ("c", "t", {"author": {"role": "assistant"}, "content": {
            "content_type": "code", "language": "python", "text": "1 + 1"}}),
        ("o", "c", {"author": {"role": "tool"}, "content": {
            "content_type": "execution_output", "text": "2"}}),
        ("r", "o", {"author": {"role": "assistant"}, "content": {
            "content_type": "reasoning_recap", "content": "Thought"}}),
        ("w", "r", {"author": {"role": "tool"}, "content": {
            "content_type": "tether_browsing_display", "result": "a page"}}),
        ("a", "w", gpt("assistant", "Two.")),
    )  # fmt: skip
    (turn,) = read_gpt(nodes).turns
    assert turn.question == user("[A picture that is not in the exported file]\nWhat is it?\nx")
    assert turn.reasoning == "Hm.\n\nSo."
    assert turn.answer == "```python\n1 + 1\n```\n\n```\n2\n```\n\na page\n\nTwo."
    assert turn.created == 5.0


def test_chatgpt_with_missing_fields() -> None:
    nodes = {
        "q": {"message": gpt("user", "A question of more than a few words here")},
        "gone": {"parent": "nowhere", "message": {"author": {"role": "assistant"}}},
        "s": {"message": gpt("system", "Be brief.")},
        "odd": {"message": {"content": 3, "author": []}, "children": 3},
    }
    conversation = read_gpt(nodes, title=None, create_time=None, update_time="soon")
    assert conversation.title == "A question of more than a…"
    assert (conversation.created, conversation.changed) == (NOW, NOW)
    assert conversation.system_prompt == "Be brief."
    assert [turn.state for turn in conversation.turns] == ["interrupted", "interrupted"]
    assert not conversation.titled_by_person


def test_an_empty_chat_is_untitled() -> None:
    assert read_gpt({}, title="").title == "New conversation"


def test_chatgpt_parents_in_a_circle_are_refused() -> None:
    nodes = mapping(("a", "b", gpt("user", "one")), ("b", "a", gpt("assistant", "two")))
    with pytest.raises(NotImportable) as caught:
        read_gpt(nodes, current_node="a")
    assert "circle" in caught.value.details


def test_a_deep_chat_can_be_read() -> None:
    items: list[tuple[str, str | None, object]] = [("0", None, gpt("user", "q"))]
    roles = ("user", "assistant")
    items += [(str(n), str(n - 1), gpt(roles[n % 2], f"m{n}")) for n in range(1, 3000)]
    assert len(shown_path(*_tree(read_gpt(mapping(*items), current_node="2999")))) == 1500


def _tree(conversation: Conversation):  # noqa: ANN202
    return conversation.turns, conversation.shown


def test_an_answer_before_any_question_is_kept() -> None:
    nodes = mapping(("a", None, gpt("assistant", "Hello")), ("q", "a", gpt("user", "Hi")))
    assert dialogue(read_gpt(nodes, current_node="q")) == [("", "Hello"), ("Hi", "")]


# Open WebUI.


def webui(messages: dict[str, object], **more: object) -> Conversation:
    chat = {"title": "inner", "history": {"messages": messages, "currentId": "a2"}, **more}
    record = {
        "id": "x",
        "title": "Rivers",
        "chat": chat,
        "created_at": 7,
        "updated_at": 9_000_000_000_000,
    }
    (conversation,) = read_bundle(json.dumps([record]).encode(), NOW).conversations
    return conversation


def said(
    role: str, content: object, parent: str | None = None, **more: object
) -> dict[str, object]:
    return {"role": role, "content": content, "parentId": parent, "timestamp": 6, **more}


def test_open_webui_answers_beside_each_other_are_branches(store: Store) -> None:
    conversation = webui(
        {
            "q1": said("user", "one", childrenIds=["a1", "a2"]),
            "a1": said("assistant", "first", "q1"),
            "a2": said("assistant", "second", "q1"),
            "q3": said("user", "three", "a1"),
        },
        params={"system": "Be brief."},
    )
    assert (conversation.title, conversation.system_prompt) == ("Rivers", "Be brief.")
    assert (conversation.created, conversation.changed) == (7.0, 9e9)
    assert dialogue(conversation) == [("one", "second")]
    assert [t.answer for t in conversation.turns] == ["first", "second", ""]
    (kept,) = import_bundle(store, Bundle((conversation,)))
    assert store.conversations.read(kept) == conversation


def test_open_webui_reasoning_and_pictures(make_files) -> None:
    data = make_files.png("shot.png").read_bytes()
    url = f"data:image/png;base64,{base64.b64encode(data).decode()}"
    thinking = (
        '<details type="reasoning" done="true" duration="3">\n<summary>Thought for 3 s'
        "</summary>\n&gt; is it\n> so &amp; so\n</details>\n"
    )
    files = [
        {"type": "image", "url": url, "name": "shot.png"},
        {"type": "image", "url": "https://far/away.png"},
        {"type": "image", "url": "data:image/png;base64,AAAA"},
        {"type": "image", "url": "data:image/png;base64,A"},
        {"type": "file", "name": "x"},
        3,
    ]
    conversation = webui(
        {
            "q": said("user", [{"text": "What"}, {"image_url": {"url": url}}, 3], files=files),
            "a2": said("assistant", thinking + "A shot.", "q"),
            "odd": {"role": "system", "content": None},
        }
    )
    (turn,) = conversation.turns
    assert [type(part) for part in turn.question.parts][:2] == [ImagePart, ImagePart]
    assert turn.question.images[0].data == data
    assert turn.question.text.count("not in the exported file") == 3
    assert turn.reasoning.endswith("so & so")
    assert turn.answer == "A shot."


def test_open_webui_single_chat_without_a_record() -> None:
    value = {"history": {"messages": {"q": said("user", "one")}}, "timestamp": 1_700_000_000_000}
    (conversation,) = read_bundle(json.dumps(value).encode(), NOW).conversations
    assert (conversation.title, conversation.created) == ("one", 1_700_000_000.0)
    value["timestamp"] = 1_700_000_000_000_000_000
    (conversation,) = read_bundle(json.dumps(value).encode(), NOW).conversations
    assert conversation.created == 1_700_000_000.0
    value["timestamp"] = -5
    (conversation,) = read_bundle(json.dumps(value).encode(), NOW).conversations
    assert conversation.created == NOW


def test_documents_come_back_with_their_pages(store: Store) -> None:
    report = document("nitrate")
    made = Conversation("c", "t", 0.0, 0.0, turns=(Turn("t", None, user(report), 0.0, "done"),))
    import_bundle(store, read_bundle(write_json(Bundle((made,))), NOW))
    (part,) = store.conversations.read("c").turns[0].question.parts
    assert isinstance(part, DocumentPart)
    assert part == report
    assert len(store.search.find_in_documents("nitrate")) == 1
