-- What the index holds of a tenant, so that a start need not read the log from its first
-- event. Disposable like a projection: what is not whole, or does not fit, is not read.
-- Chunks hold what people who consent wrote; the redactor takes whoever is erased out of
-- them. No reader of a tenant has a grant.

CREATE TABLE index_snapshots (
    tenant text NOT NULL,
    number bigint GENERATED ALWAYS AS IDENTITY,
    format integer NOT NULL,
    cohort_floor integer NOT NULL,
    boosts bigint NOT NULL,
    code_system bigint NOT NULL,
    membership_stream text NOT NULL,
    membership_position bigint NOT NULL,
    matching_stream text NOT NULL,
    matching_position bigint NOT NULL,
    -- Checksum of the weights that were fixed by then.
    weights bytea NOT NULL,
    suspended boolean NOT NULL,
    chunks integer NOT NULL,
    checksums bytea[] NOT NULL DEFAULT '{}',
    -- False while it is being written.
    whole boolean NOT NULL DEFAULT false,
    PRIMARY KEY (tenant, number)
);

CREATE TABLE index_snapshot_chunks (
    tenant text NOT NULL,
    number bigint NOT NULL,
    chunk integer NOT NULL,
    content bytea NOT NULL,
    PRIMARY KEY (tenant, number, chunk)
);
-- Packed as it comes; to compress it again would cost more than it saves.
ALTER TABLE index_snapshot_chunks ALTER COLUMN content SET STORAGE EXTERNAL;

-- Which tenants there were at a position: whoever is not among them had no event before it.
CREATE TABLE index_snapshot_round (
    only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one),
    membership_stream text NOT NULL,
    membership_position bigint NOT NULL,
    matching_stream text NOT NULL,
    matching_position bigint NOT NULL,
    tenants text[] NOT NULL
);

ALTER TABLE index_snapshots ENABLE ROW LEVEL SECURITY;
ALTER TABLE index_snapshots FORCE ROW LEVEL SECURITY;
CREATE POLICY projector ON index_snapshots TO kindred_projector USING (true) WITH CHECK (true);
ALTER TABLE index_snapshot_chunks ENABLE ROW LEVEL SECURITY;
ALTER TABLE index_snapshot_chunks FORCE ROW LEVEL SECURITY;
CREATE POLICY projector ON index_snapshot_chunks TO kindred_projector USING (true) WITH CHECK (true);

GRANT SELECT, INSERT, UPDATE, DELETE ON index_snapshots, index_snapshot_chunks, index_snapshot_round
    TO kindred_projector;
