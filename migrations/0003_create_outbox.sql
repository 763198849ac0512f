-- 0003_create_outbox.sql
-- Why: after a crash we must tell "never tried" from "tried, outcome unknown". An attempt's row is inserted before the
-- first octet is sent and marked again before the final dot, so an attempt found past the second mark is `unknown` and
-- a person decides (invariant 4).
-- Considered: a counter on outbox. It cannot express "unknown".

CREATE TABLE outbox (
    id               INTEGER PRIMARY KEY,
    message_id       INTEGER NOT NULL REFERENCES messages (id),    -- which it answers
    automatic        INTEGER NOT NULL CHECK (automatic IN (0, 1)),
    sender           TEXT NOT NULL,
    recipient        TEXT NOT NULL CHECK (recipient != ''),
    mail_message_id  TEXT NOT NULL,
    octets           BLOB NOT NULL,
    text             TEXT NOT NULL,
    who              TEXT NOT NULL,
    created_at       INTEGER NOT NULL,
    give_up_at       INTEGER NOT NULL,
    state            TEXT NOT NULL DEFAULT 'queued' CHECK (state = 'queued' OR state = 'sent' OR state = 'failed' OR state = 'unknown'),
    due_at           INTEGER NOT NULL,                -- while leased: when the lease ends
    attempts         INTEGER NOT NULL DEFAULT 0,
    -- For the caps on acknowledgements: the reverse-path without its suffix, its domain and the client's network.
    granted_sender   TEXT,
    granted_domain   TEXT,
    granted_network  TEXT,
    CHECK ((automatic = 1) = (granted_sender IS NOT NULL))
) STRICT;

-- Invariant 4 as an index: at most one acknowledgement a message.
CREATE UNIQUE INDEX outbox_one_acknowledgement ON outbox (message_id) WHERE automatic = 1;
CREATE INDEX outbox_by_message ON outbox (message_id);
CREATE INDEX outbox_due ON outbox (due_at) WHERE state = 'queued';
CREATE INDEX outbox_granted_sender ON outbox (granted_sender, created_at) WHERE automatic = 1;
CREATE INDEX outbox_granted_domain ON outbox (granted_domain, created_at) WHERE automatic = 1;
CREATE INDEX outbox_granted_network ON outbox (granted_network, created_at) WHERE automatic = 1;
CREATE INDEX outbox_granted ON outbox (created_at) WHERE automatic = 1;

CREATE TABLE attempts (
    id             INTEGER PRIMARY KEY,
    outbox_id      INTEGER NOT NULL REFERENCES outbox (id),
    owner          INTEGER NOT NULL,
    started_at     INTEGER NOT NULL,
    committing_at  INTEGER,                           -- written after 354 and before the final dot
    ended_at       INTEGER,                           -- NULL: under way, or its process is gone
    outcome        TEXT CHECK (outcome IN ('sent', 'deferred', 'failed', 'unknown')),
    reply          TEXT NOT NULL DEFAULT '',          -- the peer's words, cut to peer_reply_kept_max
    CHECK ((ended_at IS NULL) = (outcome IS NULL))
) STRICT;

CREATE INDEX attempts_by_outbox ON attempts (outbox_id, id);
CREATE INDEX attempts_under_way ON attempts (id) WHERE ended_at IS NULL;
