"""A scripted engine behind the real client, and the objects of the window around it."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtWidgets import QApplication

from app.background import Background
from app.engine_bridge import EngineBridge
from app.library import Library, StoreThread
from app.startup import Program
from app.ui.formulas import Formulas
from app.ui.theme import Theme
from engine import (
    CountTokens,
    EngineClient,
    Finished,
    Generate,
    Limits,
    LoadModel,
    MemoryUse,
    ModelInfo,
    ModelReady,
    ModelUnloaded,
    PrefillProgress,
    SamplingParams,
    TextDelta,
    Timings,
    TokensCounted,
    UnloadModel,
    Usage,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pytestqt.qtbot import QtBot

    from engine import FinishReason, Request, Ticket
    from engine.inbox import EndOvertaken, Work


MODEL = ModelInfo(
    name="Scripted",
    folder=Path("scripted"),
    family="scripted",
    weights="full",
    device="cpu",
    device_name="A processor",
    dtype="float32",
    attention="sdpa",
    max_context=2048,
    parameters=1_000_000,
    weight_bytes=4_000_000,
    load_s=0.1,
)
MEMORY = MemoryUse(process_bytes=600_000_000)


def finished(ticket: Ticket, text: str, reason: FinishReason = "stop", tokens: int = 3) -> Finished:
    return Finished(
        ticket.request.request_id,
        reason,
        text,
        Usage(prompt_tokens=40, reused_tokens=10, completion_tokens=tokens, image_tokens=0),
        Timings(queue_s=0.0, total_s=1.0, ttft_s=0.25, decode_tok_s=64.0),
        MEMORY,
    )


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Qt's own plugin for tests warns of what it leaves undone; nothing of ours is at fault."""
    ignored = pytest.mark.qt_log_ignore("This plugin does not support ", extend=True)
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(ignored)


class Script:
    """What the engine does with each kind of request; a test may put its own in place."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.gate = threading.Event()
        self.load: Callable[[Ticket], None] = lambda ticket: ticket.emit(
            ModelReady(ticket.request.request_id, MODEL, MEMORY)
        )
        self.generate: Callable[[Ticket], None] = self.answer
        self.unload: Callable[[Ticket], None] = lambda ticket: ticket.emit(
            ModelUnloaded(ticket.request.request_id, MEMORY)
        )
        self.count: Callable[[Ticket], None] = lambda ticket: ticket.emit(
            TokensCounted(ticket.request.request_id, 40, 0, 12, 2048)
        )

    @property
    def generated(self) -> list[Generate]:
        return [request for request in self.requests if isinstance(request, Generate)]

    def say(self, ticket: Ticket, text: str, tokens: int = 1) -> None:
        ticket.emit(TextDelta(ticket.request.request_id, text, tokens))

    def answer(self, ticket: Ticket) -> None:
        ticket.emit(PrefillProgress(ticket.request.request_id, 40, 40, 10, 500.0))
        self.say(ticket, "Par", 1)
        self.say(ticket, "is.", 3)
        ticket.emit(finished(ticket, "Paris."))

    def answer_until_stopped(self, ticket: Ticket) -> None:
        """Says a word, then waits until the gate opens or the request is cancelled."""
        self.say(ticket, "Once", 1)
        while not ticket.cancelled and not self.gate.wait(0.01):
            pass
        reason: FinishReason = "cancelled" if ticket.cancelled else "stop"
        ticket.emit(finished(ticket, "Once", reason, 1))

    def load_when_opened(self, ticket: Ticket) -> None:
        while not ticket.cancelled and not self.gate.wait(0.01):
            pass
        if ticket.cancelled:
            ticket.emit(finished(ticket, "", "cancelled", 0))
        else:
            ticket.emit(ModelReady(ticket.request.request_id, MODEL, MEMORY))


class ScriptedWorker:
    def __init__(self, script: Script) -> None:
        self._script = script

    def begin(self, ticket: Ticket, end_overtaken: EndOvertaken) -> Work:
        del end_overtaken
        self._script.requests.append(ticket.request)
        if ticket.cancelled:
            ticket.emit(finished(ticket, "", "cancelled", 0))
            return
        match ticket.request:
            case LoadModel():
                self._script.load(ticket)
            case Generate():
                self._script.generate(ticket)
            case CountTokens():
                self._script.count(ticket)
            case UnloadModel():
                self._script.unload(ticket)
        yield

    def close(self) -> None:
        self._script.gate.set()


@pytest.fixture
def script() -> Script:
    return Script()


@pytest.fixture
def client(script: Script) -> Iterator[EngineClient]:
    client = EngineClient(lambda: ScriptedWorker(script))
    yield client
    assert client.close(5.0)


@pytest.fixture
def new_client(script: Script) -> Callable[[], EngineClient]:
    """Makes clients of an engine that follows the script; who takes one closes it."""
    return lambda: EngineClient(lambda: ScriptedWorker(script))


@pytest.fixture
def bridge(qapp: QApplication, client: EngineClient) -> Iterator[EngineBridge]:
    bridge = EngineBridge(client, qapp)
    yield bridge
    assert bridge.close(5.0)


@pytest.fixture
def store_thread(qapp: QApplication) -> Iterator[StoreThread]:
    thread = StoreThread(qapp, retry_ms=20)
    yield thread
    thread.close()


@pytest.fixture
def library(qtbot: QtBot, store_thread: StoreThread, tmp_path: Path) -> Library:
    """An open library in an empty folder."""
    library = Library(store_thread, store_thread)
    with qtbot.waitSignal(library.listed):
        library.open(lambda: tmp_path)
    return library


@pytest.fixture
def theme(qapp: QApplication) -> Theme:
    theme = Theme(qapp)
    theme.set_choice("light")
    return theme


@pytest.fixture
def background(qapp: QApplication) -> Iterator[Background]:
    background = Background(qapp)
    yield background
    assert background.close()


@pytest.fixture
def formulas(background: Background) -> Formulas:
    return Formulas(background, background)


@pytest.fixture
def answer_settings() -> Callable[[], tuple[SamplingParams, Limits]]:
    return lambda: (SamplingParams(), Limits(max_tokens=64))


@pytest.fixture
def program(qtbot: QtBot, client: EngineClient) -> Iterator[Program]:
    """Everything there is, on a scripted engine."""
    application = QApplication.instance()
    assert isinstance(application, QApplication)
    program = Program(application, client)
    qtbot.addWidget(program.window)
    yield program
    program.close()
