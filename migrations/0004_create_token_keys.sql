-- 0004_create_token_keys.sql
-- Why: a follow-up proves its case by a token that we signed (invariant 9). Keys rotate; an old one stays good for what
-- it signed until its id is needed again, 32 rotations later.

CREATE TABLE token_keys (
    id          INTEGER PRIMARY KEY CHECK (id BETWEEN 0 AND 31),
    generation  INTEGER NOT NULL UNIQUE,              -- the highest signs
    secret      BLOB NOT NULL CHECK (length(secret) = 32),
    created_at  INTEGER NOT NULL
) STRICT;
