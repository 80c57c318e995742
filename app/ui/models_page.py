"""The page of models: what this machine is, what is on it, and what could be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QRect, Qt, Signal
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QMenu,
    QScrollArea,
    QStyle,
    QVBoxLayout,
    QWidget,
)

from app.ui.context_choice import ContextChoice
from app.ui.filter_field import FilterField
from app.ui.fit_bar import SHARES, Swatch
from app.ui.flow_layout import FlowLayout
from app.ui.icon_label import IconLabel
from app.ui.model_details import WIDTH, ModelDetails
from app.ui.models_card import ModelsCard
from app.ui.parts import IconButton, Text, TextButton, hairline
from app.ui.wrapped_text import WrappedText

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from PySide6.QtGui import QResizeEvent

    from app.model_details import Details
    from app.model_rows import ModelRow
    from app.ui.theme import Theme

_HEADER_HEIGHT = 48
_MACHINE_HEIGHT = 72
_GROUP_HEIGHT = 38
_SIDE = 24
_IMPORT = "Import folder…"
# Below it the details lie over the list.
_ROOM_FOR_BOTH = 1040
# Below it the legend and the machine's smaller facts give way.
_ROOMY = 780
_MENU = (
    ("Use", "use"),
    ("Details", "details"),
    ("Verify again", "verify"),
    ("Show in folder", "show"),
    ("Remove…", "remove"),
)


@dataclass(frozen=True, slots=True)
class MachineLine:
    """Names and values of the line at the top, the most important first."""

    facts: tuple[tuple[str, str], ...]


class ModelsPage(QWidget):
    """Machine, context, groups of cards, details. It shows; others decide.

    `wanted` carries a model's id and what is asked for: download, pause, discard, use, details,
    verify, show, remove, licence.
    """

    wanted = Signal(str, str)
    selected = Signal(str)
    draft_chosen = Signal(str, str)
    link_wanted = Signal(str)
    context_chosen = Signal(int)
    import_wanted = Signal()

    def __init__(self, theme: Theme, lengths: Sequence[int], planned: int) -> None:
        super().__init__()
        self._theme = theme
        self._cards: dict[str, ModelsCard] = {}
        self._here: tuple[ModelRow, ...] = ()
        self._listed: tuple[ModelRow, ...] = ()
        self._open = ""
        # Whether the details stand beside the list, or lie over it.
        self._beside = False
        self.filter = FilterField(theme, "Filter by name or licence")
        self.filter.setMinimumWidth(160)
        self.filter.textChanged.connect(lambda _: self._arrange_cards())
        self.choice = ContextChoice(theme, lengths, planned)
        self.choice.chosen.connect(self._choose_context)
        self.details = ModelDetails(theme)
        self.details.hide()
        self.details.closed.connect(self.close_details)
        self.details.wanted.connect(self.wanted)
        self.details.draft_chosen.connect(self.draft_chosen)
        self.details.link_wanted.connect(self.link_wanted)
        self._planned = Text(theme, "", "body", "ink2")
        self._lay_out()
        self._show_planned(planned)
        theme.changed.connect(self._fit)

    @property
    def panes(self) -> tuple[QWidget, ...]:
        """The parts that the keyboard visits, in order."""
        return (self._list, self.details)

    @property
    def opened(self) -> str:
        """The id of the model whose details are shown, empty for none."""
        return self._open

    def card(self, model_id: str) -> ModelsCard | None:
        """The card of a model, where it is shown."""
        return self._cards.get(model_id)

    def show_machine(self, line: MachineLine) -> None:
        """What this machine has."""
        for place, (name, value) in enumerate(line.facts[: len(self._machine)]):
            names, values = self._machine[place]
            names.setText(name)
            values.setText(value)

    def show_rows(self, here: Sequence[ModelRow], listed: Sequence[ModelRow], dated: date) -> None:
        """Show these models; cards that stay keep their focus."""
        self._here, self._listed = tuple(here), tuple(listed)
        count = "1 model" if len(listed) == 1 else f"{len(listed)} models"
        self._dated.setText(f"{count}, list dated {dated.day} {dated:%b %Y}")
        for row in (*here, *listed):
            card = self._cards.get(row.id)
            if card is None:
                self._cards[row.id] = self._new_card(row)
            elif card.row != row:
                card.show_row(row)
        gone = self._cards.keys() - {row.id for row in (*here, *listed)}
        for model_id in gone:
            self._drop_card(model_id)
        self._arrange_cards()

    def show_details(self, details: Details) -> None:
        """Open the details, or show them anew."""
        self._open = details.id
        self.details.show_details(details)
        self.details.show()
        self._select()
        self._place_details()

    def close_details(self) -> None:
        """Close them; the focus goes back to the card."""
        card = self._cards.get(self._open)
        self._open = ""
        self.details.hide()
        self._select()
        if card is not None:
            card.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_notice(self, sentence: str, details: str = "") -> None:
        """Say above the list what went wrong."""
        self._notice_text.setText(sentence)
        self._notice_text.setToolTip(details)
        self._notice.setVisible(bool(sentence))

    def show_menu(self, model_id: str) -> None:
        """The menu of a card."""
        card = self._cards.get(model_id)
        if card is None:
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for text, verb in _MENU:
            action = menu.addAction(text)
            action.setEnabled(verb != "use" or card.row.state == "ready")
            action.triggered.connect(lambda _=False, v=verb: self._ask(model_id, v))
        below = card.more_button
        menu.popup(below.mapToGlobal(QPoint(0, below.height())))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Details beside the list where there is room, else over it."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """What gives way depends on how much fits in the text size that there is."""
        roomy = self.width() >= self._theme.px(_ROOMY)
        self._legend.setVisible(roomy)
        self._import.set_bare(not roomy)
        self._import.setText(_IMPORT if roomy else "")
        self.filter.setMaximumWidth(self._theme.px(240))
        directions = QBoxLayout.Direction
        self._machine_row.setDirection(directions.LeftToRight if roomy else directions.TopToBottom)
        self._place_details()

    def _ask(self, model_id: str, verb: str) -> None:
        match verb:
            case "more":
                self.show_menu(model_id)
            case "details":
                self.selected.emit(model_id)
            case "next" | "previous":
                self._step(model_id, 1 if verb == "next" else -1)
            case _:
                self.wanted.emit(model_id, verb)

    def _step(self, model_id: str, step: int) -> None:
        order = [row.id for row in self._shown()]
        place = order.index(model_id) + step
        if 0 <= place < len(order):
            card = self._cards[order[place]]
            card.setFocus(Qt.FocusReason.TabFocusReason)
            self._area.ensureWidgetVisible(card)

    def _shown(self) -> list[ModelRow]:
        words = self.filter.text()
        return [row for row in (*self._here, *self._listed) if row.matches(words)]

    def _new_card(self, row: ModelRow) -> ModelsCard:
        card = ModelsCard(self._theme, row)
        card.wanted.connect(self._ask)
        card.chosen.connect(self.selected)
        return card

    def _drop_card(self, model_id: str) -> None:
        card = self._cards.pop(model_id)
        if model_id == self._open:
            self.close_details()
        card.hide()
        card.deleteLater()

    def _arrange_cards(self) -> None:
        shown = {row.id for row in self._shown()}
        for group, rows in ((self._here_column, self._here), (self._listed_column, self._listed)):
            for place, row in enumerate(rows):
                card = self._cards[row.id]
                if group.indexOf(card) != place:
                    group.insertWidget(place, card)
                card.setVisible(row.id in shown)
        self._nothing_here.setVisible(not self._here)
        words = self.filter.text().strip()
        self._no_hits.setVisible(bool(words) and not shown)
        self._no_hits.setText(f"No model matches “{words}”.")

    def _select(self) -> None:
        for model_id, card in self._cards.items():
            card.set_selected(model_id == self._open)

    def _choose_context(self, tokens: int) -> None:
        self._show_planned(tokens)
        self.context_chosen.emit(tokens)

    def _show_planned(self, tokens: int) -> None:
        self._planned.setText(f"Context, {tokens // 1000}k")

    def _place_details(self) -> None:
        beside = self.width() >= self._theme.px(_ROOM_FOR_BOTH)
        width = min(self._theme.px(WIDTH), self.width())
        self.details.setFixedWidth(width)
        if beside != self._beside:
            self._beside = beside
            if beside:
                self._row.addWidget(self._edge)
                self._row.addWidget(self.details)
            else:
                self._row.removeWidget(self._edge)
                self._row.removeWidget(self.details)
        shown = bool(self._open)
        self._edge.setVisible(shown)
        self.details.setVisible(shown)
        if not beside and shown:
            place = QRect(self.width() - width, 0, width, self.height())
            edge = QRect(place.left() - 1, 0, 1, self.height())
            for part, there in ((self._edge, edge), (self.details, place)):
                part.setGeometry(QStyle.visualRect(self.layoutDirection(), self.rect(), there))
            self._edge.raise_()
            self.details.raise_()

    def _lay_out(self) -> None:
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(0)
        self._list = QFrame()
        self._list.setProperty("surface", "sheet")
        column = QVBoxLayout(self._list)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._head())
        column.addWidget(hairline())
        column.addWidget(self._machine_line())
        column.addWidget(hairline())
        column.addWidget(self._notice_bar())
        self._area = QScrollArea()
        self._area.setAccessibleName("Models")
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self._area.setWidget(self._groups())
        column.addWidget(self._area, 1)
        self._row.addWidget(self._list, 1)
        self._edge = hairline(vertical=True)
        self._edge.setParent(self)
        self._edge.hide()
        self.details.setParent(self)

    def _head(self) -> QWidget:
        head = QWidget()
        self._theme.fix(head, height=_HEADER_HEIGHT)
        row = QHBoxLayout(head)
        row.setContentsMargins(_SIDE, 0, 12, 0)
        row.setSpacing(8)
        row.addWidget(Text(self._theme, "Models", "body_strong"))
        row.addStretch(1)
        row.addWidget(self.filter, 2)
        self._import = TextButton(self._theme, _IMPORT, "default", "folder")
        self._import.setAccessibleName("Import folder")
        self._import.setToolTip("Import a folder with a model")
        self._import.clicked.connect(self.import_wanted)
        row.addWidget(self._import)
        return head

    def _machine_line(self) -> QWidget:
        line = QWidget()
        line.setMinimumHeight(_MACHINE_HEIGHT)
        self._machine_row = row = QBoxLayout(QBoxLayout.Direction.LeftToRight, line)
        row.setContentsMargins(_SIDE, 12, _SIDE, 12)
        row.setSpacing(12)
        facts = QWidget()
        flow = FlowLayout(facts, gap=28)
        self._machine: list[tuple[Text, Text]] = []
        for _ in range(3):
            fact = QWidget()
            column = QVBoxLayout(fact)
            column.setContentsMargins(0, 0, 0, 0)
            column.setSpacing(0)
            name = Text(self._theme, "", "meta", "ink3")
            value = Text(self._theme, "", "body_medium")
            column.addWidget(name)
            column.addWidget(value)
            self._machine.append((name, value))
            flow.addWidget(fact)
        row.addWidget(facts, 1, Qt.AlignmentFlag.AlignVCenter)
        start = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeading
        row.addWidget(self.choice, 0, start)
        return line

    def _notice_bar(self) -> QWidget:
        self._notice = QFrame()
        self._notice.setProperty("surface", "wash")
        row = QHBoxLayout(self._notice)
        row.setContentsMargins(_SIDE, 8, 12, 8)
        row.setSpacing(8)
        row.addWidget(IconLabel(self._theme, "warning", "warn", 28), 0, Qt.AlignmentFlag.AlignTop)
        self._notice_text = WrappedText(self._theme, "", "body")
        row.addWidget(self._notice_text, 1)
        close = IconButton(self._theme, "close", "Close this message")
        close.clicked.connect(lambda: self.show_notice(""))
        row.addWidget(close, 0, Qt.AlignmentFlag.AlignTop)
        self._notice.hide()
        return self._notice

    def _groups(self) -> QWidget:
        groups = QFrame()
        groups.setProperty("surface", "sheet")
        column = QVBoxLayout(groups)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self._legend = self._make_legend()
        column.addWidget(self._group_head("On this computer", self._legend))
        column.addWidget(hairline())
        self._here_column = QVBoxLayout()
        self._here_column.setSpacing(0)
        column.addLayout(self._here_column)
        self._nothing_here = WrappedText(
            self._theme,
            "Only the small starter model so far. Download one from the list, or import a folder.",
            "body",
            "ink3",
        )
        self._nothing_here.setContentsMargins(_SIDE, 16, _SIDE, 16)
        column.addWidget(self._nothing_here)
        self._dated = Text(self._theme, "", "body", "ink3")
        column.addWidget(self._group_head("Catalogue", self._dated))
        column.addWidget(hairline())
        self._listed_column = QVBoxLayout()
        self._listed_column.setSpacing(0)
        column.addLayout(self._listed_column)
        self._no_hits = WrappedText(self._theme, "", "body", "ink3")
        self._no_hits.setContentsMargins(_SIDE, 16, _SIDE, 16)
        column.addWidget(self._no_hits)
        column.addStretch(1)
        return groups

    def _group_head(self, title: str, right: QWidget) -> QWidget:
        head = QWidget()
        self._theme.fix(head, height=_GROUP_HEIGHT)
        row = QHBoxLayout(head)
        row.setContentsMargins(_SIDE, 0, _SIDE, 0)
        row.addWidget(Text(self._theme, title, "body_strong"))
        row.addStretch(1)
        row.addWidget(right)
        return head

    def _make_legend(self) -> QWidget:
        legend = QWidget()
        row = QHBoxLayout(legend)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        for color, word in SHARES:
            if row.count():
                row.addSpacing(10)
            row.addWidget(Swatch(self._theme, color))
            label = self._planned if word == "Context" else Text(self._theme, word, "body", "ink2")
            row.addWidget(label)
        return legend
