-- Posts of earlier batches that were taken out: no word of theirs stays.
UPDATE posts
SET title = NULL,
    text = NULL,
    mentioned_ids = '{}',
    deleted_at = gone.deleted_at,
    deleted_by = gone.deleted_by,
    removal_reason = gone.removal_reason,
    author_erased = posts.author_erased OR gone.author_erased
FROM unnest($1::text[], $2::uuid[], $3::bigint[], $4::uuid[], $5::text[], $6::bool[])
    AS gone (tenant, post_id, deleted_at, deleted_by, removal_reason, author_erased)
WHERE posts.tenant = gone.tenant AND posts.post_id = gone.post_id
