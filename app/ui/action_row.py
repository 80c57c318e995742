"""What can be done with an answer, which of its versions is shown, and what it took."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from app.ui.parts import IconButton, Text
from app.ui.turn_parts import BLEED, ICON_INSET, figures

if TYPE_CHECKING:
    from app.conversation import Turn
    from app.turn_tree import Siblings
    from app.ui.theme import Theme

_COPIED_MS = 2000


class ActionRow(QWidget):
    """Copy, regenerate, branch, the versions, and at the right the figures. Its room is kept."""

    copy_requested = Signal()
    regenerate_requested = Signal()
    branch_requested = Signal()
    version_requested = Signal(int)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._copy = IconButton(theme, "copy", "Copy answer")
        self._copy.clicked.connect(self.copy_requested)
        self._regenerate = IconButton(theme, "retry", "Regenerate answer")
        self._regenerate.clicked.connect(self.regenerate_requested)
        self._branch = IconButton(theme, "branch", "Continue from here in a new conversation")
        self._branch.clicked.connect(self.branch_requested)
        self._versions = QWidget()
        self._earlier = IconButton(theme, "chevron-left", "Earlier version")
        self._earlier.clicked.connect(lambda: self.version_requested.emit(-1))
        self._later = IconButton(theme, "chevron-right", "Later version")
        self._later.clicked.connect(lambda: self.version_requested.emit(1))
        self._place = Text(theme, "", "body", "ink2")
        self._meta = Text(theme, "", "meta", "ink3")
        self._lay_out()
        self._copied = QTimer(self, interval=_COPIED_MS, singleShot=True)
        self._copied.timeout.connect(lambda: self._name_copy("copy", "Copy answer"))

    def show_turn(self, turn: Turn, versions: Siblings | None) -> None:
        """Show what can be done with `turn` as it stands, and its figures."""
        finished = not turn.state.running
        answered = finished and bool(turn.answer)
        self._copy.setVisible(answered)
        self._branch.setVisible(answered)
        self._regenerate.setVisible(finished)
        self._meta.setText(figures(turn) if finished else "")
        several = versions is not None and versions.count > 1
        self._versions.setVisible(several)
        if versions is not None and several:
            number, count = versions.index + 1, versions.count
            self._place.setText(f"{number} / {count}")
            self._place.setAccessibleName(f"Version {number} of {count}")
            self._earlier.setEnabled(number > 1)
            self._later.setEnabled(number < count)

    def step_with_focus(self) -> int:
        """Towards which version the button leads that has the focus; 0 where none of the two."""
        return -1 if self._earlier.hasFocus() else 1 if self._later.hasFocus() else 0

    def focus_step(self, step: int) -> bool:
        """Give the focus to that button, or to the other where it leads no further."""
        wanted = (self._earlier, self._later) if step < 0 else (self._later, self._earlier)
        for button in wanted:
            if button.isEnabled() and button.isVisible():
                button.setFocus(Qt.FocusReason.OtherFocusReason)
                return True
        return False

    def confirm_copy(self) -> None:
        """Show for a moment that the answer has been copied."""
        self._name_copy("check", "Copied")
        self._copied.start()

    def _name_copy(self, icon: str, name: str) -> None:
        self._copy.set_icon(icon)
        self._copy.rename(name)

    def _lay_out(self) -> None:
        switch = QHBoxLayout(self._versions)
        switch.setContentsMargins(8, 0, 0, 0)
        switch.setSpacing(4)
        for part in (self._earlier, self._place, self._later):
            switch.addWidget(part)
        row = QHBoxLayout(self)
        # The icon, not its button, stands flush with the text; the turn's own padding has room.
        row.setContentsMargins(BLEED - ICON_INSET, 0, BLEED, 0)
        row.setSpacing(2)
        for button in (self._copy, self._regenerate, self._branch):
            row.addWidget(button)
        row.addWidget(self._versions)
        row.addStretch()
        row.addWidget(self._meta)
        self._theme.fix(self, height=28)
        keep = self.sizePolicy()
        keep.setRetainSizeWhenHidden(True)
        self.setSizePolicy(keep)
