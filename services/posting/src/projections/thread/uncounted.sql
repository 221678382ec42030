DELETE FROM post_reaction_counts
USING unnest($1::text[], $2::uuid[]) AS touched (tenant, post_id)
WHERE post_reaction_counts.tenant = touched.tenant
    AND post_reaction_counts.post_id = touched.post_id
    AND post_reaction_counts.count = 0
