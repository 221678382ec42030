-- Those of these threads that stand and whose author is a member.
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
    AND thread_id = ANY($3)
    AND NOT deleted
    AND NOT author_erased
    AND started_at IS NOT NULL
