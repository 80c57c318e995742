"""The empty conversation of a fresh start: what this machine is, what works, where to drop files.

It never downloads anything, and it vanishes after the first answer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QScrollArea,
    QSpacerItem,
    QVBoxLayout,
    QWidget,
)

from app.first_offer import Offer
from app.ui.column import COLUMN_WIDTH, SIDE_PADDING, Column
from app.ui.drop_target import DropTarget
from app.ui.first_run_cells import MachineText, StepCell
from app.ui.parts import TextButton, hairline
from app.ui.starting_points import StartingPoints
from app.ui.wrapped_text import WrappedText

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent

    from app.ui.actions import Actions
    from app.ui.theme import Theme

# Below this height the drop target gives way, so that the starting points stay in sight.
_ROOMY_HEIGHT = 560
_ANY_SIZE = 16_777_215  # Qt's own, that a widget may have at most
# From this width on, three cells stand side by side.
_SIDE_BY_SIDE = 520

_EXPECT = (
    "The small starter model reads short documents and a line of text in a picture. Check its "
    "answers."
)


class FirstRun(QScrollArea):
    """The page of a fresh start."""

    files_wanted = Signal()
    start_chosen = Signal(object)
    # The id of a model of the list, and what is asked for: download or pause.
    model_wanted = Signal(str, str)

    def __init__(self, theme: Theme, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Where to begin")
        self._theme = theme
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)  # with Tab one would not see it stop here
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._machine = StepCell(theme, "1", "This machine", "Looking at it…")
        self._larger = StepCell(theme, "2", "A larger model", "Looking for one that suits…")
        self._offer = Offer("")
        self._get = TextButton(theme, "", "default", compact=True)
        self._get.clicked.connect(self._ask_for_model)
        self._get.hide()
        self._larger.add_button(self._get)
        self._larger.add_button(_model_button(theme, actions))
        self._offline = StepCell(theme, "3", "Works offline", _EXPECT)
        self.drop_target = DropTarget(theme)
        self.drop_target.files_wanted.connect(self.files_wanted)
        self.starting_points = StartingPoints(theme)
        self.starting_points.chosen.connect(self.start_chosen)
        self._page = Column()
        self._fill_page(theme)
        self.setWidget(self._page)
        theme.changed.connect(self._arrange)

    def show_machine(self, machine: MachineText) -> None:
        """What this machine turned out to be."""
        self._machine.set_done(done=True)
        self._machine.show_text(machine.title, machine.text)

    def show_offer(self, offer: Offer) -> None:
        """Which larger model suits this machine, and how far it is on its way."""
        self._offer = offer
        self._larger.show_text("A larger model", offer.text)
        self._get.setText(offer.button)
        self._get.setAccessibleName(f"{offer.button} the larger model" if offer.button else "")
        self._get.setVisible(bool(offer.button))

    def show_ready(self) -> None:
        """A model is loaded: what the third cell promises is so."""
        self._offline.set_done(done=True)
        self._offline.show_text("Works offline already", _EXPECT)

    def show_no_model(self) -> None:
        """Not even the starter model is there: nothing is promised of it."""
        self._offline.show_text(
            "Works offline", "No model is loaded yet. Each works without a connection once it is."
        )

    def hide_cells(self) -> None:
        """The first answer has come: the first steps are behind."""
        self._card.hide()
        self._card_gap.changeSize(0, 0)

    def show_context(self, max_context: int) -> None:
        """How much the loaded model can hold."""
        self.drop_target.show_context(max_context)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the page what the window has."""
        super().resizeEvent(event)
        roomy = self.height() >= self._theme.px(_ROOMY_HEIGHT)
        self.drop_target.set_roomy(roomy)
        padding = 20 if roomy else 12
        self._page.set_vertical_padding(padding, padding)
        self._page.set_right_reserve(self.width() - self.viewport().width())
        self._arrange()

    def _ask_for_model(self) -> None:
        self.model_wanted.emit(self._offer.entry, self._offer.verb)

    def _fill_page(self, theme: Theme) -> None:
        self._page.setProperty("surface", "sheet")
        # A little above the middle is where the eye looks for the middle.
        self._page.content.addStretch(10)
        self._fill(theme, self._page.content)
        self._page.content.addStretch(11)

    def _fill(self, theme: Theme, column: QVBoxLayout) -> None:
        heading = WrappedText(theme, "Put something on the table and ask about it.", "display")
        promise = WrappedText(
            theme,
            "Tanka reads documents and pictures on this computer. Nothing you add leaves it.",
            "reading",
            "ink2",
        )
        column.addWidget(heading)
        column.addSpacing(4)
        column.addWidget(promise)
        column.addSpacing(20)
        self._card = self._cells()
        column.addWidget(self._card)
        self._card_gap = QSpacerItem(0, 16)
        column.addSpacerItem(self._card_gap)
        column.addWidget(self.drop_target)
        column.addSpacing(20)
        column.addWidget(self.starting_points)

    def _cells(self) -> QWidget:
        card = QFrame()
        card.setProperty("surface", "card")
        self._row = row = QBoxLayout(QBoxLayout.Direction.LeftToRight, card)
        row.setContentsMargins(1, 1, 1, 1)
        row.setSpacing(0)
        self._lines = [hairline(vertical=True) for _ in range(2)]
        for place, cell in enumerate((self._machine, self._larger, self._offline)):
            if place:
                row.addWidget(self._lines[place - 1])
            row.addWidget(cell, 1)
        return card

    def _arrange(self) -> None:
        """Cells and starting points side by side, or below one another where text is large."""
        room = min(self.viewport().width(), COLUMN_WIDTH) - 2 * SIDE_PADDING
        roomy = room >= self._theme.px(_SIDE_BY_SIDE)
        across, down = QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.TopToBottom
        self._row.setDirection(across if roomy else down)
        for line in self._lines:
            line.setMinimumSize(0, 0)
            line.setMaximumSize(1 if roomy else _ANY_SIZE, _ANY_SIZE if roomy else 1)
        self.starting_points.set_side_by_side(roomy)


def _model_button(theme: Theme, actions: Actions) -> TextButton:
    button = TextButton(theme, "Open model folder…", "link")
    button.setToolTip("Open the folder of a checkpoint that is here already.")
    button.clicked.connect(actions["open_model"].trigger)
    return button
