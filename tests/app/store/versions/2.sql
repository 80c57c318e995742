-- A whole database of version 2, as that version made it. Never change this file.
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
, options TEXT NOT NULL DEFAULT '{}');
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

INSERT INTO folder VALUES ('folder-1', 'Rivers', 1700000000.0);
INSERT INTO conversation (
    number, id, title, titled_by_person, folder_id, pinned, created, changed, deleted,
    system_prompt, draft, options
) VALUES (
    1, 'conversation-1', 'Foam', 1, 'folder-1', 1, 1700000000.0, 1700000009.0, NULL,
    'Be brief.', '{"role": "user", "parts": [{"type": "text", "text": "half"}]}',
    '{"thinking": false}'
);
INSERT INTO turn VALUES (
    1048577, 'turn-1', 1, NULL,
    '{"role": "user", "parts": [{"type": "text", "text": "Why does it foam?"}]}',
    'Proteins.', '', 'done', 1700000001.0, '{"usage": {"prompt_tokens": 40}}', NULL, 1
);
INSERT INTO turn VALUES (
    1048578, 'turn-2', 1, 'turn-1',
    '{"role": "user", "parts": [{"type": "text", "text": "And in autumn?"}]}',
    'Leaves.', '', 'failed', 1700000002.0, '{}', '["OutOfMemory", "It ran out.", ""]', 1
);
INSERT INTO shown VALUES (1, '', 'turn-1');
INSERT INTO message_words (rowid, words) VALUES (1048576, 'foam');
INSERT INTO message_words (rowid, words) VALUES (1048577, 'why does it foam proteins');
INSERT INTO message_words (rowid, words) VALUES (1048578, 'and in autumn leaves');
PRAGMA user_version = 2;
