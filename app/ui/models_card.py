"""A model as a row of the page: name, facts, what is under way, fit, and what can be done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QVBoxLayout, QWidget

from app.ui.badge import BadgeLabel
from app.ui.fit_bar import FitBar
from app.ui.flow_layout import FlowLayout
from app.ui.parts import ElidedText, IconButton, Text, TextButton, hairline
from app.ui.thin_bar import ThinBar
from app.ui.wrapped_text import WrappedText

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent, QMouseEvent, QPaintEvent, QResizeEvent

    from app.model_rows import FitView, ModelRow, Work
    from app.ui.theme import Theme

_FIT_WIDTH = 226
_DOING_WIDTH = 116
_RULE = 3
_HEIGHT = 93
_PROGRESS_WIDTH = 150
# Qt's own "as wide as there is room".
_ANY = 16_777_215
# Below it the columns stand below one another.
_LEAST = 560
# Below it the fit column gives way a little.
_ROOMY = 720
# Below it the bar of a download does.
_WIDE = 860
# What the main button says and asks for, by state.
_MAIN = {
    "paused": ("Resume", "download"),
    "failed": ("Try again", "download"),
    "corrupt": ("Try again", "download"),
    "no space": ("Try again", "download"),
    "ready": ("Use", "use"),
}
_CANCELS = frozenset(
    {"downloading", "waiting", "verifying", "paused", "failed", "corrupt", "no space"}
)


class ModelsCard(QFrame):
    """One model. `wanted` says what is asked for: its id and a verb."""

    wanted = Signal(str, str)
    chosen = Signal(str)

    def __init__(self, theme: Theme, row: ModelRow) -> None:
        super().__init__()
        self._theme = theme
        self.row = row
        self._selected = False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._name = Text(theme, "", "body_strong")
        self._name.setFont(theme.font("reading"))
        font = self._name.font()
        font.setWeight(theme.font("body_strong").weight())
        self._name.setFont(font)
        self._badges = QHBoxLayout()
        self._badges.setContentsMargins(0, 0, 0, 0)
        self._badges.setSpacing(6)
        self._before = Text(theme, "", "body", "ink3")
        self._licence = Text(theme, "", "body", "ink3")
        self._after = ElidedText(theme, "", "body", "ink3")
        self._bar = ThinBar(theme)
        self._work = WrappedText(theme, "", "meta", "ink2")
        self._headline = Text(theme, "", "body_medium")
        self._fit = FitBar(theme)
        self._caption = WrappedText(theme, "", "meta", "ink3")
        self._main = TextButton(theme, "", "default", compact=True)
        self._main.clicked.connect(self._ask_main)
        self._get = TextButton(theme, "Download", "default", "download", compact=True)
        self._get.clicked.connect(lambda: self.wanted.emit(self.row.id, "download"))
        self._pause = IconButton(theme, "pause", "Pause")
        self._pause.clicked.connect(lambda: self.wanted.emit(self.row.id, "pause"))
        self._cancel = IconButton(theme, "close", "Cancel")
        self._cancel.clicked.connect(lambda: self.wanted.emit(self.row.id, "discard"))
        self._more = IconButton(theme, "more", "More")
        self._more.clicked.connect(lambda: self.wanted.emit(self.row.id, "more"))
        self._lay_out()
        self.show_row(row)
        theme.changed.connect(self._fit_parts)

    @property
    def more_button(self) -> QWidget:
        """Where its menu opens."""
        return self._more

    def set_selected(self, selected: bool) -> None:
        """Whether its details are shown."""
        self._selected = selected
        self.setProperty("surface", "raised" if selected else "sheet")
        self.style().unpolish(self)
        self.style().polish(self)
        self.update()

    def show_row(self, row: ModelRow) -> None:
        """Show what is so now."""
        self.row = row
        self._name.setText(row.name)
        self._show_facts(row)
        self._show_work(row.work)
        self._show_fit(row.fit)
        self._show_buttons(row)
        parts = (row.name, *(b.text for b in row.badges), row.facts, row.fit.headline)
        work = row.work.text if row.work is not None else ""
        self.setAccessibleName(". ".join(part for part in (*parts, row.fit.caption, work) if part))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click shows the details."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.chosen.emit(self.row.id)
        super().mousePressEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Return and Space show the details; arrows go to the neighbour."""
        match event.key():
            case Qt.Key.Key_Return | Qt.Key.Key_Enter | Qt.Key.Key_Space:
                self.chosen.emit(self.row.id)
            case Qt.Key.Key_Down:
                self.wanted.emit(self.row.id, "next")
            case Qt.Key.Key_Up:
                self.wanted.emit(self.row.id, "previous")
            case Qt.Key.Key_Delete if self.row.here:
                self.wanted.emit(self.row.id, "remove")
            case _:
                super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where there is little room the facts keep it."""
        super().resizeEvent(event)
        self._fit_parts()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The selected one carries a rule at its beginning."""
        super().paintEvent(event)
        if not self._selected:
            return
        painter = QPainter(self)
        mirrored = self.layoutDirection() == Qt.LayoutDirection.RightToLeft
        left = self.width() - _RULE if mirrored else 0
        painter.fillRect(QRect(left, 0, _RULE, self.height()), self._theme.colors.accent)
        painter.end()

    def _fit_parts(self) -> None:
        """Side by side where that fits in the text size that there is, else below one another."""
        px, width = self._theme.px, self.width()
        self.setMinimumHeight(px(_HEIGHT))
        stacked = width < px(_LEAST)
        directions = QBoxLayout.Direction
        self._row.setDirection(directions.TopToBottom if stacked else directions.LeftToRight)
        beside = _FIT_WIDTH if width >= px(_ROOMY) else _FIT_WIDTH - 46
        self._fit_column.setMinimumWidth(0 if stacked else px(beside))
        self._fit_column.setMaximumWidth(_ANY if stacked else px(beside))
        self._doing.setMinimumWidth(0 if stacked else px(_DOING_WIDTH))
        self._doing.setMaximumWidth(_ANY if stacked else px(_DOING_WIDTH))
        bar = _PROGRESS_WIDTH if width >= px(_WIDE) else _PROGRESS_WIDTH - 40
        self._bar.setFixedSize(px(bar), px(4))
        self.update()

    def _lay_out(self) -> None:
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        self._row = row = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        row.setContentsMargins(24, 14, 16, 14)
        row.setSpacing(16)
        row.addLayout(self._left(), 1)
        self._fit_column = self._middle()
        row.addWidget(self._fit_column)
        self._doing = self._right()
        row.addWidget(self._doing)
        outer.addLayout(row, 1)
        outer.addWidget(hairline())

    def _left(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(2)
        column.addStretch(1)
        head = FlowLayout(gap=8)
        head.addWidget(self._name)
        badges = QWidget()
        badges.setLayout(self._badges)
        head.addWidget(badges)
        column.addLayout(head)
        facts = QHBoxLayout()
        facts.setSpacing(4)
        # Between words of any direction a dot must stand by itself.
        self._dots = tuple(Text(self._theme, "·", "body", "ink3") for _ in range(2))
        facts.addWidget(self._before)
        facts.addWidget(self._dots[0])
        facts.addWidget(self._licence)
        facts.addWidget(self._dots[1])
        facts.addWidget(self._after, 1)
        column.addLayout(facts)
        self._work_row = QWidget()
        work = QHBoxLayout(self._work_row)
        work.setContentsMargins(0, 2, 0, 0)
        work.setSpacing(8)
        work.addWidget(self._bar)
        work.addWidget(self._work, 1)
        column.addWidget(self._work_row)
        column.addStretch(1)
        return column

    def _middle(self) -> QWidget:
        middle = QWidget()
        column = QVBoxLayout(middle)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addStretch(1)
        column.addWidget(self._headline)
        column.addWidget(self._fit)
        column.addWidget(self._caption)
        column.addStretch(1)
        return middle

    def _right(self) -> QWidget:
        right = QWidget()
        row = QHBoxLayout(right)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        row.addStretch(1)
        for button in (self._get, self._main, self._pause, self._cancel, self._more):
            row.addWidget(button)
        return right

    def _show_facts(self, row: ModelRow) -> None:
        while (item := self._badges.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.deleteLater()
        for badge in row.badges:
            icon = "check" if badge.kind == "accent" else ""
            self._badges.addWidget(BadgeLabel(self._theme, badge.text, badge.kind, icon=icon))
        self._before.setText(row.before)
        self._dots[0].setVisible(bool(row.before))
        self._dots[1].setVisible(bool(row.after))
        self._licence.setText(row.licence)
        _set_ink(self._licence, "ink3" if row.licence_known else "warn")
        self._after.set_full(row.after)

    def _show_work(self, work: Work | None) -> None:
        self._work_row.setVisible(work is not None)
        if work is None:
            return
        self._bar.setVisible(work.share is not None)
        if work.share is not None:
            self._bar.set_share(work.share, work.text, work.ink)
        self._work.setText(work.text)
        _set_ink(self._work, "ink2" if work.ink == "accent" else work.ink)

    def _show_fit(self, fit: FitView) -> None:
        self._headline.setText(fit.headline)
        _set_ink(self._headline, fit.ink)
        self._fit.show_fit(fit)
        self._caption.setText(fit.caption)

    def _show_buttons(self, row: ModelRow) -> None:
        on_its_way = not row.here
        main = _MAIN.get(row.state)
        if row.here and row.state != "ready":
            main = None
        self._get.setVisible(row.state == "listed")
        self._get.setAccessibleName(f"Download {row.name}")
        self._main.setVisible(main is not None)
        if main is not None:
            text, self._verb = main
            self._main.setText(text)
            self._main.setAccessibleName(f"{text}: {row.name}")
        self._pause.setVisible(on_its_way and row.state in ("downloading", "waiting"))
        self._cancel.setVisible(on_its_way and row.state in _CANCELS)
        self._cancel.rename(f"Give up the download of {row.name}")
        self._pause.rename(f"Pause the download of {row.name}")
        self._more.setVisible(row.here)
        self._more.rename(f"More for {row.name}", "More")

    def _ask_main(self) -> None:
        self.wanted.emit(self.row.id, self._verb)


def _set_ink(label: QWidget, ink: str) -> None:
    if label.property("ink") == ink:
        return
    label.setProperty("ink", ink)
    label.style().unpolish(label)
    label.style().polish(label)
