-- Conversations that were opened or written in.
INSERT INTO conversation_sides (tenant, conversation_id, member_id, other_id, opened_at, last_activity_at)
SELECT * FROM unnest($1::text[], $2::uuid[], $3::uuid[], $4::uuid[], $5::bigint[], $6::bigint[])
ON CONFLICT (tenant, conversation_id, member_id) DO UPDATE
SET opened_at = COALESCE(conversation_sides.opened_at, EXCLUDED.opened_at),
    last_activity_at = GREATEST(conversation_sides.last_activity_at, EXCLUDED.last_activity_at)
