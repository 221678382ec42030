-- Replies of a thread in the order in which they were accepted, behind a place.
SELECT
    post_id AS "post_id!",
    thread_id AS "thread_id!",
    community_id AS "community_id!",
    author_id AS "author_id!",
    parent_id,
    title,
    text,
    mentioned_ids AS "mentioned_ids!",
    written_at AS "written_at!",
    edited_at,
    deleted_at,
    removal_reason,
    author_erased AS "author_erased!",
    sequence AS "sequence!",
    0::bigint AS "replies!"
FROM posts_v1
WHERE tenant = $1 AND thread_id = $2 AND post_id <> $2 AND sequence > $3
ORDER BY sequence
LIMIT $4
