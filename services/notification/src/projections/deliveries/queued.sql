INSERT INTO deliveries (tenant, delivery_id, member_id, kind, state, attempts, last_code, queued_at, due_at)
SELECT tenant, delivery_id, member_id, kind, 'due', 0, NULL, queued_at, queued_at
FROM unnest($1::text[], $2::uuid[], $3::uuid[], $4::text[], $5::bigint[])
    AS new (tenant, delivery_id, member_id, kind, queued_at)
