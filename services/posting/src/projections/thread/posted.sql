-- Posts that were written in this batch, as they stand at its end.
INSERT INTO posts (
    tenant, post_id, thread_id, community_id, author_id, parent_id, title, text, mentioned_ids, written_at,
    edited_at, deleted_at, deleted_by, removal_reason, author_erased, sequence
)
SELECT
    tenant, post_id, thread_id, community_id, author_id, parent_id, title, text,
    string_to_array(mentioned_ids, ',')::uuid[], written_at, edited_at, deleted_at, deleted_by, removal_reason,
    author_erased, sequence
FROM unnest(
    $1::text[], $2::uuid[], $3::uuid[], $4::uuid[], $5::uuid[], $6::uuid[], $7::text[], $8::text[], $9::text[],
    $10::bigint[], $11::bigint[], $12::bigint[], $13::uuid[], $14::text[], $15::bool[], $16::bigint[]
) AS new (
    tenant, post_id, thread_id, community_id, author_id, parent_id, title, text, mentioned_ids, written_at,
    edited_at, deleted_at, deleted_by, removal_reason, author_erased, sequence
)
