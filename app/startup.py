"""Starts the window: every object is made once, here, in this order, and ended in the reverse one.

1. the application, its appearance, the catcher of faults
2. settings, the engine's and the window's
3. bridge, models, counting, session: what stands behind the window
4. window, page, control: what is seen, and its connections
5. the window is shown; once it has been painted, the model is loaded and the machine looked at

The model runtime is imported by the engine's own thread in step 5, never before.
"""

from __future__ import annotations

import asyncio
import gc
import logging
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QObject, Qt
from PySide6.QtWidgets import QApplication, QFileDialog
from qasync import QEventLoop

from app.about_control import AboutControl
from app.background import Background
from app.chat_session import ChatSession
from app.conversation import Conversation
from app.crash import FaultCatcher, hear_fatal
from app.crash_reports import CrashReports, LastEnd, crash_reports_dir
from app.desktop_control import DesktopControl
from app.diagnostics import diagnostics
from app.engine_bridge import EngineBridge
from app.erase import Eraser
from app.exchange_control import ExchangeControl
from app.facts import facts
from app.fault_report import about_this_program
from app.find_control import FindControl, ScrollingReader
from app.first_offer import offer
from app.idle_memory import IdleMemory
from app.instructions_control import InstructionsControl
from app.interrupt import Interrupt
from app.library import Exchange, Library, LibrarySearch, StoreThread
from app.model_loading import ModelLoading
from app.models_opening import ModelsOpening
from app.network_control import NetworkControl
from app.palette_control import PaletteControl
from app.presets import PresetStore, presets_path
from app.settings_control import SettingsControl
from app.settings_store import SettingsStore
from app.sidebar_control import SidebarControl
from app.store_control import StoreControl
from app.token_counting import TokenCounting
from app.ui.actions import plain_text, tooltip
from app.ui.conversation_page import ConversationPage
from app.ui.drop_overlay import DropOverlay
from app.ui.fault_dialog import FaultDialog
from app.ui.first_run_cells import describe
from app.ui.focus_ring import FocusRing
from app.ui.main_window import MainWindow
from app.ui.screen_capture import ScreenCapture
from app.ui.shortcut_dialog import ShortcutDialog
from app.ui.theme import Theme
from app.view_control import ViewControl
from app.window_control import WindowControl
from engine.catalogue.entries import catalogue
from engine.machine import Machine, read_machine
from engine.paths import data_dir

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.instance_request import Request
    from app.instance_server import InstanceServer
    from app.single_instance import Place
    from engine import EngineClient

log = logging.getLogger(__name__)

# The engine's Python shares the interpreter with the window, which must not wait long for it.
_SWITCH_INTERVAL_S = 0.001
_ENGINE_PATIENCE_S = 30.0


