INSERT INTO blocks (tenant, member_id, blocked_id, blocked)
SELECT * FROM unnest($1::text[], $2::uuid[], $3::uuid[], $4::boolean[])
ON CONFLICT (tenant, member_id, blocked_id) DO UPDATE SET blocked = EXCLUDED.blocked
