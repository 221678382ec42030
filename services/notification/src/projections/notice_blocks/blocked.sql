INSERT INTO notice_blocks (tenant, member_id, blocked_id)
SELECT tenant, member_id, blocked_id
FROM unnest($1::text[], $2::uuid[], $3::uuid[]) AS new (tenant, member_id, blocked_id)
ON CONFLICT DO NOTHING