class Program(QObject):
    """Everything there is, from the first object to the last."""

    def __init__(self, application: QApplication, client: EngineClient | None = None) -> None:
        super().__init__()
        self.theme = Theme(self)
        self.store = SettingsStore()
        self.presets = PresetStore(presets_path(), self)
        self._dress(application)
        self.focus_ring = FocusRing(self.theme, application)
        self.background = Background(self)
        self.bridge = EngineBridge(client, self)
        self.models = ModelLoading(
            self.bridge,
            self,
            lambda: self.store.engine.resume_bytes(),
            lambda: (self.store.engine.weights, self.store.engine.kv),
        )
        self.counting = TokenCounting(self.bridge, self)
        self.store_thread = StoreThread(self)
        self.library = Library(self.store_thread, self)
        self.session = ChatSession(
            self.bridge,
            self.models,
            self.store.answer_settings,
            self.library,
            self,
            self._new_conversation,
        )
        self.window = MainWindow(self.theme)
        self.page = ConversationPage(self.theme, self.window.registry, self.background)
        self.window.set_page(self.page, self.page.panes)
        self.overlay = DropOverlay(self.theme, self.window)
        self.overlay.install(self.window)
        self.control = WindowControl(
            self.window, self.page, self.session, self.models, self.counting, self.library
        )
        self.store_control = StoreControl(
            self.page.notice, self.library, self.store_thread, data_dir, self
        )
        self.search = LibrarySearch(self)
        self.sidebar_control = SidebarControl(
            self.window, self.page, self.session, self.library, self.search
        )
        self.exchange_control = ExchangeControl(
            Exchange(self.store_thread, self.library),
            self.session,
            self.library,
            self.page.notice,
            self.window,
        )
        reader = ScrollingReader(self.page.view)
        self.find_control = FindControl(
            self.page.find_bar, self.session, reader, self.window.registry
        )
        self.palette_control = PaletteControl(
            self.theme, self.window, self.session, self.library, self.store
        )
        self.about_control = AboutControl(
            self.theme, self.window, self.background, self._diagnostics
        )
        self.view_control = ViewControl(self.window, self.store)
        self.desktop_control = DesktopControl(self.theme, self.window, self.page.notice, self.store)
        self.overlay.dropped.connect(self.control.drop)
        self.network = NetworkControl(self.store, self.theme, self.window)
        self.capture = ScreenCapture(self.theme, self.window)
        self._add_settings()
        self._machine: Machine | None = None
        self._server: InstanceServer | None = None
        self._connect()
        self._restore()

    def show(self, files: Sequence[Path] = ()) -> None:
        """Show the window, and start the engine once it has been painted."""
        self.window.first_painted.connect(self._start, Qt.ConnectionType.QueuedConnection)
        self.window.show()
        self.page.composer.focus_text()
        if files:
            self.page.composer.add_paths(files)

    def close(self) -> None:
        """Keep the settings, then cancel, drain and join."""
        self.store.change(
            geometry=bytes(self.window.saveGeometry().toHex().data()).decode(),
            sidebar_collapsed=self.window.sidebar_collapsed,
            last_conversation=self.session.current.id if self.session.current.all_turns else "",
        )
        self.desktop_control.close()
        self.control.keep_draft()
        self.model_pages.close()
        self.sidebar_control.close()
        self.search.close()
        if self._server is not None:
            self._server.close()
        self.session.close()
        if error := self.store_thread.close():
            log.error("%s", error.sentence)
        if not self.bridge.close(_ENGINE_PATIENCE_S):
            log.error("the engine did not end in time")
        self.background.close()
        gc.unfreeze()

    def serve(self, place: Place) -> None:
        """Hear later starts, and come forward with their files."""
        self._server = place.serve(self)
        self._server.asked.connect(self._come_forward)

    def show_fault(self, sentence: str, report: str) -> None:
        """Tell of a fault that nobody caught."""
        FaultDialog(self.theme, sentence, report, self.window).show()

    def _dress(self, application: QApplication) -> None:
        """Before the first widget is made, so that none is made twice."""
        kept = self.store.window
        self.theme.set_choice(kept.theme)
        self.theme.set_text_size(kept.text_size)
        self.theme.set_high_contrast(kept.high_contrast)
        self.theme.set_reduced_motion(kept.reduced_motion)
        self.theme.apply(application)

    def _new_conversation(self) -> Conversation:
        preset = self.presets.get(self.store.window.default_preset)
        return Conversation(system_prompt=preset.text if preset is not None else "")

    def _add_settings(self) -> None:
        self.instructions = InstructionsControl(
            self.theme,
            self.window,
            self.page.composer,
            self.session,
            self.library,
            self.presets,
            self.store,
            self.bridge,
            self,
        )
        self.idle = IdleMemory(self.models, self.session, self)
        self.page.composer.draft_changed.connect(lambda _draft: self.idle.touch())
        self.eraser = Eraser(
            self.bridge, self.session, self.library, self.background, data_dir, self
        )
        self.eraser.cleared.connect(self.control.forget_unfinished)
        self.settings = SettingsControl(
            self.theme,
            self.window,
            self.page,
            self.store,
            self.models,
            self.presets,
            self.instructions,
            self.idle,
            self.eraser,
            self.background,
            self,
        )
        self.settings.changed.connect(self._show_facts)
        self.model_pages = ModelsOpening(
            self.theme, self.window, self.page.first_run, self.models, self.background
        )
        self.session.answer_finished.connect(self.model_pages.note_answer)

    def _start(self) -> None:
        self.store_control.open()
        self.desktop_control.start()
        self.models.load(self.store.engine.model_folder)
        self.background.run(read_machine, self._show_machine, _log_failure)

    def _come_forward(self, request: Request) -> None:
        if request.offline:
            self.network.set_offline(True)
        self.window.come_forward(request.activation)
        if request.files:
            self.control.drop(list(request.files), None, new=False)

    def _connect(self) -> None:
        actions = self.window.registry
        actions["open_model"].triggered.connect(self._choose_model)
        actions["shortcuts"].triggered.connect(self._show_shortcuts)
        actions["quit"].triggered.connect(self.window.close)
        self.models.changed.connect(self._show_facts)
        self.models.ready.connect(self._keep_model)
        # What is there by now stays. To look through all of it for garbage again and again would
        # stop the window for a tenth of a second each time.
        self.models.ready.connect(gc.freeze)
        self.control.first_answered.connect(self._first_answer)
        self.library.opened.connect(lambda opened: self.search.use(opened.store))
        self.library.listed.connect(lambda: self.control.go_on(self.store.window.last_conversation))
        self.window.header.popover.opening.connect(self._show_facts)
        self._connect_capture()

    def _connect_capture(self) -> None:
        composer, action = self.page.composer, self.window.registry["capture_screen"]
        composer.capture.rename(plain_text(action), tooltip(action))
        action.triggered.connect(self.capture.start)
        composer.capture_requested.connect(self.capture.start)
        self.capture.captured.connect(lambda image: composer.add_image(image, "Screen capture"))
        self.capture.failed.connect(
            lambda fault: composer.attachments.add_refused(
                "Screen capture", fault.sentence, fault.address
            )
        )
        self.capture.ended.connect(composer.focus_text)

    def _restore(self) -> None:
        kept = self.store.window
        self.window.restore(QByteArray.fromHex(kept.geometry.encode()))
        self.window.set_sidebar_collapsed(kept.sidebar_collapsed)
        if kept.answered_once:
            self.page.first_run.hide_cells()
        self._show_facts()

    def _choose_model(self) -> None:
        dialog = QFileDialog(self.window, "Open a model folder")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.fileSelected.connect(lambda name: self.models.load(Path(name)))
        dialog.open()

    def _show_shortcuts(self) -> None:
        sends = self.store.window.send_key == "enter"
        dialog = ShortcutDialog(self.theme, self.window.registry, self.window, enter_sends=sends)
        dialog.show()

    def _keep_model(self) -> None:
        self.store.change_model(self.models.last_folder)

    def _first_answer(self) -> None:
        self.page.first_run.hide_cells()
        self.store.change(answered_once=True)

    def _show_machine(self, machine: Machine) -> None:
        self._machine = machine
        self.model_pages.show_machine(machine)
        self.page.first_run.show_machine(describe(machine))
        show = self.page.first_run.show_offer
        self.background.run(lambda: offer(machine, catalogue()), show, _log_failure)
        if machine.memory_bytes is not None:
            self.session.meter.set_memory(machine.memory_bytes)
        self._show_facts()

    def _diagnostics(self) -> str:
        return diagnostics(self._machine, self.models.info, (self.store.engine, self.store.window))

    def _show_facts(self) -> None:
        told = facts(
            self.models.info,
            self._machine,
            warm_resume=self.store.engine.warm_resume,
            connections=self.network.connections,
        )
        self.window.header.show_facts(told)


