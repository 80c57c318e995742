"""Questions of the page of models: importing a folder, accepting a licence, removing a model."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QFrame, QGridLayout, QHBoxLayout, QPlainTextEdit, QVBoxLayout

from app.ui.parts import TextButton
from app.ui.wrapped_text import WrappedText
from app.wording import size

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from app.ui.theme import Theme
    from engine.catalogue.importing import Inspection

_WIDTH = 480
_FILES_SHOWN = 6


class _Question(QDialog):
    """A heading, what there is to know, and buttons; Esc means no."""

    def __init__(self, theme: Theme, title: str, heading: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.theme = theme
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setModal(True)
        self.setWindowTitle(title)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(24, 20, 24, 20)
        self.column.setSpacing(12)
        head = WrappedText(theme, heading, "heading")
        theme.fix(head, width=_WIDTH)
        self.column.addWidget(head)
        self.buttons = QHBoxLayout()
        self.buttons.setSpacing(8)
        self.buttons.addStretch(1)

    def add_words(self, text: str, ink: str = "ink2") -> None:
        """A paragraph."""
        words = WrappedText(self.theme, text, "body", ink)
        self.theme.fix(words, width=_WIDTH)
        self.column.addWidget(words)

    def finish(self, refusal: str) -> None:
        """Put the buttons under it; `refusal` is the one that changes nothing."""
        no = TextButton(self.theme, refusal, "default")
        no.clicked.connect(self.reject)
        no.setDefault(True)
        self.buttons.insertWidget(1, no)
        self.column.addSpacing(4)
        self.column.addLayout(self.buttons)
        no.setFocus()


class ImportDialog(_Question):
    """What a folder holds, and whether to copy it or use it where it is."""

    wanted = Signal(bool)

    def __init__(self, theme: Theme, found: Inspection, parent: QWidget) -> None:
        title = found.folder.name
        heading = f"Import “{title}”?" if found.usable else f"“{title}” cannot be imported"
        super().__init__(theme, "Import a folder", heading, parent)
        if found.usable:
            self._describe(found)
            self._offer()
        else:
            self.add_words(found.refusal)
        self.finish("Cancel" if found.usable else "Close")
        self.setAccessibleDescription(found.refusal or f"{len(found.files)} files")

    def _describe(self, found: Inspection) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(20)
        grid.setVerticalSpacing(6)
        licence = found.licence_name or found.licence_id
        largest = sorted(found.files, key=lambda file: -file.size)
        names = [f"{file.name}, {_size(file.size)}" for file in largest[:_FILES_SHOWN]]
        if len(largest) > _FILES_SHOWN:
            names.append(f"and {len(largest) - _FILES_SHOWN} more")
        facts = [
            ("Kind", found.model_type, "ink"),
            ("Format", found.form, "ink"),
            ("Parameters", f"{found.parameters:,}", "ink"),
            ("Licence", licence or "not stated", "ink" if licence else "warn"),
            ("Files", "\n".join(names), "ink"),
        ]
        if found.others:
            facts.append(("Left out", ", ".join(found.others[:_FILES_SHOWN]), "ink3"))
        for row, (name, value, ink) in enumerate(facts):
            grid.addWidget(WrappedText(self.theme, name, "body", "ink3"), row, 0, _TOP)
            grid.addWidget(WrappedText(self.theme, value, "body", ink), row, 1, _TOP)
        grid.setColumnMinimumWidth(0, self.theme.px(84))
        grid.setColumnStretch(1, 1)
        self.column.addLayout(grid)
        self.add_words(
            "Copied, it stays when the folder goes, and may have a draft model. Used where it is, "
            "it takes no further space, and nothing is written there."
        )

    def _offer(self) -> None:
        for text, kind, copy in (("Use it there", "default", False), ("Copy it", "primary", True)):
            button = TextButton(self.theme, text, kind)
            button.clicked.connect(lambda _=False, c=copy: self._choose(copy=c))
            self.buttons.addWidget(button)

    def _choose(self, *, copy: bool) -> None:
        self.accept()
        self.wanted.emit(copy)


class LicenceDialog(_Question):
    """A licence with its text; accepted by a button, or only read."""

    agreed = Signal()

    def __init__(
        self, theme: Theme, name: str, text: str, link: str, parent: QWidget, *, asks: bool
    ) -> None:
        super().__init__(theme, "Licence", name, parent)
        if asks:
            self.add_words("It is asked once, before the model is used for the first time.")
        if text:
            shown = QPlainTextEdit(text)
            shown.setReadOnly(True)
            shown.setFont(theme.font("code"))
            shown.setMinimumHeight(260)
            shown.setAccessibleName(f"Text of the licence: {name}")
            frame = QFrame()
            frame.setProperty("surface", "card")
            inside = QVBoxLayout(frame)
            inside.setContentsMargins(8, 8, 4, 8)
            inside.addWidget(shown)
            self.column.addWidget(frame)
        else:
            self.add_words("Its text is not among the model's files.")
        if link:
            self.add_words(link, "ink3")
        if asks:
            agree = TextButton(theme, "Accept and use", "primary")
            agree.clicked.connect(self._agree)
            self.buttons.addWidget(agree)
        self.finish("Not now" if asks else "Close")

    def _agree(self) -> None:
        self.accept()
        self.agreed.emit()


class RemoveDialog(_Question):
    """Removing is asked once, with what it frees."""

    agreed = Signal()

    def __init__(self, theme: Theme, name: str, consequence: str, parent: QWidget) -> None:
        super().__init__(theme, "Remove a model", f"Remove {name}?", parent)
        self.add_words(consequence)
        remove = TextButton(theme, "Remove", "danger")
        remove.clicked.connect(self._agree)
        self.buttons.addWidget(remove)
        self.finish("Keep it")

    def _agree(self) -> None:
        self.accept()
        self.agreed.emit()


def _size(count: int) -> str:
    return size(count) if count >= 1024**2 else "under 1 MB"


_TOP = Qt.AlignmentFlag.AlignTop
