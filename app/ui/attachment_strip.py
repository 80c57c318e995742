"""The attachments of a draft: files are read in the background and become chips."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, Qt, Signal
from PySide6.QtGui import QImageWriter
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from app.drafts import count_key
from app.reading import read_attachment, read_image_bytes
from app.ui.attachment_chip import AttachmentChip
from app.ui.flow_layout import FlowLayout
from engine import UnreadableFile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from PySide6.QtGui import QImage, QResizeEvent

    from app.background import Background
    from app.drafts import Attachment
    from app.ui.theme import Theme
    from engine import ImagePart, PictureSeen

_LARGEST_HEIGHT = 3 * 32 + 2 * 6


class AttachmentStrip(QScrollArea):
    """Holds the chips in lines; beyond three lines it scrolls."""

    changed = Signal()

    def __init__(self, theme: Theme, background: Background) -> None:
        super().__init__()
        self._theme = theme
        self._background = background
        self._jobs: dict[AttachmentChip, str] = {}
        self._chips: list[AttachmentChip] = []
        self._tokens: dict[str, int] = {}
        self._seen: dict[str, PictureSeen] = {}
        self._inner = QWidget()
        self._flow = FlowLayout(self._inner, gap=6)
        self.setWidget(self._inner)
        self.setWidgetResizable(True)
        self.viewport().setAutoFillBackground(False)
        self._inner.setAutoFillBackground(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName("Attachments")
        self.hide()

    @property
    def parts(self) -> tuple[Attachment, ...]:
        """What has been read so far, in order."""
        return tuple(chip.part for chip in self._chips if chip.part is not None)

    @property
    def chips(self) -> tuple[AttachmentChip, ...]:
        """All chips in order."""
        return tuple(self._chips)

    @property
    def reading(self) -> str:
        """The name of a file that is still being read, or nothing."""
        return next((chip.name for chip in self._chips if chip.reading), "")

    @property
    def tokens(self) -> dict[str, int]:
        """Tokens of single attachments by `count_key`, as far as they are known."""
        return self._tokens

    def add_paths(self, paths: Iterable[Path]) -> None:
        """Read each file and show it."""
        for path in paths:
            self._read(path.name or str(path), partial(read_attachment, path))

    def add_image(self, image: QImage, name: str) -> None:
        """Take a picture that is not in a file."""
        self._read(name, partial(_read_picture, image, name))

    def add_refused(self, name: str, reason: str, address: str = "") -> None:
        """Say why something could not be attached; `address` opens where that can be changed."""
        chip = self._add_chip(name)
        chip.set_failed(reason, address)
        self._tell(chip)

    def add_part(self, part: Attachment) -> None:
        """Show an attachment that has been read before."""
        self._set_part(self._add_chip(part.name), part)  # says that something changed

    def prepend_parts(self, parts: Iterable[Attachment]) -> None:
        """Show attachments that have been read before, in front of what is here."""
        chips = tuple(self._new_chip(part.name) for part in parts)
        for chip, part in zip(chips, parts, strict=True):
            chip.set_part(part)
        self.bring_back(chips)

    def put_away(self) -> tuple[AttachmentChip, ...]:
        """Take all chips out of sight for `bring_back`; what is being read goes on being read."""
        away = tuple(self._chips)
        for chip in away:
            self._detach(chip)
        self._fit()
        self.changed.emit()
        return away

    def bring_back(self, chips: Iterable[AttachmentChip]) -> None:
        """Show chips that were put away, in front of those here."""
        self._chips = [*chips, *self._chips]
        for chip in self._chips:
            self._flow.removeWidget(chip)
            self._flow.addWidget(chip)
            chip.show()
            self._tell_cost(chip)
        self._fit()
        self.changed.emit()

    def set_tokens(self, key: str, tokens: int) -> None:
        """Say what one attachment costs; `key` is its `count_key`."""
        self._tokens[key] = tokens
        for chip in self._chips:
            self._tell_cost(chip)
        self._fit()

    def set_seen(self, seen: PictureSeen) -> None:
        """Say what the model sees of one picture."""
        self._seen[seen.sha256] = seen
        for chip in self._chips:
            if chip.part is not None and chip.part.sha256 == seen.sha256:
                chip.set_seen(seen)
        self._fit()

    def forget_tokens(self) -> None:
        """What attachments cost, and what is seen of them, is not known any more."""
        self._tokens.clear()
        self._seen.clear()
        for chip in self._chips:
            chip.set_seen(None)

    def clear(self) -> None:
        """Remove everything; files still being read are forgotten."""
        for chip in tuple(self._chips):
            self._take(chip)
        self._fit()
        self.changed.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Chips may need more lines now."""
        super().resizeEvent(event)
        self._fit()

    def _read(self, name: str, work: Callable[[], Attachment]) -> None:
        chip = self._add_chip(name)
        self._jobs[chip] = self._background.run(
            work, partial(self._set_part, chip), partial(self._set_failed, chip)
        )
        self.changed.emit()

    def _add_chip(self, name: str) -> AttachmentChip:
        chip = self._new_chip(name)
        self._chips.append(chip)
        self._flow.addWidget(chip)
        self._fit()
        return chip

    def _new_chip(self, name: str) -> AttachmentChip:
        chip = AttachmentChip(self._theme, self._background, name, self._inner)
        chip.removed.connect(self._remove)
        chip.detail_changed.connect(self._look_anew)
        return chip

    def _set_part(self, chip: AttachmentChip, part: Attachment) -> None:
        self._jobs.pop(chip, None)
        chip.set_part(part)
        self._tell_cost(chip)
        self._tell(chip)

    def _tell_cost(self, chip: AttachmentChip) -> None:
        if chip.part is None:
            return
        chip.set_seen(self._seen.get(chip.part.sha256))
        if count_key(chip.part) in self._tokens:
            chip.set_tokens(self._tokens[count_key(chip.part)])

    def _look_anew(self, chip: AttachmentChip) -> None:
        self._tell_cost(chip)
        self._tell(chip)

    def _set_failed(self, chip: AttachmentChip, fault: Exception) -> None:
        self._jobs.pop(chip, None)
        if isinstance(fault, UnreadableFile):
            chip.set_failed(fault.sentence)
        else:
            chip.set_failed(f"{chip.name} could not be read.")
        self._tell(chip)

    def _tell(self, chip: AttachmentChip) -> None:
        """One that was put away meanwhile changes nothing here."""
        if chip in self._chips:
            self._fit()
            self.changed.emit()

    def _remove(self, chip: AttachmentChip) -> None:
        self._take(chip)
        self._fit()
        self.changed.emit()

    def _take(self, chip: AttachmentChip) -> None:
        job = self._jobs.pop(chip, None)
        if job is not None:
            self._background.drop(job)
        self._detach(chip)
        chip.deleteLater()

    def _detach(self, chip: AttachmentChip) -> None:
        self._chips.remove(chip)
        self._flow.removeWidget(chip)
        chip.hide()

    def _fit(self) -> None:
        self.setVisible(bool(self._chips))
        self._flow.invalidate()
        height = self._flow.heightForWidth(self.viewport().width())
        self.setFixedHeight(max(32, min(height, _LARGEST_HEIGHT)))


def _read_picture(image: QImage, name: str) -> ImagePart:
    """A picture from memory, as if it had come in a file; runs in the background."""
    content = QByteArray()
    buffer = QBuffer(content)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    # Without loss, so that small text on a screenshot stays as sharp as it was.
    if not QImageWriter(buffer, b"png").write(image):
        raise UnreadableFile("This picture could not be read. Save it to a file and add that.")
    return read_image_bytes(bytes(content.data()), name)
