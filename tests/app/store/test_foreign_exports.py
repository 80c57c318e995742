"""ChatGPT's and Open WebUI's exports: branches, kinds of content, and fields that are missing."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING

import pytest

from app.store import Conversation, NotImportable, shown_path
from app.store.exchange import Bundle, import_bundle, read_bundle
from engine import ImagePart, user

if TYPE_CHECKING:
    from app.store import Store

NOW = 1_800_000_000.0

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
