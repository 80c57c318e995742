INSERT INTO folder VALUES ('folder-1', 'Rivers', 1700000000.0);
INSERT INTO conversation (
    number, id, title, titled_by_person, folder_id, pinned, created, changed, deleted,
    system_prompt, draft
) VALUES (
    1, 'conversation-1', 'Foam', 1, 'folder-1', 1, 1700000000.0, 1700000009.0, NULL,
    'Be brief.', '{"role": "user", "parts": [{"type": "text", "text": "half"}]}'
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
