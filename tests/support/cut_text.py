"""Finds words that do not fit where they stand, and parts that reach beyond the window."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton, QWidget

from app.ui.parts import ElidedText
from app.ui.wrapped_text import WrappedText


def cut(root: QWidget) -> list[str]:
    """Everything below `root` whose words do not fit where they stand."""
    found = []
    for widget in root.findChildren(QWidget):
        if not widget.isVisible() or isinstance(widget, ElidedText):
            continue
        if isinstance(widget, WrappedText):
            needed_height = widget.heightForWidth(widget.width())
            longest = max(widget.text().split(), key=len, default="")
            needed = widget.fontMetrics().horizontalAdvance(longest)
        elif isinstance(widget, QLabel | QPushButton | QLineEdit):
            if not widget.text():
                continue
            hint = widget.minimumSizeHint() if isinstance(widget, QLineEdit) else widget.sizeHint()
            needed, needed_height = hint.width(), hint.height()
        else:
            continue
        if widget.width() < needed or widget.height() < needed_height:
            found.append(f"{type(widget).__name__} {widget.text()!r}: {widget.size()} {needed}")
    return found


def outside(root: QWidget) -> list[str]:
    """Everything that reaches beyond the window's sides; downwards one can scroll."""
    return [
        f"{type(widget).__name__} {widget.accessibleName()!r}"
        for widget in root.findChildren(QWidget)
        if widget.isVisible()
        and widget.window() is root
        and widget.width() > 0
        and (
            widget.mapTo(root, widget.rect().topLeft()).x() < 0
            or widget.mapTo(root, widget.rect().topRight()).x() >= root.width()
        )
    ]
