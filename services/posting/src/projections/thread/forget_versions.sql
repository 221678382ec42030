DELETE FROM post_versions
USING unnest($1::text[], $2::uuid[]) AS gone (tenant, post_id)
WHERE post_versions.tenant = gone.tenant AND post_versions.post_id = gone.post_id
