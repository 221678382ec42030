INSERT INTO thread_totals (tenant, thread_id, replies)
SELECT * FROM unnest($1::text[], $2::uuid[], $3::bigint[])
ON CONFLICT (tenant, thread_id) DO UPDATE
SET replies = thread_totals.replies + EXCLUDED.replies
