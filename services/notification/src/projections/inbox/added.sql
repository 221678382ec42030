INSERT INTO inbox_items (
    tenant, item_id, member_id, kind, actor_id, subject_id, thread_id, community_id, declined, added_at, read
)
SELECT tenant, item_id, member_id, kind, actor_id, subject_id, thread_id, community_id, declined, added_at, false
FROM unnest(
    $1::text[], $2::uuid[], $3::uuid[], $4::text[], $5::uuid[], $6::uuid[], $7::uuid[], $8::uuid[], $9::boolean[],
    $10::bigint[]
) AS new (
    tenant, item_id, member_id, kind, actor_id, subject_id, thread_id, community_id, declined, added_at
)
