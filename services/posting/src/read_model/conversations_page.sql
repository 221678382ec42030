-- Conversations that a member has not left, the newest activity first, behind a place,
-- each with its newest message.
SELECT
    side.conversation_id AS "conversation_id!",
    side.other_id AS "other_id!",
    side.opened_at AS "opened_at!",
    side.last_activity_at AS "last_activity_at!",
    side.left_sequence,
    other.left_sequence IS NOT NULL AS "other_left!",
    last.message_id AS "last_message_id?",
    last.author_id AS "last_author_id?",
    last.text AS "last_text?",
    last.written_at AS "last_written_at?",
    last.deleted_at AS "last_deleted_at?",
    last.author_erased AS "last_author_erased?",
    last.sequence AS "last_sequence?"
FROM (
    SELECT * FROM conversation_sides_v1
    WHERE tenant = $1
        AND member_id = $2
        AND left_sequence IS NULL
        AND opened_at IS NOT NULL
        AND (last_activity_at, conversation_id) < ($3, $4)
    ORDER BY last_activity_at DESC, conversation_id DESC
    LIMIT $5
) AS side
JOIN conversation_sides_v1 AS other
    ON other.tenant = side.tenant
    AND other.conversation_id = side.conversation_id
    AND other.member_id = side.other_id
LEFT JOIN LATERAL (
    SELECT * FROM messages_v1 AS messages
    WHERE messages.tenant = side.tenant AND messages.conversation_id = side.conversation_id
    ORDER BY messages.sequence DESC
    LIMIT 1
) AS last ON TRUE
ORDER BY side.last_activity_at DESC, side.conversation_id DESC
