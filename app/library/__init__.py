"""What the window knows of the store: rows for the sidebar, conversations to go on with.

Everything is asked for in the GUI thread and done on threads of its own; nothing here waits.
"""

from app.library.exchange import Exchange
from app.library.library import Library, TakenUp
from app.library.search import LibrarySearch
from app.library.store_thread import StoreThread

__all__ = ["Exchange", "Library", "LibrarySearch", "StoreThread", "TakenUp"]
