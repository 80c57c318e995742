"""The style sheet: what the tokens look like on Qt's own widgets.

It sets colours, borders and paddings only; fonts are set on widgets, since a font in a style sheet
would lose the tabular figures. Properties that widgets may set:

- `kind` on buttons: primary, default, danger, quiet, toggle, subtle, icon, rail, point, link, fold,
  page, cell, remove, segment, mark
- `on` on icon buttons: row, where the ground is a wash already
- `kind` on fields: inline, for a field that lies over the text that it changes
- `compact` on buttons: true for the 28 px height
- `ink` on labels: the name of a text colour token
- `surface` on frames and widgets: bg, sheet, raised, wash, line, card, segments

Heights and widths written here are those at the usual text size; they grow and shrink with it.
"""

from __future__ import annotations

import re
from dataclasses import fields
from string import Template
from typing import TYPE_CHECKING

from app.ui import scaling
from app.ui.tokens import Colors

if TYPE_CHECKING:
    from collections.abc import Iterator

_TEMPLATE = Template("""
* { outline: none; }
QMainWindow, QDialog { background: $sheet; color: $ink; }
QMainWindow::separator { width: 0; height: 0; }

[surface="bg"] { background: $bg; }
[surface="sheet"] { background: $sheet; }
[surface="raised"] { background: $raised; }
[surface="wash"] { background: $wash; }
[surface="line"] { background: $line; }
[floating="right"] { border-right: 1px solid $edge; }
[floating="left"] { border-left: 1px solid $edge; }
[surface="card"] { background: $raised; border: 1px solid $line; border-radius: 8px; }

$label_inks
QLabel { background: transparent; }

QPushButton {
  background: $raised; color: $ink; border: 1px solid $edge; border-radius: 6px;
  padding: 0 12px; min-height: 30px;
}
QPushButton[compact="true"] { min-height: 26px; padding: 0 10px; }
QPushButton[bare="true"] { min-width: 28px; max-width: 28px; padding: 0; }
QPushButton:hover { background: $wash; }
QPushButton:pressed { background: $wash; border-color: $ink2; }
QPushButton:disabled { color: $ink3; border-color: $line; background: transparent; }

QPushButton[kind="primary"] { background: $accent; color: $on_accent; border-color: $accent; }
QPushButton[kind="primary"]:hover, QPushButton[kind="primary"]:pressed {
  background: $accent_hi; border-color: $accent_hi;
}
QPushButton[kind="primary"]:disabled { background: $wash; color: $ink3; border-color: $line; }
QPushButton[kind="danger"] { color: $danger; border-color: $danger; }
QPushButton[kind="danger"]:hover, QPushButton[kind="danger"]:pressed { background: $danger_wash; }
QPushButton[kind="danger"]:disabled { color: $ink3; border-color: $line; }
QPushButton[kind="quiet"] { background: transparent; color: $ink2; border-color: transparent; }
QPushButton[kind="quiet"]:hover, QPushButton[kind="quiet"]:pressed,
QPushButton[kind="quiet"]:checked { background: $wash; }
QPushButton[kind="toggle"] { background: transparent; color: $ink2; border-color: transparent; }
QPushButton[kind="toggle"]:hover, QPushButton[kind="toggle"]:pressed { background: $wash; }
QPushButton[kind="toggle"]:checked { background: $wash; color: $ink; border-color: $edge; }
QPushButton[kind="subtle"] { background: transparent; color: $ink2; border-color: $line; }
QPushButton[kind="subtle"]:hover, QPushButton[kind="subtle"]:pressed { background: $wash; }
QPushButton[kind="page"] {
  background: transparent; color: $ink2; border: none; text-align: left; padding: 0 8px;
  min-height: 32px;
}
QPushButton[kind="page"]:hover, QPushButton[kind="page"]:pressed { background: $wash; }
QPushButton[kind="page"]:checked { background: $wash; color: $ink; }
QPushButton[kind="link"] {
  background: transparent; color: $accent; border: none; padding: 0; min-height: 20px;
}
QPushButton[kind="link"]:hover { color: $accent_hi; text-decoration: underline; }
QPushButton[kind="fold"] {
  background: transparent; color: $ink3; border: none; border-radius: 4px; padding: 0 4px 0 0;
  min-height: 20px;
}
QPushButton[kind="fold"]:hover { background: $wash; color: $ink2; }
QPushButton::menu-indicator { image: none; width: 0; }

QPushButton[kind="icon"], QToolButton[kind="icon"] {
  background: transparent; border: none; border-radius: 6px; padding: 0;
  min-width: 28px; max-width: 28px; min-height: 28px; max-height: 28px;
}
QPushButton[kind="icon"]:hover, QToolButton[kind="icon"]:hover,
QPushButton[kind="icon"]:pressed, QToolButton[kind="icon"]:pressed,
QPushButton[kind="icon"]:checked, QToolButton[kind="icon"]:checked { background: $wash; }
QPushButton[kind="icon"]:disabled, QToolButton[kind="icon"]:disabled { background: transparent; }

QPushButton[on="row"]:hover, QPushButton[on="row"]:pressed { background: $line; }

QPushButton[kind="rail"] {
  background: transparent; border: none; border-radius: 6px; padding: 0;
  min-width: 36px; max-width: 36px; min-height: 36px; max-height: 36px;
}
QPushButton[kind="rail"]:hover, QPushButton[kind="rail"]:pressed { background: $wash; }

QPushButton[kind="cell"] {
  background: transparent; border: none; border-radius: 4px; padding: 0; min-height: 20px;
}

QPushButton[kind="remove"] { background: transparent; color: $danger; border: none; }
QPushButton[kind="remove"]:hover, QPushButton[kind="remove"]:pressed { background: $danger_wash; }
QPushButton[kind="segment"] {
  background: transparent; color: $ink2; border: none; border-radius: 0; padding: 0 13px;
  min-height: 26px;
}
QPushButton[kind="segment"]:hover { background: $wash; }
QPushButton[kind="segment"]:checked { background: $accent; color: $on_accent; }
QPushButton[kind="mark"] {
  background: transparent; border: none; padding: 0;
  min-width: 20px; max-width: 20px; min-height: 20px; max-height: 20px;
}
[surface="segments"] { background: $raised; border: 1px solid $edge; border-radius: 6px; }
QPushButton[kind="point"] { background: transparent; border: none; border-radius: 6px; padding: 0; }
#popover { background: $raised; border: 1px solid $edge; }
#palette { background: $raised; border: 1px solid $edge; border-radius: 8px; }

QMenuBar { background: $bg; color: $ink2; border-bottom: 1px solid $line; padding: 2px 8px; }
QMenuBar::item { background: transparent; padding: 4px 8px; border-radius: 4px; }
QMenuBar::item:selected, QMenuBar::item:pressed { background: $wash; color: $ink; }
QMenu { background: $raised; color: $ink; border: 1px solid $edge; padding: 4px; }
QMenu::item { padding: 6px 24px 6px 12px; border-radius: 4px; min-height: 20px; }
QMenu::item:selected { background: $wash; }
QMenu::item:disabled { color: $ink3; }
QMenu::icon { padding-left: 8px; }
QMenu::indicator { width: 16px; height: 16px; padding-left: 6px; }
QMenu::separator { height: 1px; background: $line; margin: 4px 8px; }
QToolTip { background: $raised; color: $ink; border: 1px solid $edge; padding: 4px 6px; }

QLineEdit {
  background: $raised; color: $ink; border: 1px solid $edge; border-radius: 6px;
  padding: 0 8px; min-height: 30px; placeholder-text-color: $ink3;
}
QLineEdit:focus { border-color: $accent; }
QLineEdit[kind="inline"] { padding: 0 5px; }
#paletteField { background: transparent; border: none; padding: 0; min-height: 42px; }
QAbstractSpinBox {
  background: $raised; color: $ink; border: 1px solid $edge; border-radius: 6px;
  padding: 0 8px; min-height: 30px; min-width: 72px;
}
QAbstractSpinBox:focus { border-color: $accent; }
QAbstractSpinBox:disabled { color: $ink3; border-color: $line; }
QAbstractSpinBox QLineEdit { background: transparent; border: none; padding: 0; min-height: 0; }
QLineEdit, QPlainTextEdit { placeholder-text-color: $ink3; }
QPlainTextEdit[kind="field"] {
  background: $raised; color: $ink; border: 1px solid $edge; border-radius: 6px; padding: 6px 8px;
}
QPlainTextEdit[kind="field"]:focus { border-color: $accent; }
QListWidget[kind="list"] {
  background: $raised; color: $ink; border: 1px solid $edge; border-radius: 6px; padding: 4px;
}
QListWidget[kind="list"]::item { border-radius: 4px; padding: 0 6px; min-height: 28px; }
QListWidget[kind="list"]::item:selected { background: $accent_wash; color: $ink; }
QTextEdit, QPlainTextEdit, QTextBrowser { background: transparent; border: none; color: $ink; }
QAbstractScrollArea { background: transparent; border: none; }

QScrollBar:vertical { background: transparent; width: 12px; margin: 0; border: none; }
QScrollBar:horizontal { background: transparent; height: 12px; margin: 0; border: none; }
QScrollBar::handle { background: $line; border-radius: 3px; }
QScrollBar::handle:vertical { min-height: 32px; margin: 2px 3px; }
QScrollBar::handle:horizontal { min-width: 32px; margin: 3px 2px; }
QScrollBar::handle:hover, QScrollBar::handle:pressed { background: $edge; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; border: none; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }

QSplitter::handle { background: $line; }
QHeaderView::section {
  background: $sheet; color: $ink3; border: none; border-bottom: 1px solid $line; padding: 4px 6px;
}
QTableView { selection-background-color: $accent_wash; selection-color: $ink; color: $ink; }
QTableView::item { padding: 0 3px; border-bottom: 1px solid $line; }
QTableView::item:selected { background: $accent_wash; color: $ink; }
QDialogButtonBox { dialogbuttonbox-buttons-have-icons: 0; }
""")


