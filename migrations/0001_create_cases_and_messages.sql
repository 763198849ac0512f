-- 0001_create_cases_and_messages.sql
-- Why: what a 250 promises. One transaction makes the message, its octets, a case that is in the queue at once, the
-- work of assessing it and the first line of the case's history.
-- Every table and index grows at its end, or at a few places that every message shares: a commit of many messages then
-- writes few pages. So a reference is found by arithmetic (reference_runs) and a repeat in memory, for an index over random
-- keys would write a page of its own for each message. And words are checked one by one: for IN with more than two SQLite
-- builds a table of its own at every insert.

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
    due_order INTEGER GENERATED ALWAYS AS (ifnull(due_at, 9223372036854775807)) VIRTUAL,
    CHECK (code IS NULL OR state = 'closed')
) STRICT;

-- The queue reads the head of one range for each state, so its time does not depend on how many cases there are.
CREATE INDEX cases_by_pressure ON cases (list, state, rank, due_order, id);
CREATE INDEX cases_held ON cases (list, state, rank, due_order, id) WHERE held = 1;
CREATE INDEX cases_closed ON cases (category, updated_at) WHERE state = 'closed';
CREATE INDEX cases_answered ON cases (first_answered_at) WHERE first_answered_at IS NOT NULL;
CREATE INDEX cases_joined ON cases (joined_into) WHERE joined_into IS NOT NULL;

-- How many cases, events and outgoing mails there are of each kind, written with what changes them: counting a million
-- rows is not an answer in time. A key is words: 'case open new attack 0 0 0', 'event received first', 'outgoing queued'.
CREATE TABLE counts (
    key  TEXT PRIMARY KEY,
    n    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

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
) STRICT;

-- The first message of a case has the case's id: only the others need to be found.
CREATE INDEX messages_of_cases ON messages (case_id, id) WHERE case_id != id;

-- A message's reference is its position, encrypted with the key into 40 bits that tell nothing of it. Each
-- process begins a run of positions at a random place with its first message, so that a database brought back from a backup never gives again
-- what was given after it: message m of a run has the position first_position + (m - first_message_id).
CREATE TABLE reference_key (
    id      INTEGER PRIMARY KEY CHECK (id = 1),
    secret  BLOB NOT NULL CHECK (length(secret) = 16)
) STRICT;

CREATE TABLE reference_runs (
    first_position    INTEGER PRIMARY KEY CHECK (first_position BETWEEN 0 AND 1099511627775),
    first_message_id  INTEGER NOT NULL UNIQUE
) STRICT;

-- The octets of message m are the rows m * 65536 + 0, 1, 2, ... in order: no index beside the table itself.
CREATE TABLE octets (
    id      INTEGER PRIMARY KEY,
    octets  BLOB NOT NULL
) STRICT;

-- A row for every message that is not assessed yet. The owner is the process that reads it, 0 when none does; a row of
-- another process is free, because only one at a time holds the directory.
CREATE TABLE assessment_work (
    message_id   INTEGER PRIMARY KEY REFERENCES messages (id),
    attempts     INTEGER NOT NULL DEFAULT 0,
    owner        INTEGER NOT NULL DEFAULT 0
) STRICT;

-- The history of cases. Every figure we report is derived from it; `word` is what is counted, `detail` is for people.
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

CREATE INDEX events_by_case ON events (case_id, id);

CREATE TRIGGER events_are_not_edited BEFORE UPDATE ON events BEGIN
    SELECT RAISE(ABORT, 'events are append-only');
END;

CREATE TRIGGER events_are_not_deleted BEFORE DELETE ON events BEGIN
    SELECT RAISE(ABORT, 'events are append-only');
END;
