-- 0008_add_origins.sql
-- Why: behind a relay of ours the client and the reverse-path that SMTP told are the relay's. What that relay met is known when the
-- message is read, and it is whom a reply goes to and whose network is counted.
-- Considered: rewriting client_address and reverse_path. They are what SMTP said, and a repeat is known by them.

ALTER TABLE messages ADD COLUMN relay TEXT;                -- what the configuration called it; NULL: it came by none
ALTER TABLE messages ADD COLUMN origin_address TEXT;       -- these three with it, as that relay met them
ALTER TABLE messages ADD COLUMN origin_helo TEXT;
ALTER TABLE messages ADD COLUMN origin_reverse_path TEXT;
