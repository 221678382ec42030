-- What rounds asked before a moment and nobody has answered.
SELECT
    member_id AS "member_id!",
    mentor_id AS "mentor_id!",
    round_id AS "round_id!"
FROM mentor_waits_v1
WHERE tenant = $1 AND since IS NOT NULL AND proposed_at < $2
ORDER BY proposed_at, member_id
LIMIT 1000
