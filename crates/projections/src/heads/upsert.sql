INSERT INTO entity_heads (tenant, entity, version, sequence, hash)
SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[], $4::bigint[], $5::bytea[])
ON CONFLICT (tenant, entity) DO UPDATE
SET version = EXCLUDED.version, sequence = EXCLUDED.sequence, hash = EXCLUDED.hash
