SELECT
    item_id AS "item_id!",
    kind AS "kind!",
    actor_id AS "actor_id!",
    subject_id AS "subject_id!",
    thread_id,
    community_id,
    declined AS "declined!",
    added_at AS "added_at!",
    read AS "read!"
FROM inbox_items_v1
WHERE tenant = $1
    AND member_id = $2
    AND NOT read
    AND (added_at, item_id) < ($3, $4)
ORDER BY added_at DESC, item_id DESC
LIMIT $5
