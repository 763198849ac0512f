-- 0010_create_known_networks.sql
-- Why: the last part of the disk takes mail from networks that sent verified mail in the last 90 days, and a start must know them without
-- reading the verdicts of 90 days. Written with a verdict, at most once a day for a network: intake writes nothing more.
-- Considered: the networks in text. Nobody but the program asks for them, and there may be very many.

CREATE TABLE known_networks (
    network      INTEGER PRIMARY KEY,                 -- core::network_key() of a /24 or /48
    verified_at  INTEGER NOT NULL
) STRICT;
