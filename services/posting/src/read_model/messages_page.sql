-- Messages of a conversation before a place in the log, the newest first.
SELECT
    message_id AS "message_id!",
    author_id AS "author_id!",
    text,
    written_at AS "written_at!",
    deleted_at,
    author_erased AS "author_erased!",
    sequence AS "sequence!"
FROM messages_v1
WHERE tenant = $1 AND conversation_id = $2 AND sequence < $3
ORDER BY sequence DESC
LIMIT $4
