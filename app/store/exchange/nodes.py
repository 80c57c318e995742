"""Other programs' trees of single messages made into our trees of questions with their answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal
from uuid import uuid4

from app.conversation import TurnState
from app.store.records import Turn
from engine import Message, TextPart

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from engine import ImagePart


@dataclass(frozen=True, slots=True)
class Node:
    """A message of a foreign tree. `other` is what is passed through: its children count alone.

    `children` gives the order of the messages below it as far as the file has it; what belongs
    together is told by `parent` alone.
    """

    id: str
    parent: str | None
    role: Literal["user", "assistant", "other"]
    text: str = ""
    reasoning: str = ""
    created: float | None = None
    children: tuple[str, ...] = ()
    images: tuple[ImagePart, ...] = ()


def turns_from(
    nodes: Mapping[str, Node], current: str | None, created: float
) -> tuple[tuple[Turn, ...], dict[str | None, str]]:
    """Turns in order, and which are shown so that the message `current` is on the path.

    Every answer to a question is a turn of its own beside the others. `created` stands for times
    that the file does not have. Raises `ValueError` where parents lead in a circle.
    """
    return _Weaver(nodes, current, created).weave()


class _Weaver:
    """Walks the foreign tree once, from the top, without recursion: chats are deep."""

    def __init__(self, nodes: Mapping[str, Node], current: str | None, created: float) -> None:
        self._nodes = nodes
        self._created = created
        self._below = _below(nodes)
        self._current = _path_to(nodes, current)
        self._turns: list[Turn] = []
        self._shown: dict[str | None, str] = {}
        # How many messages of the current path the turn shown in each place holds.
        self._most: dict[str | None, int] = {}

    def weave(self) -> tuple[tuple[Turn, ...], dict[str | None, str]]:
        """All turns and choices."""
        waiting: list[tuple[Node, str | None]] = [(n, None) for n in reversed(self._below[None])]
        met = 0
        while waiting:
            node, parent = waiting.pop()
            found, size = self._open(node, parent)
            met += size
            waiting += reversed(found)
        if met < len(self._nodes):
            raise ValueError("messages follow each other in a circle")
        return tuple(self._turns), self._shown

    def _open(self, node: Node, parent: str | None) -> tuple[list[tuple[Node, str | None]], int]:
        """Make the turns that begin with `node`; returns what comes next below which turn."""
        if node.role == "other":
            return [(child, parent) for child in self._below[node.id]], 1
        following: list[tuple[Node, str | None]] = []
        claimed: set[str] = set()
        for chain in self._chains(node):
            turn = self._turn(node, chain, parent)
            for member in chain:
                if member.id not in claimed:
                    claimed.add(member.id)
                    following += [
                        (child, turn.id) for child in self._below[member.id] if child.role == "user"
                    ]
        return following, len(claimed)

    def _chains(self, first: Node) -> Iterator[list[Node]]:
        """Every way from `first` down to where the next question, or nothing, follows."""
        waiting = [[first]]
        while waiting:
            chain = waiting.pop()
            answers = [child for child in self._below[chain[-1].id] if child.role != "user"]
            if not answers:
                yield chain
            waiting += [[*chain, answer] for answer in reversed(answers)]

    def _turn(self, first: Node, chain: Sequence[Node], parent: str | None) -> Turn:
        asked = first.role == "user"
        texts = (TextPart(first.text),) if first.text else ()
        question = Message("user", (*first.images, *texts) if asked else ())
        spoken = chain[1:] if asked else chain
        answer = "\n\n".join(node.text for node in spoken if node.text)
        reasoning = "\n\n".join(node.reasoning for node in spoken if node.reasoning)
        created = self._created if first.created is None else first.created
        state = TurnState.DONE.value if answer else TurnState.INTERRUPTED.value
        turn = Turn(uuid4().hex, parent, question, created, state, answer, reasoning)
        self._turns.append(turn)
        current = sum(node.id in self._current for node in chain)
        if current > self._most.get(parent, 0):
            self._most[parent] = current
            self._shown[parent] = turn.id
        return turn


def _below(nodes: Mapping[str, Node]) -> dict[str | None, list[Node]]:
    """The messages below each, in the order of its `children`; under `None` where all begins."""
    below: dict[str | None, list[Node]] = {node_id: [] for node_id in nodes}
    below[None] = []
    for node in nodes.values():
        below[node.parent if node.parent in nodes else None].append(node)
    for parent in nodes.values():
        order = {child: place for place, child in enumerate(parent.children)}
        below[parent.id].sort(key=lambda node: order.get(node.id, len(order)))
    return below


def _path_to(nodes: Mapping[str, Node], current: str | None) -> set[str]:
    path: set[str] = set()
    while current is not None and current in nodes and current not in path:
        path.add(current)
        current = nodes[current].parent
    return path
