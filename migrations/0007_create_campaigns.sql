-- 0007_create_campaigns.sql
-- Why: copies of one message, a thousand of them, are one line for who works on the queue. Each stays a case of its own with
-- its octets, its reference and its history; that it is folded behind another one is a column, and taken back by one row.
-- Considered: moving the messages into one case, as follow-ups are. What a person finds to be no part of it could then
-- not be taken out again, and a case of a hundred thousand messages is not read by anybody.

ALTER TABLE cases ADD COLUMN campaign INTEGER;     -- the case that stands for it; this one itself: it does. Else folded behind it
ALTER TABLE cases ADD COLUMN resembles INTEGER;    -- a case that this one is like, without being folded
ALTER TABLE cases ADD COLUMN muted_until INTEGER;  -- what stands for a campaign is away from the queue until then

CREATE INDEX cases_of_campaigns ON cases (campaign, id) WHERE campaign IS NOT NULL;
CREATE INDEX cases_for_campaigns ON cases (id) WHERE campaign = id;
CREATE INDEX cases_muted ON cases (muted_until) WHERE muted_until IS NOT NULL;

-- What the one who gathers campaigns is to look at: a message that was assessed, or something that a person undid.
CREATE TABLE gathering_work (
    message_id  INTEGER PRIMARY KEY REFERENCES messages (id),
    act         TEXT NOT NULL DEFAULT 'place'      -- again: more is known of its sender than when it was placed
                CHECK (act = 'place' OR act = 'again' OR act = 'forget' OR act = 'forget_campaign')
) STRICT;

-- What new messages are compared with, so that a campaign is known again after a restart. Hashes alone: nothing can be read from it.
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
