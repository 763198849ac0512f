-- 0012_create_verifications.sql
-- Why: a copy that nobody has checked for months is no copy. `shieldctl doctor` says when the last check was, and what it found.
-- Considered: the log. It is rotated away, and a person's terminal remembers nothing.

CREATE TABLE verifications (
    id      INTEGER PRIMARY KEY,
    at      INTEGER NOT NULL,                         -- when it ended
    faults  INTEGER NOT NULL CHECK (faults >= 0)
) STRICT;
