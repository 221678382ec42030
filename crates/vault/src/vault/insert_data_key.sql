-- No row comes back if somebody else was faster.
INSERT INTO data_keys (tenant, key_id, member, wrapped, created_at)
VALUES ($1, $2, $3, $4, to_timestamp($5::double precision / 1000))
ON CONFLICT (tenant, member) DO NOTHING
RETURNING key_id
