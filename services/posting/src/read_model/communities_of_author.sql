-- Where a member has posts that can still be read; the most recent places first.
SELECT community_id AS "community_id!"
FROM posts_v1
WHERE tenant = $1 AND author_id = $2 AND deleted_at IS NULL AND NOT author_erased
GROUP BY community_id
ORDER BY MAX(sequence) DESC
LIMIT $3
