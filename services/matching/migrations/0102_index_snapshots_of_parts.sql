-- Of a tenant that is split among replicas each writes down what it holds: '' is a whole tenant,
-- else which replica of how many, and on how many of them each part is.
ALTER TABLE index_snapshots ADD COLUMN holder text NOT NULL DEFAULT '';
-- The tenants that were split when a round was written: where others are split, its replicas
-- held something else.
ALTER TABLE index_snapshot_round ADD COLUMN split text[] NOT NULL DEFAULT '{}';
