-- Where replicas share the tenants among them, each writes down those that it holds: a round
-- says whose it is. One process alone is replica 0 of 1.
ALTER TABLE index_snapshot_round
    DROP COLUMN only_one,
    ADD COLUMN replicas integer NOT NULL DEFAULT 1,
    ADD COLUMN copies integer NOT NULL DEFAULT 1,
    ADD COLUMN replica integer NOT NULL DEFAULT 0,
    ADD PRIMARY KEY (replicas, copies, replica);
