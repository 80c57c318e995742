"""Which model is in use, which one is on its way, and why there is none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from engine import (
    Failed,
    LoadModel,
    ModelProgress,
    ModelReady,
    ModelUnloaded,
    Queued,
    UnloadModel,
    is_terminal,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from app.engine_bridge import EngineBridge
    from engine import EngineError, Event, ModelInfo
    from engine.api.requests import KvName, WeightsName

    Precision = tuple[WeightsName | None, KvName | None]


class ModelLoading(QObject):
    """Asks the engine for models and keeps what it answers. `heard` passes its events on."""

    changed = Signal()
    heard = Signal(object)
    ready = Signal()
    failed = Signal(object)

    def __init__(
        self,
        bridge: EngineBridge,
        parent: QObject | None = None,
        resume_bytes: Callable[[], int | None] = lambda: None,
        precision: Callable[[], Precision] = lambda: (None, None),
    ) -> None:
        """Both say, for each load, what `LoadModel` asks for: weights and kv are one."""
        super().__init__(parent)
        self._resume_bytes = resume_bytes
        self._precision = precision
        self._bridge = bridge
        self._request_id: str | None = None
        # The window is there before the first model is asked for; a question may be as well.
        self._begun = False
        # Its memory was given back; it is loaded again as soon as it is needed.
        self.resting = False
        self._resting_id: str | None = None
        self.last_folder: Path | None = None
        self.starter = True
        self.info: ModelInfo | None = None
        self.error: EngineError | None = None
        self.progress: ModelProgress | None = None

    @property
    def loading(self) -> bool:
        """Whether a model is on its way, or will be as soon as the window has been painted."""
        return self._request_id is not None or not self._begun

    def load(self, folder: Path | None = None) -> None:
        """Load the checkpoint in `folder`, or the starter model; an earlier load is given up."""
        if self._request_id is not None:
            self._bridge.drop(self._request_id)
        self._begun = True
        if self.resting or self._resting_id is not None:
            self._end_rest()
        weights, kv = self._precision()
        request = LoadModel(folder, weights, kv=kv, resume_bytes=self._resume_bytes())
        self.last_folder = folder
        self._request_id = request.request_id
        self.error = self.progress = None
        self._bridge.submit(request, self._hear)
        self.changed.emit()

    def rest(self) -> None:
        """Give the model's memory back; whoever asks something next wakes it."""
        if self.info is None or self.loading or self.resting or self._resting_id is not None:
            return
        self._resting_id = self._bridge.submit(UnloadModel(), self._hear_rest)

    def wake(self) -> None:
        """Load the model again if it rests."""
        if self.resting or self._resting_id is not None:
            self.load(self.last_folder)

    def _hear_rest(self, event: Event) -> None:
        if not is_terminal(event):
            return
        self._resting_id = None
        self.resting = isinstance(event, ModelUnloaded)
        self.heard.emit(event)
        self.changed.emit()

    def _end_rest(self) -> None:
        """From here on there is no model until one has been loaded."""
        self.resting, self.info = False, None
        if self._resting_id is not None:
            self._bridge.drop(self._resting_id)
            self._resting_id = None

    def _hear(self, event: Event) -> None:
        match event:
            case Queued():
                pass
            case ModelProgress():
                self.progress = event
            case ModelReady():
                self.info = event.model
                self.starter = self.last_folder is None
                self._request_id = self.progress = None
            case Failed():
                self.error = event.error
                self._request_id = self.progress = None
            case _:
                self._request_id = self.progress = None
        self.heard.emit(event)
        self.changed.emit()
        if isinstance(event, ModelReady):
            self.ready.emit()
        elif isinstance(event, Failed):
            self.failed.emit(event.error)
