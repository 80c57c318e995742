"""Conversations out of the store as files, and files into the store."""

from app.store.exchange.bundle import Bundle
from app.store.exchange.importing import import_bundle, read_bundle
from app.store.exchange.json_format import write_json
from app.store.exchange.markdown import write_markdown
from app.store.exchange.web_page import write_html

__all__ = [
    "Bundle",
    "import_bundle",
    "read_bundle",
    "write_html",
    "write_json",
    "write_markdown",
]
