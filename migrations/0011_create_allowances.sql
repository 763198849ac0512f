-- 0011_create_allowances.sql
-- Why: whom nobody can verify may still be somebody whom a person knows. What they say of an address or a domain is acted upon by
-- itself, so it ends by itself, and who said it stays on record: a row is never deleted, and changed only once, when it is ended.
-- Considered: an event of a case. It is about no case, and must be found by the reverse-path of mail that is still to come.

CREATE TABLE allowances (
    id          INTEGER PRIMARY KEY,
    whom        TEXT NOT NULL CHECK (whom != ''),     -- 'ann@example.net', or 'example.net' for every address in it; lower case
    who         TEXT NOT NULL,                        -- said so
    allowed_at  INTEGER NOT NULL,
    until       INTEGER NOT NULL,
    ended_at    INTEGER,                              -- NULL: nobody ended it, `until` does
    ended_by    TEXT,
    CHECK ((ended_at IS NULL) = (ended_by IS NULL))
) STRICT;

CREATE UNIQUE INDEX allowances_not_ended ON allowances (whom) WHERE ended_at IS NULL;
