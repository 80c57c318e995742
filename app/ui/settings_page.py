"""The settings: a page of groups with a search above. It shows values and says what is changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from app.ui.column import Column
from app.ui.parts import IconButton, Text, hairline
from app.ui.setting_controls import Control, Picker
from app.ui.setting_fields import GROUPS, Field, GroupName
from app.ui.setting_group import SettingGroup
from app.ui.setting_row import SettingRow, control_for
from app.ui.wrapped_text import WrappedText

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QResizeEvent

    from app.ui.setting_controls import Option
    from app.ui.theme import Theme

TITLE = "Settings"
_BACK = "Back to the conversation"
_SEARCH = "Search settings"
_CLEAR = "Clear the search"
_HEADER, _SEARCH_WIDTH, _GROUP_GAP = 48, 240, 28


class SettingsPage(QFrame):
    """`changed` carries the key of a setting and its new value; `left` asks to go back."""

    changed = Signal(str, object)
    left = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.setProperty("surface", "sheet")
        self.setAccessibleName(TITLE)
        self.back = IconButton(theme, "arrow-left", _BACK)
        self.back.clicked.connect(self.left)
        self.search = QLineEdit()
        self.search.setFont(theme.font("body"))
        self.search.setPlaceholderText(_SEARCH)
        self.search.setAccessibleName(_SEARCH)
        self.search.setClearButtonEnabled(True)
        theme.fix(self.search, width=_SEARCH_WIDTH)
        self.search.textChanged.connect(self._filter)
        for button in self.search.findChildren(QAbstractButton):
            button.setAccessibleName(_CLEAR)
        self._glass = QAction(_SEARCH, self)
        self.search.addAction(self._glass, QLineEdit.ActionPosition.LeadingPosition)
        theme.changed.connect(self._tint)
        self._tint()
        self._nothing = WrappedText(theme, "", "body", "ink2")
        self._nothing.hide()
        self.groups: dict[GroupName, SettingGroup] = {}
        self._controls: dict[str, Control] = {}
        self._column = Column()
        self._scroll = _Scroll(self._column)
        self._lay_out()
        self._fill()

    @property
    def panes(self) -> tuple[QWidget, ...]:
        """What the keyboard visits, in order."""
        return (self._head, self._scroll)

    def show_value(self, key: str, value: object) -> None:
        """Show what a setting is now."""
        self._controls[key].show_value(value)

    def set_options(self, key: str, options: Sequence[Option]) -> None:
        """Offer these choices in the menu of a setting."""
        control = self._controls[key]
        if isinstance(control, Picker):
            control.set_options(options)

    def add_section(self, group: GroupName, widget: QWidget, words: str) -> None:
        """Put something that is no plain field into a group, to be found by `words`."""
        self.groups[group].add(widget, words)
        self._filter(self.search.text())

    def go_to_group(self, group: GroupName) -> None:
        """Bring a group into sight."""
        self.search.clear()
        self._scroll.ensureWidgetVisible(self.groups[group].title, 0, 24)

    def event(self, event: QEvent) -> bool:
        """Esc is for this page, even where it is the key of an action as well."""
        if event.type() == QEvent.Type.ShortcutOverride and _is_escape(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc ends the search first, then leaves."""
        if not _is_escape(event):
            super().keyPressEvent(event)
        elif self.search.text():
            self.search.clear()
        else:
            self.left.emit()

    def _lay_out(self) -> None:
        self._head = QWidget()
        self._theme.fix(self._head, height=_HEADER - 1)
        row = QHBoxLayout(self._head)
        row.setContentsMargins(12, 0, 16, 0)
        row.setSpacing(8)
        row.addWidget(self.back)
        row.addWidget(Text(self._theme, TITLE, "body_strong"))
        row.addStretch(1)
        row.addWidget(self.search)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self._head)
        whole.addWidget(hairline())
        whole.addWidget(self._scroll, 1)

    def _fill(self) -> None:
        content = self._column.content
        content.setSpacing(_GROUP_GAP)
        content.addWidget(self._nothing)
        for declared in GROUPS:
            group = SettingGroup(self._theme, declared.title)
            self.groups[declared.name] = group
            content.addWidget(group)
            for field in declared.fields:
                self._add_field(group, field)
        content.addStretch(1)

    def _tint(self) -> None:
        self._glass.setIcon(self._theme.icon("search", "ink3"))

    def _add_field(self, group: SettingGroup, field: Field) -> None:
        control = control_for(self._theme, field)
        control.changed.connect(lambda value, key=field.key: self.changed.emit(key, value))
        self._controls[field.key] = control
        row = SettingRow(self._theme, field.name, field.hint, control)
        group.add(row, row.words)

    def _filter(self, text: str) -> None:
        found = [group.search(text) for group in self.groups.values()]
        self._nothing.setText("" if any(found) else f"Nothing found for ‘{text.strip()}’.")
        self._nothing.setVisible(not any(found))


class _Scroll(QScrollArea):
    """The column of groups, kept in the middle beside its scroll bar."""

    def __init__(self, column: Column) -> None:
        super().__init__()
        self._column = column
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(TITLE)
        self.setWidget(column)
        column.setAutoFillBackground(False)
        column.set_vertical_padding(24, 32)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Tell the column how wide the scroll bar is."""
        super().resizeEvent(event)
        self._column.set_right_reserve(self.width() - self.viewport().width())


def _is_escape(event: QEvent) -> bool:
    return isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape
