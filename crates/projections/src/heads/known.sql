SELECT tenant, entity, version, sequence, hash
FROM entity_heads
WHERE (tenant, entity) IN (SELECT * FROM unnest($1::text[], $2::text[]))
