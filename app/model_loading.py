"""Which model is in use, which one is on its way, and why there is none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from engine import Failed, LoadModel, ModelProgress, ModelReady, Queued

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from app.engine_bridge import EngineBridge
    from engine import EngineError, Event, ModelInfo


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
    ) -> None:
        """`resume_bytes` says, for each load, what `LoadModel` asks for by that name."""
        super().__init__(parent)
        self._resume_bytes = resume_bytes
        self._bridge = bridge
        self._request_id: str | None = None
        # The window is there before the first model is asked for; a question may be as well.
        self._begun = False
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
        request = LoadModel(folder, resume_bytes=self._resume_bytes())
        self.last_folder = folder
        self._request_id = request.request_id
        self.error = self.progress = None
        self._bridge.submit(request, self._hear)
        self.changed.emit()

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
