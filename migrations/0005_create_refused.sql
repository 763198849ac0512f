-- 0005_create_refused.sql
-- Why: what was refused for its size never becomes a case, and yet somebody wanted to tell us something: a person looks
-- at this list (invariant 3). One row for all attempts of one sender from one network, for mail systems try again and
-- attackers try often. The number of rows is bounded, in all and for each network, by who writes them.

CREATE TABLE refused (
    id          INTEGER PRIMARY KEY,
    network     TEXT NOT NULL,                        -- the client's /24 or /48
    sender      TEXT NOT NULL,                        -- the reverse-path; may be empty
    mailbox     TEXT NOT NULL,                        -- ours; empty when none was named yet
    client      TEXT NOT NULL,                        -- the last attempt's address
    size        INTEGER NOT NULL CHECK (size >= 0),   -- the largest
    attempts    INTEGER NOT NULL DEFAULT 1 CHECK (attempts >= 1),
    first_at    INTEGER NOT NULL,
    last_at     INTEGER NOT NULL,
    UNIQUE (network, sender, mailbox)
) STRICT;

CREATE INDEX refused_by_time ON refused (last_at);
CREATE INDEX refused_by_network ON refused (network, last_at);
