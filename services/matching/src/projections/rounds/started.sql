-- Rounds that this batch starts; one is started once.
INSERT INTO rounds (tenant, round_id, mode, started_at)
SELECT * FROM unnest($1::text[], $2::uuid[], $3::smallint[], $4::bigint[])
