-- A snapshot holds what people did with others, too, and so stands at a position of posting's
-- log. One that was written before names no such log, and is refused.
ALTER TABLE index_snapshots
    ADD COLUMN posting_stream text NOT NULL DEFAULT '',
    ADD COLUMN posting_position bigint NOT NULL DEFAULT 0;
ALTER TABLE index_snapshot_round
    ADD COLUMN posting_stream text NOT NULL DEFAULT '',
    ADD COLUMN posting_position bigint NOT NULL DEFAULT 0;