def run(files: Sequence[Path] = (), place: Place | None = None) -> int:
    """Open the window and stay until it is closed; the value returned is the exit status.

    At `place` later starts are heard.
    """
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    sys.setswitchinterval(_SWITCH_INTERVAL_S)
    reports = CrashReports(crash_reports_dir(), about_this_program())
    last_end = reports.begin()
    unhear = hear_fatal(reports.note_fatal)
    application = QApplication(sys.argv[:1])
    application.setApplicationName("tanka")
    application.setApplicationDisplayName("Tanka")
    application.setDesktopFileName("tanka")
    # The program ends in its own order, after the window has gone.
    application.setQuitOnLastWindowClosed(False)
    catcher = FaultCatcher(keep=reports.write)
    catcher.install()
    loop = QEventLoop(application)
    loop.set_exception_handler(catcher.on_loop_fault)
    with loop:
        loop.run_until_complete(_live(application, catcher, files, place, last_end))
    catcher.uninstall()
    unhear()
    reports.end()
    return 0


async def _live(
    application: QApplication,
    catcher: FaultCatcher,
    files: Sequence[Path],
    place: Place | None,
    last_end: LastEnd | None,
) -> None:
    """From the first object to the last."""
    closed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    program = Program(application)
    if last_end is not None:
        program.page.crash_bar.show_end(last_end.report)
    if place is not None:
        serve = partial(program.serve, place)
        program.window.first_painted.connect(serve, Qt.ConnectionType.QueuedConnection)
    interrupt = Interrupt()
    catcher.caught.connect(program.show_fault)
    interrupt.interrupted.connect(program.window.close)
    program.window.closing.connect(lambda: _end(closed))
    program.show(files)
    try:
        await closed
    finally:
        program.close()
        interrupt.close()


def _end(closed: asyncio.Future[None]) -> None:
    if not closed.done():
        closed.set_result(None)


def _log_failure(fault: Exception) -> None:
    log.warning("the machine cannot be looked at: %s", fault)
