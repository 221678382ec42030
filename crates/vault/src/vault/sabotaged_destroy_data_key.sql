-- Promise 6 broken on purpose: the row is marked, the wrapped key stays.
INSERT INTO data_keys (tenant, key_id, member, wrapped, created_at, destroyed_at)
VALUES ($1, $2, $3, NULL, to_timestamp($4::double precision / 1000), to_timestamp($4::double precision / 1000))
ON CONFLICT (tenant, member) DO UPDATE
SET destroyed_at = COALESCE(data_keys.destroyed_at, EXCLUDED.destroyed_at)
RETURNING key_id, round(extract(epoch FROM destroyed_at) * 1000)::bigint
