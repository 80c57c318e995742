"""Where a message is written: attachments, text, what it costs, and the button that sends it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from app.drafts import Draft
from app.ui.attachment_strip import AttachmentStrip
from app.ui.column import Column
from app.ui.composer_box import ComposerBox
from app.ui.composer_editor import LINE, ComposerEditor
from app.ui.parts import ElidedText, IconButton, Text
from app.ui.paste_offer import PasteOffer
from app.ui.plain_tip import plain_tip
from app.ui.send_button import SendButton
from app.ui.thin_bar import ThinBar
from app.ui.thinking_switch import ThinkingSwitch
from app.ui.token_meter import Count, Reading, read_meter
from app.ui.way_out_line import WayOutLine

if TYPE_CHECKING:
    from collections.abc import Iterable

    from PySide6.QtGui import QImage, QResizeEvent

    from app.background import Background
    from app.ui.attachment_chip import AttachmentChip
    from app.ui.theme import Theme
    from engine import TokensCounted

COUNT_DELAY_MS = 150
NO_INSTRUCTIONS = "Instructions for this conversation"
_TIP = 80
_LARGEST_SHARE = 0.4
_PADDING, _GAP, _BELOW = 10, 8, 16
_INKS = {"usual": "ink3", "near": "warn", "over": "danger"}


@dataclass(frozen=True, slots=True)
class Unfinished:
    """What was being written, with its files: read, still being read, or refused."""

    text: str = ""
    chips: tuple[AttachmentChip, ...] = ()


class Composer(Column):
    """Writes a `Draft`. It does not know what becomes of it."""

    submitted = Signal(object)
    stop_requested = Signal()
    draft_changed = Signal(object)
    new_conversation_requested = Signal()
    capture_requested = Signal()
    thinking_chosen = Signal(bool)
    edit_last_requested = Signal()

    def __init__(self, theme: Theme, background: Background) -> None:
        super().__init__()
        self._theme = theme
        self._busy = False
        self._count: Count | None = None
        self._exact = False
        self._limit: int | None = None
        self._countable = True
        self._announced = Draft()
        self.attachments = AttachmentStrip(theme, background)
        self.editor = ComposerEditor(theme)
        self.send = SendButton(theme)
        self.attach = IconButton(theme, "attach", "Attach files")
        self.capture = IconButton(theme, "capture", "Capture the screen")
        self.thinking = ThinkingSwitch(theme)
        self.instructions = IconButton(theme, "sliders", NO_INSTRUCTIONS)
        self.instructions.setCheckable(True)
        self.meter = Text(theme, "", "meta", "ink3")
        self.cost = ElidedText(theme, "", "meta", "ink3")
        self.bar = ThinBar(theme)
        self.bar.hide()
        self.way_out = WayOutLine(theme)
        self.paste_offer = PasteOffer(theme)
        self._timer = QTimer(self, interval=COUNT_DELAY_MS, singleShot=True)
        self._lay_out(ComposerBox(theme, self.editor))
        self._connect()
        self._refresh()

    def draft(self) -> Draft:
        """What is written and attached now."""
        return Draft(self.editor.toPlainText(), self.attachments.parts)

    def prepend(self, draft: Draft) -> None:
        """Put `draft` before what is written and attached here."""
        self._prepend_text(draft.text)
        self.attachments.prepend_parts(draft.attachments)

    def put_away(self) -> Unfinished:
        """Empty the composer; what was in it can be taken up again."""
        text = self.editor.toPlainText()
        self._empty_text()
        self._count = None  # it was made for another conversation
        return Unfinished(text, self.attachments.put_away())

    def take_up(self, unfinished: Unfinished) -> None:
        """Go on with what was put away, before what is here."""
        self._prepend_text(unfinished.text)
        self.attachments.bring_back(unfinished.chips)

    def clear(self) -> None:
        """Begin anew."""
        self._empty_text()
        self.attachments.clear()

    def add_paths(self, paths: Iterable[Path]) -> None:
        """Attach the files at `paths`."""
        self.attachments.add_paths(paths)

    def add_image(self, image: QImage, name: str) -> None:
        """Attach a picture that is not in a file."""
        self.attachments.add_image(image, name)

    def set_attachment_tokens(self, key: str, tokens: int) -> None:
        """Say what the attachment with this `count_key` costs by itself."""
        self.attachments.set_tokens(key, tokens)
        self._refresh()

    def set_busy(self, busy: bool) -> None:
        """While an answer is being written, the button stops it; Enter still sends."""
        self._busy = busy
        self._refresh()

    def set_limit(self, limit: int | None) -> None:
        """How much the model can hold; `None` while there is none to count with."""
        self._limit = limit
        self._refresh()

    def set_count(self, count: TokensCounted) -> None:
        """The cost of the draft last announced."""
        self._count = Count(count, self._announced)
        # While the delay runs, what is written now has not been announced yet.
        self._exact = not self._timer.isActive()
        self._refresh()

    def set_uncountable(self) -> None:
        """The draft last announced cannot be counted: nothing is held back for that."""
        self._countable = False
        self._refresh()

    def recount(self) -> None:
        """What was counted holds no longer: the model or the conversation is another now."""
        self._changed()

    def forget_counts(self) -> None:
        """Another model counts differently."""
        self._count = None
        self.attachments.forget_tokens()
        self._changed()

    def show_instructions(self, text: str) -> None:
        """What the model is told before everything else in this conversation."""
        self.instructions.setChecked(bool(text.strip()))
        first = text.strip().partition("\n")[0]
        shown = first if len(first) <= _TIP else f"{first[:_TIP]}…"
        words = f"Instructions: {shown}" if first else NO_INSTRUCTIONS
        self.instructions.rename(words, plain_tip(words))

    def set_placeholder(self, text: str) -> None:
        """What stands in the field while nothing is written."""
        self.editor.set_placeholder(text)

    def focus_text(self) -> None:
        """Put the caret into the field."""
        self.editor.setFocus(Qt.FocusReason.OtherFocusReason)

    def choose_files(self) -> None:
        """Ask the person for files to attach."""
        dialog = QFileDialog(self, "Attach files")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.filesSelected.connect(lambda names: self.add_paths([Path(n) for n in names]))
        dialog.open()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The field may take a share of the window's height."""
        super().resizeEvent(event)
        self._limit_height()

    def _empty_text(self) -> None:
        self.paste_offer.dismiss()
        self.editor.set_text("")

    def _prepend_text(self, text: str) -> None:
        if text:
            gap = "\n\n" if self.editor.toPlainText() else ""
            self.editor.insert_at_start(text + gap)

    def _submit(self) -> None:
        if not self._obstacle():
            draft = self.draft()
            self.clear()
            self.focus_text()
            self.submitted.emit(draft)

    def _press(self) -> None:
        if self._busy:
            self.stop_requested.emit()
        else:
            self._submit()

    def _escape(self) -> None:
        if self._busy:
            self.stop_requested.emit()

    def _changed(self, delay_ms: int = COUNT_DELAY_MS) -> None:
        self._exact = False
        self._countable = True
        self._timer.start(delay_ms)
        self._limit_height()
        self._refresh()

    def _attachments_changed(self) -> None:
        # Counted at once: who goes on typing would else never see it done.
        self._changed(0)

    def _announce(self) -> None:
        self._announced = self.draft()
        self.draft_changed.emit(self._announced)

    def _obstacle(self) -> str:
        """Why the draft cannot be sent; nothing if it can."""
        if self.attachments.reading:
            return f"Still reading {self.attachments.reading}"
        draft = self.draft()
        if draft.empty:
            return "Write a question or attach a file"
        return self._read_meter(draft).reason

    def _read_meter(self, draft: Draft) -> Reading:
        limit = self._limit if self._countable else None
        known = self.attachments.tokens
        return read_meter(draft, self._count, known, exact=self._exact, limit=limit)

    def _refresh(self) -> None:
        self.send.show_state(busy=self._busy, obstacle=self._obstacle())
        self._show_reading(self._read_meter(self.draft()))

    def _show_reading(self, reading: Reading) -> None:
        ink = self._theme.color(_INKS[reading.level]).name()
        strong = "ink" if reading.level == "usual" and reading.lead else _INKS[reading.level]
        weight = 600 if reading.lead or reading.level != "usual" else 400
        total = (
            f'<span style="color:{self._theme.color(strong).name()}; font-weight:{weight}">'
            f"{reading.total}</span>"
        )
        self.meter.setText(f'<span style="color:{ink}">{reading.lead} </span>{total}')
        self.meter.setAccessibleName(f"{reading.lead} {reading.total}".strip())
        self.cost.set_full(reading.cost)
        self.bar.setVisible(reading.level != "usual")
        self.bar.set_share(reading.share, reading.total, _INKS[reading.level])
        self.way_out.show_way(reading.way_out)

    def _limit_height(self) -> None:
        others = 2 * _PADDING + _GAP + self.send.height() + _BELOW
        for row in (self.attachments, self.paste_offer, self.bar, self.way_out):
            others += 0 if row.isHidden() else row.height() + _GAP
        self.editor.set_largest_height(round(self.window().height() * _LARGEST_SHARE) - others)

    def _connect(self) -> None:
        self.editor.textChanged.connect(lambda: self._changed())
        self.editor.send_requested.connect(self._submit)
        self.editor.escaped.connect(self._escape)
        self.editor.last_wanted.connect(self.edit_last_requested)
        self.editor.files_pasted.connect(self.add_paths)
        self.editor.image_pasted.connect(lambda image: self.add_image(image, "Pasted picture"))
        self.editor.long_text_pasted.connect(self.paste_offer.offer)
        self.paste_offer.accepted.connect(self.attachments.add_part)
        self.attachments.changed.connect(self._attachments_changed)
        self.send.clicked.connect(self._press)
        self.way_out.new_conversation_requested.connect(self.new_conversation_requested)
        self.attach.clicked.connect(self.choose_files)
        self.capture.clicked.connect(self.capture_requested)
        self.thinking.clicked.connect(self.thinking_chosen)
        self._timer.timeout.connect(self._announce)
        self._theme.changed.connect(self._refresh)

    def _lay_out(self, box: QWidget) -> None:
        self.meter.setTextFormat(Qt.TextFormat.RichText)
        controls = QHBoxLayout()
        controls.setSpacing(12)
        ways_in = QHBoxLayout()
        ways_in.setSpacing(4)
        for way in (self.attach, self.capture, self.instructions, self.thinking):
            ways_in.addWidget(way)
        controls.addLayout(ways_in)
        self.cost.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        controls.addWidget(self.cost, 1)
        controls.addWidget(self.meter)
        controls.addWidget(self.send)
        inner = QVBoxLayout(box)
        inner.setContentsMargins(_PADDING, _PADDING, _PADDING, _PADDING)
        inner.setSpacing(_GAP)
        inner.addWidget(self.attachments)
        text = QHBoxLayout()
        text.setContentsMargins(4, 0, 4, 0)
        text.addWidget(self.editor)
        inner.addLayout(text)
        inner.addWidget(self.paste_offer)
        inner.addWidget(self.bar)
        inner.addWidget(self.way_out)
        inner.addLayout(controls)
        self.content.addWidget(box)
        self.set_vertical_padding(0, _BELOW)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.editor.setMinimumHeight(LINE)
        self.setFocusProxy(self.editor)
