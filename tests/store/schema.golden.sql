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

CREATE TABLE assessment_work (
    message_id   INTEGER PRIMARY KEY REFERENCES messages (id),
    attempts     INTEGER NOT NULL DEFAULT 0,
    owner        INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE assessments (
    message_id   INTEGER PRIMARY KEY REFERENCES messages (id),
    assessed_at  INTEGER NOT NULL,
    assessment   TEXT,                                -- NULL: the message could not be read
    failure      TEXT NOT NULL DEFAULT '',
    automatic    INTEGER NOT NULL CHECK (automatic IN (0, 1)),
    indexed      INTEGER NOT NULL DEFAULT 0 CHECK (indexed IN (0, 1)),
    CHECK ((assessment IS NULL) = (failure != ''))
) STRICT;

CREATE INDEX assessments_to_index ON assessments (message_id) WHERE indexed = 0;

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

CREATE TABLE authentication_work (
    message_id  INTEGER PRIMARY KEY REFERENCES messages (id),
    decides     INTEGER NOT NULL CHECK (decides IN (0, 1)),      -- its acknowledgement waits for it
    due_at      INTEGER NOT NULL,
    attempts    INTEGER NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    postponed   INTEGER NOT NULL DEFAULT 0 CHECK (postponed >= 0),  -- attempts that ended without an answer
    owner       INTEGER NOT NULL DEFAULT 0,                      -- which process is at it; 0 none
    signatures  BLOB NOT NULL                                    -- what the reader of its octets found signed
) STRICT;

CREATE TABLE authentications (
    message_id        INTEGER PRIMARY KEY REFERENCES messages (id),
    authenticated_at  INTEGER NOT NULL,
    verdict           TEXT NOT NULL                              -- JSON
) STRICT;

CREATE TABLE cases (
    id                INTEGER PRIMARY KEY,            -- of its first message, whose reference is the case's name
    category          TEXT NOT NULL CHECK (category = 'attack' OR category = 'urgent' OR category = 'support'),
    category_by       TEXT NOT NULL DEFAULT 'machine' CHECK (category_by IN ('machine', 'person')),
    state             TEXT NOT NULL DEFAULT 'new'
                      CHECK (state = 'new' OR state = 'triaged' OR state = 'in_progress' OR state = 'waiting'
                             OR state = 'closed'),
    code              TEXT CHECK (code IS NULL OR code IN ('resolved', 'fixed', 'contained', 'duplicate', 'not_applicable',
                                           'out_of_scope', 'informative', 'handed_over', 'no_answer', 'spam', 'test')),
    duplicate_of      INTEGER CHECK (duplicate_of BETWEEN 0 AND 1099511627775),
    mailbox           TEXT NOT NULL,
    sender            TEXT NOT NULL,                  -- From as shown, or the reverse-path while not assessed
    subject           TEXT NOT NULL DEFAULT '',
    received_at       INTEGER NOT NULL,               -- Unix milliseconds, UTC, here and everywhere
    updated_at        INTEGER NOT NULL,
    due_at            INTEGER,                        -- the clock runs: unanswered. NULL: it stands still
    answered_at       INTEGER,                        -- the last reply of a person
    first_answered_at INTEGER,
    assignee          TEXT NOT NULL DEFAULT '',
    message_count     INTEGER NOT NULL DEFAULT 1 CHECK (message_count >= 0),
    flags             TEXT NOT NULL DEFAULT '[]',     -- a JSON array of words
    folded            INTEGER NOT NULL DEFAULT 0 CHECK (folded IN (0, 1)),              -- away from the queue: spam
    unreadable        INTEGER NOT NULL DEFAULT 0 CHECK (unreadable IN (0, 1)),
    held              INTEGER NOT NULL DEFAULT 0 CHECK (held IN (0, 1)),                -- the first acknowledgement is
    joined_into       INTEGER REFERENCES cases (id),  -- an emptied case is only a name for another one

    list      TEXT GENERATED ALWAYS AS (CASE WHEN joined_into IS NOT NULL THEN 'joined' WHEN state = 'closed' THEN 'closed'
                                             WHEN folded = 1 THEN 'folded' ELSE 'open' END) VIRTUAL,
    rank      INTEGER GENERATED ALWAYS AS (CASE WHEN category = 'attack' AND due_at IS NOT NULL THEN 0
                                                WHEN category = 'attack' THEN 1
                                                WHEN category = 'urgent' THEN 2 ELSE 3 END) VIRTUAL,
    due_order INTEGER GENERATED ALWAYS AS (ifnull(due_at, 9223372036854775807)) VIRTUAL, campaign INTEGER, resembles INTEGER, muted_until INTEGER,
    CHECK (code IS NULL OR state = 'closed')
) STRICT;

CREATE INDEX cases_answered ON cases (first_answered_at) WHERE first_answered_at IS NOT NULL;

CREATE INDEX cases_by_pressure ON cases (list, state, rank, due_order, id);

CREATE INDEX cases_closed ON cases (category, updated_at) WHERE state = 'closed';

CREATE INDEX cases_for_campaigns ON cases (id) WHERE campaign = id;

CREATE INDEX cases_held ON cases (list, state, rank, due_order, id) WHERE held = 1;

CREATE INDEX cases_joined ON cases (joined_into) WHERE joined_into IS NOT NULL;

CREATE INDEX cases_muted ON cases (muted_until) WHERE muted_until IS NOT NULL;

CREATE INDEX cases_of_campaigns ON cases (campaign, id) WHERE campaign IS NOT NULL;

CREATE TABLE counts (
    key  TEXT PRIMARY KEY,
    n    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE events (
    id          INTEGER PRIMARY KEY,
    case_id     INTEGER NOT NULL REFERENCES cases (id),
    message_id  INTEGER REFERENCES messages (id),
    at          INTEGER NOT NULL,
    who         TEXT NOT NULL,
    kind        TEXT NOT NULL CHECK (kind != ''),
    word        TEXT NOT NULL DEFAULT '',
    detail      TEXT NOT NULL DEFAULT ''
) STRICT;

CREATE TRIGGER events_are_not_deleted BEFORE DELETE ON events BEGIN
    SELECT RAISE(ABORT, 'events are append-only');
END;

CREATE TRIGGER events_are_not_edited BEFORE UPDATE ON events BEGIN
    SELECT RAISE(ABORT, 'events are append-only');
END;

CREATE INDEX events_by_case ON events (case_id, id);

CREATE TABLE gathering_work (
    message_id  INTEGER PRIMARY KEY REFERENCES messages (id),
    act         TEXT NOT NULL DEFAULT 'place'      -- again: more is known of its sender than when it was placed
                CHECK (act = 'place' OR act = 'again' OR act = 'forget' OR act = 'forget_campaign')
) STRICT;

CREATE TABLE identifiers (
    hash        INTEGER NOT NULL,
    message_id  INTEGER NOT NULL REFERENCES messages (id),
    PRIMARY KEY (hash, message_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX identifiers_by_message ON identifiers (message_id);

CREATE TABLE known_networks (
    network      INTEGER PRIMARY KEY,                 -- core::network_key() of a /24 or /48
    verified_at  INTEGER NOT NULL
) STRICT;

CREATE TABLE messages (
    id              INTEGER PRIMARY KEY CHECK (id BETWEEN 1 AND 140737488355327),       -- 47 bits: see octets.id
    reference       INTEGER NOT NULL CHECK (reference BETWEEN 0 AND 1099511627775),     -- unique by reference_runs
    case_id         INTEGER NOT NULL REFERENCES cases (id),
    kind            TEXT NOT NULL CHECK (kind = 'first' OR kind = 'follow_up' OR kind = 'repeat'),
    received_at     INTEGER NOT NULL,
    client_address  TEXT NOT NULL,
    client_port     INTEGER NOT NULL CHECK (client_port BETWEEN 0 AND 65535),
    helo            TEXT NOT NULL,
    protocol        TEXT NOT NULL,
    tls             TEXT NOT NULL,
    reverse_path    TEXT NOT NULL,                    -- '' is the null reverse-path
    smtputf8        INTEGER NOT NULL CHECK (smtputf8 IN (0, 1)),
    eight_bit       INTEGER NOT NULL CHECK (eight_bit IN (0, 1)),
    recipients      TEXT NOT NULL,                    -- a JSON array
    size            INTEGER NOT NULL CHECK (size >= 0),
    sha256          BLOB NOT NULL CHECK (length(sha256) = 32),
    acknowledgement         TEXT NOT NULL DEFAULT 'pending'
                            CHECK (acknowledgement = 'pending' OR acknowledgement = 'queued' OR acknowledgement = 'sent'
                                   OR acknowledgement = 'unknown' OR acknowledgement = 'failed' OR acknowledgement = 'held'
                                   OR acknowledgement = 'suppressed'),
    acknowledgement_reason  TEXT NOT NULL DEFAULT '',
    acknowledgement_sent_at INTEGER
, relay TEXT, origin_address TEXT, origin_helo TEXT, origin_reverse_path TEXT) STRICT;

CREATE INDEX messages_of_cases ON messages (case_id, id) WHERE case_id != id;

CREATE TABLE octets (
    id      INTEGER PRIMARY KEY,
    octets  BLOB NOT NULL
) STRICT;

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
    granted_network  TEXT, granted_signer TEXT, urgency INTEGER NOT NULL DEFAULT 2 CHECK (urgency IN (0, 1, 2)),
    CHECK ((automatic = 1) = (granted_sender IS NOT NULL))
) STRICT;

CREATE INDEX outbox_by_message ON outbox (message_id);

CREATE INDEX outbox_due ON outbox (urgency, due_at) WHERE state = 'queued';

CREATE INDEX outbox_granted ON outbox (created_at) WHERE automatic = 1;

CREATE INDEX outbox_granted_domain ON outbox (granted_domain, created_at) WHERE automatic = 1;

CREATE INDEX outbox_granted_network ON outbox (granted_network, created_at) WHERE automatic = 1;

CREATE INDEX outbox_granted_sender ON outbox (granted_sender, created_at) WHERE automatic = 1;

CREATE INDEX outbox_granted_signer ON outbox (granted_signer, created_at) WHERE automatic = 1;

CREATE UNIQUE INDEX outbox_one_acknowledgement ON outbox (message_id) WHERE automatic = 1;

CREATE TABLE reference_key (
    id      INTEGER PRIMARY KEY CHECK (id = 1),
    secret  BLOB NOT NULL CHECK (length(secret) = 16)
) STRICT;

CREATE TABLE reference_runs (
    first_position    INTEGER PRIMARY KEY CHECK (first_position BETWEEN 0 AND 1099511627775),
    first_message_id  INTEGER NOT NULL UNIQUE
) STRICT;

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

CREATE INDEX refused_by_network ON refused (network, last_at);

CREATE INDEX refused_by_time ON refused (last_at);

CREATE VIRTUAL TABLE search USING fts5 (
    subject, sender, text,
    content = '', tokenize = 'unicode61 remove_diacritics 2'
);

CREATE TABLE 'search_config'(k PRIMARY KEY, v) WITHOUT ROWID;

CREATE TABLE 'search_data'(id INTEGER PRIMARY KEY, block BLOB);

CREATE TABLE 'search_docsize'(id INTEGER PRIMARY KEY, sz BLOB);

CREATE TABLE 'search_idx'(segid, term, pgno, PRIMARY KEY(segid, term)) WITHOUT ROWID;

CREATE TABLE sketches (
    message_id  INTEGER PRIMARY KEY REFERENCES messages (id),
    campaign    INTEGER NOT NULL,                  -- 0: of none
    sender      INTEGER NOT NULL,
    recipient   INTEGER NOT NULL,
    verified    INTEGER NOT NULL CHECK (verified IN (0, 1)),
    machine     INTEGER NOT NULL CHECK (machine IN (0, 1)),
    sketch      BLOB NOT NULL
) STRICT;

CREATE INDEX sketches_of_campaigns ON sketches (campaign) WHERE campaign != 0;

CREATE TABLE token_keys (
    id          INTEGER PRIMARY KEY CHECK (id BETWEEN 0 AND 31),
    generation  INTEGER NOT NULL UNIQUE,              -- the highest signs
    secret      BLOB NOT NULL CHECK (length(secret) = 32),
    created_at  INTEGER NOT NULL
) STRICT;

CREATE TABLE verifications (
    id      INTEGER PRIMARY KEY,
    at      INTEGER NOT NULL,                         -- when it ended
    faults  INTEGER NOT NULL CHECK (faults >= 0)
) STRICT;

