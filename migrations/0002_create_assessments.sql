-- 0002_create_assessments.sql
-- Why: what the octets tell. All of it can be recomputed from the stored message, so it may be dropped and made again.
-- Considered: columns for the parts of an assessment. Nothing asks for them but the one reader of the whole, so it is JSON.

CREATE TABLE assessments (
    message_id   INTEGER PRIMARY KEY REFERENCES messages (id),
    assessed_at  INTEGER NOT NULL,
    assessment   TEXT,                                -- NULL: the message could not be read
    failure      TEXT NOT NULL DEFAULT '',
    automatic    INTEGER NOT NULL CHECK (automatic IN (0, 1)),
    verdict      TEXT NOT NULL,
    indexed      INTEGER NOT NULL DEFAULT 0 CHECK (indexed IN (0, 1)),
    CHECK ((assessment IS NULL) = (failure != ''))
) STRICT;

CREATE INDEX assessments_to_index ON assessments (message_id) WHERE indexed = 0;

-- Hashes of the Message-IDs that a message has or refers to: who shares one may belong together, which is offered to a
-- person and never done by itself.
CREATE TABLE identifiers (
    hash        INTEGER NOT NULL,
    message_id  INTEGER NOT NULL REFERENCES messages (id),
    PRIMARY KEY (hash, message_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX identifiers_by_message ON identifiers (message_id);

-- rowid is the message's id. Contentless: the text is in the assessment already.
CREATE VIRTUAL TABLE search USING fts5 (
    subject, sender, text,
    content = '', tokenize = 'unicode61 remove_diacritics 2'
);
