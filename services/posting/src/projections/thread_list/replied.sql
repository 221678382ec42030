-- Replies to threads that started before this batch.
INSERT INTO threads (
    tenant, thread_id, community_id, author_id, last_activity_at, replies, deleted, author_erased
)
SELECT tenant, thread_id, community_id, author_id, last_activity_at, replies, FALSE, FALSE
FROM unnest($1::text[], $2::uuid[], $3::uuid[], $4::uuid[], $5::bigint[], $6::bigint[])
    AS new (tenant, thread_id, community_id, author_id, last_activity_at, replies)
ON CONFLICT (tenant, thread_id) DO UPDATE
SET last_activity_at = GREATEST(threads.last_activity_at, EXCLUDED.last_activity_at),
    replies = threads.replies + EXCLUDED.replies
