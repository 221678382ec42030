INSERT INTO post_versions (tenant, post_id, version, title, text, written_at)
SELECT * FROM unnest($1::text[], $2::uuid[], $3::bigint[], $4::text[], $5::text[], $6::bigint[])
