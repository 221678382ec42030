-- How often each reaction was given to each of these posts, and whether by this member.
SELECT
    counts.post_id AS "post_id!",
    counts.reaction AS "reaction!",
    counts.count AS "count!",
    own.member_id IS NOT NULL AS "yours!"
FROM post_reaction_counts_v1 AS counts
LEFT JOIN post_reactions_v1 AS own
    ON own.tenant = counts.tenant
    AND own.post_id = counts.post_id
    AND own.reaction = counts.reaction
    AND own.member_id = $3
WHERE counts.tenant = $1 AND counts.post_id = ANY($2)
ORDER BY counts.post_id, counts.reaction
