-- Threads of a community, the one with the newest activity first, behind a place.
SELECT
    thread_id AS "thread_id!",
    community_id AS "community_id!",
    title,
    author_id AS "author_id!",
    started_at AS "started_at!",
    last_activity_at AS "last_activity_at!",
    replies AS "replies!",
    author_erased AS "author_erased!"
FROM threads_v1
WHERE tenant = $1
    AND community_id = $2
    AND NOT deleted
    AND started_at IS NOT NULL
    AND (last_activity_at, thread_id) < ($3, $4)
ORDER BY last_activity_at DESC, thread_id DESC
LIMIT $5
