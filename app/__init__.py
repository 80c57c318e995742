"""Tanka's window: Qt, and nothing of any model runtime."""

from app.none_reference import keep_none_alive

# Before anything of Qt is called, whoever imports the application and for whatever purpose.
keep_none_alive()
