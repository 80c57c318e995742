"""The store of conversations: one SQLite file and a folder of attachments. Knows no window.

`open_store` is the way in. Everything may be called from any thread.
"""

from app.store.erasing import erase_store
from app.store.errors import (
    DamagedDatabase,
    DiskFull,
    LockedDatabase,
    LostAttachment,
    NewerDatabase,
    NotImportable,
    NotStored,
    NotWritable,
    StoreError,
)
from app.store.groups import Group, group_rows
from app.store.records import (
    Conversation,
    ConversationRow,
    Folder,
    LostPart,
    Turn,
    TurnError,
)
from app.store.recovery import Recovered, recover, set_aside_files
from app.store.search import Hit, Search
from app.store.store import Opened, Store, open_store
from app.turn_tree import Siblings, choose, shown_path, siblings

__all__ = [
    "Conversation",
    "ConversationRow",
    "DamagedDatabase",
    "DiskFull",
    "Folder",
    "Group",
    "Hit",
    "LockedDatabase",
    "LostAttachment",
    "LostPart",
    "NewerDatabase",
    "NotImportable",
    "NotStored",
    "NotWritable",
    "Opened",
    "Recovered",
    "Search",
    "Siblings",
    "Store",
    "StoreError",
    "Turn",
    "TurnError",
    "choose",
    "erase_store",
    "group_rows",
    "open_store",
    "recover",
    "set_aside_files",
    "shown_path",
    "siblings",
]
