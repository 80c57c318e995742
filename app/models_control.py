"""Joins the page of models with what stands behind it: decides nothing about either's insides."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog

from app.model_details import details_of_entry, details_of_kept
from app.ui.addresses import look_at
from app.ui.link_dialog import LinkDialog
from app.ui.model_dialogs import ImportDialog, LicenceDialog, RemoveDialog
from app.ui.models_page import MachineLine, ModelsPage
from app.wording import UNKNOWN, memory
from engine.catalogue.importing import licence_text

if TYPE_CHECKING:
    from app.model_library import ModelLibrary
    from app.model_loading import ModelLoading
    from app.ui.theme import Theme
    from engine.catalogue.importing import Inspection
    from engine.catalogue.pairing import Verdict
    from engine.catalogue.records import KeptModel
    from engine.machine import Machine


class ModelsControl(QObject):
    """The connections of the page of models."""

    def __init__(
        self, theme: Theme, page: ModelsPage, library: ModelLibrary, loading: ModelLoading
    ) -> None:
        super().__init__(page)
        self._theme = theme
        self._page = page
        self._library = library
        self._loading = loading
        self._verdicts: dict[str, tuple[Verdict, ...]] = {}
        page.wanted.connect(self._carry_out)
        page.selected.connect(self._open)
        page.draft_chosen.connect(self._pair)
        page.link_wanted.connect(self._open_link)
        page.context_chosen.connect(self._plan)
        page.import_wanted.connect(self._choose_folder)
        library.changed.connect(self._show)
        library.failed.connect(page.show_notice)
        library.inspected.connect(self._ask_import)
        library.judged.connect(self._take_verdicts)
        loading.changed.connect(self._show_loading)
        self._show_loading()
        self._show()

    def show_machine(self, machine: Machine) -> None:
        """What this machine turned out to be."""
        self._library.set_machine(machine)
        self._page.show_machine(machine_line(machine))

    def _show(self) -> None:
        library = self._library
        self._page.show_rows(library.here(), library.listed(), library.known.date)
        if self._page.opened:
            self._show_details(self._page.opened)

    def _show_loading(self) -> None:
        loading = self._loading
        used = loading.info.folder if loading.info is not None else None
        self._library.set_used(used, loading.last_folder if loading.loading else None)

    def _open(self, model_id: str) -> None:
        self._show_details(model_id)
        if self._library.model(model_id) is not None and model_id not in self._verdicts:
            self._library.judge(model_id)

    def _show_details(self, model_id: str) -> None:
        library = self._library
        model, entry = library.model(model_id), library.entry(model_id)
        if model is not None:
            verdicts = self._verdicts.get(model_id)
            self._page.show_details(details_of_kept(library, model, verdicts))
        elif entry is not None:
            place = library.place
            on_card = place is not None and place.on_card
            self._page.show_details(details_of_entry(entry, on_card=on_card))

    def _take_verdicts(self, model_id: str, verdicts: tuple[Verdict, ...]) -> None:
        self._verdicts[model_id] = verdicts
        if self._page.opened == model_id:
            self._show_details(model_id)

    def _plan(self, tokens: int) -> None:
        self._verdicts.clear()
        self._library.set_tokens(tokens)
        if self._page.opened:
            self._open(self._page.opened)

    def _pair(self, model_id: str, draft_id: str) -> None:
        self._library.pair(model_id, draft_id)

    def _carry_out(self, model_id: str, verb: str) -> None:
        library = self._library
        match verb:
            case "download":
                self._page.show_notice("")
                library.download(model_id)
            case "pause":
                library.pause(model_id)
            case "discard":
                library.discard(model_id)
            case "verify":
                library.verify(model_id)
            case "use":
                self._use(model_id)
            case "remove":
                self._ask_remove(model_id)
            case "show":
                self._show_folder(model_id)
            case "licence":
                self._show_licence(model_id)

    def _use(self, model_id: str) -> None:
        model = self._library.model(model_id)
        if model is None:
            return
        if model.licence.accepted is not None:
            self._loading.load(model.folder)
            return
        dialog = self._licence_dialog(model, asks=True)
        dialog.agreed.connect(lambda: self._use_accepted(model))
        dialog.open()

    def _use_accepted(self, model: KeptModel) -> None:
        self._library.accept_licence(model.id)
        self._loading.load(model.folder)

    def _show_licence(self, model_id: str) -> None:
        model = self._library.model(model_id)
        if model is not None:
            self._licence_dialog(model, asks=False).open()

    def _licence_dialog(self, model: KeptModel, *, asks: bool) -> LicenceDialog:
        licence = model.licence
        name = licence.name or licence.id or f"The licence of {model.name} is not stated"
        text = licence_text(model.folder, licence.file)
        return LicenceDialog(self._theme, name, text, licence.link, self._page, asks=asks)

    def _ask_remove(self, model_id: str) -> None:
        model = self._library.model(model_id)
        if model is None:
            return
        consequence = details_of_kept(self._library, model, ()).removes
        dialog = RemoveDialog(self._theme, model.name, consequence, self._page)
        dialog.agreed.connect(lambda: self._library.remove(model_id))
        dialog.open()

    def _show_folder(self, model_id: str) -> None:
        model = self._library.model(model_id)
        if model is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(model.folder)))

    def _open_link(self, link: str) -> None:
        LinkDialog(self._theme, look_at(link), self._page).open()

    def _choose_folder(self) -> None:
        dialog = QFileDialog(self._page, "Import a folder with a model")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.fileSelected.connect(lambda name: self._library.inspect(Path(name)))
        dialog.open()

    def _ask_import(self, found: Inspection) -> None:
        dialog = ImportDialog(self._theme, found, self._page)
        dialog.wanted.connect(lambda copy: self._library.take_in(found, copy=copy))
        dialog.open()


def machine_line(machine: Machine) -> MachineLine:
    """The line at the top of the page."""
    cards = [gpu for gpu in machine.gpus if gpu.memory_bytes]
    if cards:
        first = ("Graphics", f"{cards[0].name}, {memory(cards[0].memory_bytes or 0)}")
    else:
        first = ("Processor", machine.processor)
    free = machine.disk_free_bytes
    return MachineLine(
        (
            first,
            ("Memory", memory(machine.memory_bytes) if machine.memory_bytes else UNKNOWN),
            ("Free disk", memory(free) if free is not None else UNKNOWN),
        )
    )
