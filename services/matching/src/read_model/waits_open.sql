-- Those who wait for a round, longest first.
SELECT
    member_id AS "member_id!",
    since AS "since!"
FROM mentor_waits_v1
WHERE tenant = $1 AND since IS NOT NULL AND mentor_id IS NULL
ORDER BY since, member_id
LIMIT 20000