# Where contrast is strong, a wash alone is too little to be seen.
_STRONG_TEMPLATE = Template("""
[surface="wash"] { border: 1px solid $edge; }
QPushButton:hover, QPushButton:pressed, QPushButton[kind="quiet"]:hover,
QPushButton[kind="quiet"]:checked, QPushButton[kind="subtle"]:hover,
QPushButton[kind="icon"]:hover, QToolButton[kind="icon"]:hover,
QPushButton[kind="icon"]:checked, QToolButton[kind="icon"]:checked,
QPushButton[kind="rail"]:hover { border: 1px solid $edge; }
QMenu::item { border: 1px solid transparent; }
QMenu::item:selected, QMenuBar::item:selected { border: 1px solid $edge; }
""")
# Lengths that hold text; paddings, borders and radii stay as they are.
_GROWS = re.compile(r"\b((?:min|max)-(?:height|width): )(\d+)px")


def stylesheet(colors: Colors, percent: int = scaling.USUAL, *, high_contrast: bool = False) -> str:
    """The application's style sheet in `colors`, for text at `percent` of its usual size."""
    names = {field.name: getattr(colors, field.name).name() for field in fields(Colors)}
    sheet = _TEMPLATE.substitute(names, label_inks="\n".join(_label_inks(colors)))
    if high_contrast:
        sheet += _STRONG_TEMPLATE.substitute(names)
    return _GROWS.sub(lambda m: f"{m[1]}{scaling.scaled(int(m[2]), percent)}px", sheet)


def _label_inks(colors: Colors) -> Iterator[str]:
    for field in fields(Colors):
        color = getattr(colors, field.name).name()
        yield f'QLabel[ink="{field.name}"] {{ color: {color}; }}'
