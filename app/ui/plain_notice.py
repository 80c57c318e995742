"""A sentence where there is no window yet, in a box where no terminal has shown it."""

from __future__ import annotations

import sys

from PySide6.QtWidgets import QApplication, QMessageBox

# Platforms that draw for nobody.
_UNSEEN = ("offscreen", "minimal")


def show_notice(sentence: str) -> None:
    """Show `sentence` until it is closed, unless a terminal has shown it or nobody could see it."""
    if sys.stderr is not None and sys.stderr.isatty():
        return
    application = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(application, QApplication)
    if application.platformName() not in _UNSEEN:
        QMessageBox.warning(None, "Tanka", sentence)
