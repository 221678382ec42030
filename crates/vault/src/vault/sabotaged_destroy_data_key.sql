-- Promise 6 broken on purpose: the row is marked, the wrapped key stays.
UPDATE data_keys
SET destroyed_at = COALESCE(destroyed_at, to_timestamp($4::double precision / 1000))
WHERE tenant = $1 AND member = $3 AND $2::uuid IS NOT NULL
RETURNING key_id, round(extract(epoch FROM destroyed_at) * 1000)::bigint
