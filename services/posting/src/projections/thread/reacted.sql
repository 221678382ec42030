-- The last word of each member on each post in this batch (0 for none), and what that
-- changes in the counts. All parts of the statement see the rows as they stood before it.
WITH said AS (
    SELECT * FROM unnest($1::text[], $2::uuid[], $3::uuid[], $4::smallint[])
        AS said (tenant, post_id, member_id, reaction)
),
before AS (
    SELECT post_reactions.* FROM said
    JOIN post_reactions USING (tenant, post_id, member_id)
),
withdrawn AS (
    DELETE FROM post_reactions USING said
    WHERE said.reaction = 0
        AND post_reactions.tenant = said.tenant
        AND post_reactions.post_id = said.post_id
        AND post_reactions.member_id = said.member_id
),
kept AS (
    INSERT INTO post_reactions (tenant, post_id, member_id, reaction)
    SELECT tenant, post_id, member_id, reaction FROM said WHERE reaction <> 0
    ON CONFLICT (tenant, post_id, member_id) DO UPDATE SET reaction = EXCLUDED.reaction
)
INSERT INTO post_reaction_counts (tenant, post_id, reaction, count)
SELECT tenant, post_id, reaction, SUM(change)::bigint
FROM (
    SELECT tenant, post_id, reaction, 1 AS change FROM said WHERE reaction <> 0
    UNION ALL
    SELECT tenant, post_id, reaction, -1 FROM before
) AS changes
GROUP BY tenant, post_id, reaction
HAVING SUM(change) <> 0
ON CONFLICT (tenant, post_id, reaction) DO UPDATE
SET count = post_reaction_counts.count + EXCLUDED.count
