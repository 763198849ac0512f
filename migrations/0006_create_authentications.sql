-- 0006_create_authentications.sql
-- Why: what is proven about a sender is found by asking the DNS, which may take minutes and is asked again when it fails, while a
-- person works on the case already. So it is work of its own, made with the assessment and not with the message: intake writes nothing more.
-- Considered: columns in assessments. A row that is written once and one that is rewritten minutes later do not belong together.

CREATE TABLE authentication_work (
    message_id  INTEGER PRIMARY KEY REFERENCES messages (id),
    decides     INTEGER NOT NULL CHECK (decides IN (0, 1)),      -- its acknowledgement waits for it
    due_at      INTEGER NOT NULL,
    attempts    INTEGER NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    postponed   INTEGER NOT NULL DEFAULT 0 CHECK (postponed >= 0),  -- attempts that ended without an answer
    owner       INTEGER NOT NULL DEFAULT 0,                      -- which process is at it; 0 none
    signatures  BLOB NOT NULL                                    -- what the reader of its octets found signed
) STRICT;

CREATE INDEX authentication_work_in_order ON authentication_work (decides DESC, due_at);

-- Not recomputed later: records and keys change.
CREATE TABLE authentications (
    message_id        INTEGER PRIMARY KEY REFERENCES messages (id),
    authenticated_at  INTEGER NOT NULL,
    verdict           TEXT NOT NULL                              -- JSON
) STRICT;

-- The d= of the signature that an acknowledgement was granted upon: whoever signs for many names answers for all of them.
ALTER TABLE outbox ADD COLUMN granted_signer TEXT;
CREATE INDEX outbox_granted_signer ON outbox (granted_signer, created_at) WHERE automatic = 1;

-- Nothing was ever checked before.
ALTER TABLE assessments DROP COLUMN verdict;
