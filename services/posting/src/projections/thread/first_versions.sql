-- Posts of earlier batches that are edited for the first time keep what they said.
INSERT INTO post_versions (tenant, post_id, version, title, text, written_at)
SELECT posts.tenant, posts.post_id, 1, posts.title, posts.text, posts.written_at
FROM unnest($1::text[], $2::uuid[]) AS edited (tenant, post_id)
JOIN posts ON posts.tenant = edited.tenant AND posts.post_id = edited.post_id
WHERE posts.edited_at IS NULL
