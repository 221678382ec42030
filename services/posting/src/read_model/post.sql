-- One post; of a thread also how many replies it has.
SELECT
    posts.post_id AS "post_id!",
    posts.thread_id AS "thread_id!",
    posts.community_id AS "community_id!",
    posts.author_id AS "author_id!",
    posts.parent_id,
    posts.title,
    posts.text,
    posts.mentioned_ids AS "mentioned_ids!",
    posts.written_at AS "written_at!",
    posts.edited_at,
    posts.deleted_at,
    posts.removal_reason,
    posts.author_erased AS "author_erased!",
    posts.sequence AS "sequence!",
    COALESCE(totals.replies, 0) AS "replies!"
FROM posts_v1 AS posts
LEFT JOIN thread_totals_v1 AS totals ON totals.tenant = posts.tenant AND totals.thread_id = posts.post_id
WHERE posts.tenant = $1 AND posts.post_id = $2
