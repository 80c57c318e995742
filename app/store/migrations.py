"""The database's schema, as the list of steps that made it. Append only: never change a step.

Version N is what the first N steps leave. `tests/app/store/versions` keeps a database of each.

Numbers. A turn's number is its conversation's number, shifted, plus its place in it: the turns of
one conversation lie together in the file, and a hit of the text search tells its conversation
without a second look. Place 0 is the title. Numbers are never used again (`AUTOINCREMENT`), since
the search knows texts by them alone.

The search tables hold no text of their own (`content=''`), only which words occur where
(`detail=none`): small, and quick for the two letters that half of all messages contain. What is put
in was folded by `app.store.words` before, which also finds the same words again in the lines that
are shown; the tokenizer has only to split at spaces.
"""

from __future__ import annotations

import sqlite3

PLACE_BITS = 20

_VERSION_1 = """
CREATE TABLE folder (
    id TEXT PRIMARY KEY NOT NULL,
    name TEXT NOT NULL,
    created REAL NOT NULL
) WITHOUT ROWID;

CREATE TABLE conversation (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    title TEXT NOT NULL,
    titled_by_person INTEGER NOT NULL,
    folder_id TEXT REFERENCES folder (id) ON DELETE SET NULL,
    pinned INTEGER NOT NULL,
    created REAL NOT NULL,
    changed REAL NOT NULL,
    deleted REAL,
    system_prompt TEXT NOT NULL,
    draft TEXT NOT NULL
);
CREATE INDEX conversation_changed ON conversation (changed);
CREATE INDEX conversation_folder ON conversation (folder_id);

CREATE TABLE turn (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    conversation INTEGER NOT NULL REFERENCES conversation (number) ON DELETE CASCADE,
    parent_id TEXT REFERENCES turn (id) DEFERRABLE INITIALLY DEFERRED,
    question TEXT NOT NULL,
    answer TEXT NOT NULL,
    reasoning TEXT NOT NULL,
    state TEXT NOT NULL,
    created REAL NOT NULL,
    figures TEXT NOT NULL,
    error TEXT,
    answer_indexed INTEGER NOT NULL
);
CREATE INDEX turn_conversation ON turn (conversation);
CREATE INDEX turn_parent ON turn (parent_id);
CREATE INDEX turn_running ON turn (state) WHERE state IN ('queued', 'reading', 'answering');

CREATE TABLE shown (
    conversation INTEGER NOT NULL REFERENCES conversation (number) ON DELETE CASCADE,
    place TEXT NOT NULL,
    turn_id TEXT NOT NULL REFERENCES turn (id) ON DELETE CASCADE,
    PRIMARY KEY (conversation, place)
) WITHOUT ROWID;
CREATE INDEX shown_turn ON shown (turn_id);

CREATE TABLE attachment_use (
    conversation INTEGER NOT NULL REFERENCES conversation (number) ON DELETE CASCADE,
    turn INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    PRIMARY KEY (conversation, turn, sha256)
) WITHOUT ROWID;
CREATE INDEX attachment_use_sha256 ON attachment_use (sha256);

CREATE TABLE document (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    sha256 TEXT NOT NULL UNIQUE
);

CREATE VIRTUAL TABLE message_words USING fts5 (
    words, content='', columnsize=0, detail=none, prefix='2 3', tokenize='ascii'
);
CREATE VIRTUAL TABLE document_words USING fts5 (
    words, content='', columnsize=0, detail=none, prefix='2 3', tokenize='ascii'
);
"""

# Further settings of a conversation, one JSON object: a new one of them needs no step of its own.
_VERSION_2 = """
ALTER TABLE conversation ADD COLUMN options TEXT NOT NULL DEFAULT '{}';
"""

MIGRATIONS: tuple[str, ...] = (_VERSION_1, _VERSION_2)
NEWEST = len(MIGRATIONS)


def migrate(connection: sqlite3.Connection) -> None:
    """Bring a database to the newest version, each step whole or not at all."""
    for version in range(version_of(connection), NEWEST):
        try:
            connection.execute("BEGIN IMMEDIATE")
            for statement in statements(MIGRATIONS[version]):
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {version + 1}")
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise


def version_of(connection: sqlite3.Connection) -> int:
    """The version that a database says it has; 0 for an empty file."""
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    return int(version)


def statements(script: str) -> list[str]:
    """The single statements of a script: `executescript` would end the transaction they are in."""
    found, rest = [], ""
    for line in script.splitlines(keepends=True):
        rest += line
        if sqlite3.complete_statement(rest):
            found.append(rest.strip())
            rest = ""
    return found
