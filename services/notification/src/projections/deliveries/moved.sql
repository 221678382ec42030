UPDATE deliveries
SET state = moved.state,
    attempts = coalesce(moved.attempts, deliveries.attempts),
    last_code = coalesce(moved.last_code, deliveries.last_code),
    due_at = moved.due_at
FROM unnest($1::text[], $2::uuid[], $3::text[], $4::integer[], $5::text[], $6::bigint[])
    AS moved (tenant, delivery_id, state, attempts, last_code, due_at)
WHERE deliveries.tenant = moved.tenant
    AND deliveries.delivery_id = moved.delivery_id
