"""Gives the model's memory back when nothing has been asked for a while."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

if TYPE_CHECKING:
    from app.chat_session import ChatSession
    from app.model_loading import ModelLoading

_MINUTE_MS = 60_000


class IdleMemory(QObject):
    """Lets the model rest after a time without any question. Asking and typing wake it."""

    def __init__(
        self, models: ModelLoading, session: ChatSession, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._models, self._session = models, session
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self._rest)
        session.state_changed.connect(self.touch)
        models.ready.connect(self.touch)

    @property
    def waits(self) -> bool:
        """Whether the model is going to rest."""
        return self._timer.isActive()

    def set_minutes(self, minutes: float) -> None:
        """How long nothing may be asked; 0 is for ever."""
        self._timer.setInterval(round(minutes * _MINUTE_MS))
        self.touch()

    def touch(self) -> None:
        """Something was done: wait anew."""
        if self._timer.interval() > 0 and not self._session.running:
            self._timer.start()
        else:
            self._timer.stop()

    def _rest(self) -> None:
        if not self._session.running:
            self._models.rest()
