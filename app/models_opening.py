"""Makes the library of models and their page when they are first asked for, not before.

They are imported then as well: the first paint does not wait for them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from app.first_offer import offer_under_way
from engine import network
from engine.catalogue.fit import CONTEXTS
from engine.catalogue.recommend import PLANNED_TOKENS

if TYPE_CHECKING:
    from app.background import Background
    from app.conversation import Turn
    from app.model_library import ModelLibrary
    from app.model_loading import ModelLoading
    from app.models_control import ModelsControl
    from app.ui.first_run import FirstRun
    from app.ui.main_window import MainWindow
    from app.ui.theme import Theme
    from engine.machine import Machine

PAGE = "models"


class ModelsOpening(QObject):
    """The way to the page of models, from the menu, the palette and the fresh start's offer."""

    def __init__(
        self,
        theme: Theme,
        window: MainWindow,
        first_run: FirstRun,
        loading: ModelLoading,
        background: Background,
    ) -> None:
        super().__init__(window)
        self._theme, self._window, self._first_run = theme, window, first_run
        self._loading, self._background = loading, background
        self._machine: Machine | None = None
        self._library: ModelLibrary | None = None
        self._control: ModelsControl | None = None
        # What the fresh start offers, while it is being fetched from there.
        self._wanted = ""
        window.registry["models"].triggered.connect(self.open)
        first_run.model_wanted.connect(self._carry_out)

    @property
    def library(self) -> ModelLibrary:
        """What is here, known, and on its way."""
        if self._library is None:
            from app.model_library import ModelLibrary

            self._library = ModelLibrary(self._background, self, ask=network.require)
            self._library.changed.connect(self._show_offered)
            if self._machine is not None:
                self._library.set_machine(self._machine)
        return self._library

    def open(self) -> None:
        """Show the page."""
        if self._control is None:
            self._control = self._make_page()
        self._window.show_page(PAGE)

    def show_machine(self, machine: Machine) -> None:
        """What this machine turned out to be."""
        self._machine = machine
        if self._control is not None:
            self._control.show_machine(machine)
        elif self._library is not None:
            self._library.set_machine(machine)

    def note_answer(self, turn: Turn) -> None:
        """How fast the model in use is here, for its card."""
        info, timings = self._loading.info, turn.timings
        rate = timings.decode_tok_s if timings is not None else None
        if info is not None and rate is not None and not self._loading.starter:
            self.library.note_speed(info.folder, rate, with_draft=info.draft_bytes > 0)

    def close(self) -> None:
        """Let what is on its way pause; it goes on when it is asked for again."""
        if self._library is not None:
            self._library.close()

    def _make_page(self) -> ModelsControl:
        from app.models_control import ModelsControl
        from app.ui.models_page import ModelsPage

        page = ModelsPage(self._theme, CONTEXTS, PLANNED_TOKENS)
        page.setAccessibleName("Models")
        control = ModelsControl(self._theme, page, self.library, self._loading)
        if self._machine is not None:
            control.show_machine(self._machine)
        self._window.add_page(PAGE, page, page.panes)
        return control

    def _carry_out(self, entry_id: str, verb: str) -> None:
        self._wanted = entry_id
        if verb == "pause":
            self.library.pause(entry_id)
        else:
            self.library.download(entry_id)

    def _show_offered(self) -> None:
        if not self._wanted or self._library is None:
            return
        rows = (*self._library.here(), *self._library.listed())
        row = next((row for row in rows if row.id == self._wanted), None)
        if row is not None:
            self._first_run.show_offer(offer_under_way(row))
