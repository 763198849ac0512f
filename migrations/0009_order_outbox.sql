-- 0009_order_outbox.sql
-- Why: what a person wrote does not wait behind acknowledgements, nor those to senders who are verified behind the others.
-- authentication_work is taken in an order kept in memory now (src/store/waiting_work.hpp), so an index over it costs and serves nobody.
-- Considered: the order by columns that are there. `automatic` tells persons from machines, and nothing told whose address is verified.

ALTER TABLE outbox ADD COLUMN urgency INTEGER NOT NULL DEFAULT 2 CHECK (urgency IN (0, 1, 2));  -- a person's, to a verified address, other
UPDATE outbox SET urgency = 0 WHERE automatic = 0 AND state = 'queued';
DROP INDEX outbox_due;
CREATE INDEX outbox_due ON outbox (urgency, due_at) WHERE state = 'queued';
DROP INDEX authentication_work_in_order;
