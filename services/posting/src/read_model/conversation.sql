-- One conversation as one of its two members has it; its messages are read apart.
SELECT
    side.conversation_id AS "conversation_id!",
    side.other_id AS "other_id!",
    side.opened_at AS "opened_at!",
    side.last_activity_at AS "last_activity_at!",
    side.left_sequence,
    other.left_sequence IS NOT NULL AS "other_left!",
    NULL::uuid AS "last_message_id?",
    NULL::uuid AS "last_author_id?",
    NULL::text AS "last_text?",
    NULL::bigint AS "last_written_at?",
    NULL::bigint AS "last_deleted_at?",
    NULL::boolean AS "last_author_erased?",
    NULL::bigint AS "last_sequence?"
FROM conversation_sides_v1 AS side
JOIN conversation_sides_v1 AS other
    ON other.tenant = side.tenant
    AND other.conversation_id = side.conversation_id
    AND other.member_id = side.other_id
WHERE side.tenant = $1 AND side.conversation_id = $2 AND side.member_id = $3 AND side.opened_at IS NOT NULL
