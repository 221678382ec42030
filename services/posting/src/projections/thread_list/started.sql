-- Threads that started in this batch, as they stand at its end.
INSERT INTO threads (
    tenant, thread_id, community_id, author_id, title, started_at, last_activity_at, replies, deleted, author_erased
)
SELECT * FROM unnest(
    $1::text[], $2::uuid[], $3::uuid[], $4::uuid[], $5::text[], $6::bigint[], $7::bigint[], $8::bigint[], $9::bool[],
    $10::bool[]
)
ON CONFLICT (tenant, thread_id) DO UPDATE
SET title = EXCLUDED.title,
    started_at = EXCLUDED.started_at,
    last_activity_at = GREATEST(threads.last_activity_at, EXCLUDED.last_activity_at),
    replies = threads.replies + EXCLUDED.replies,
    deleted = EXCLUDED.deleted,
    author_erased = EXCLUDED.author_erased
