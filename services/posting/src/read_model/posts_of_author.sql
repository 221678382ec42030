-- Newest posts of a member in these communities, in threads that still stand.
SELECT
    posts.post_id AS "post_id!",
    posts.thread_id AS "thread_id!",
    posts.community_id AS "community_id!",
    posts.author_id AS "author_id!",
    posts.parent_id,
    threads.title,
    posts.text,
    posts.mentioned_ids AS "mentioned_ids!",
    posts.written_at AS "written_at!",
    posts.edited_at,
    posts.deleted_at,
    posts.removal_reason,
    posts.author_erased AS "author_erased!",
    posts.sequence AS "sequence!",
    0::bigint AS "replies!"
FROM posts_v1 AS posts
JOIN posts_v1 AS threads ON threads.tenant = posts.tenant AND threads.post_id = posts.thread_id
WHERE posts.tenant = $1
    AND posts.author_id = $2
    AND posts.community_id = ANY($3)
    AND posts.deleted_at IS NULL
    AND NOT posts.author_erased
    AND threads.deleted_at IS NULL
ORDER BY posts.sequence DESC
LIMIT $4
