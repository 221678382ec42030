SELECT blocked_id AS "blocked_id!"
FROM blocks_v1
WHERE tenant = $1 AND member_id = $2 AND blocked
ORDER BY blocked_id
LIMIT 1000
