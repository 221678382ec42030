-- How much each mentor looks after; numbers only.
SELECT
    m.member_id AS "member_id!",
    m.capacity AS "capacity!",
    m.trained AS "trained!",
    m.paused AS "paused!",
    load.active AS "active!",
    load.recent AS "recent!"
FROM mentors_v1 m
CROSS JOIN LATERAL (
    SELECT
        count(*) FILTER (WHERE p.state = 2) AS active,
        count(*) FILTER (WHERE p.accepted_at > $2) AS recent
    FROM pairings_v2 p
    WHERE p.tenant = m.tenant AND p.mentor_id = m.member_id
) load
WHERE m.tenant = $1 AND m.enrolled AND NOT m.erased
ORDER BY load.active DESC, load.recent DESC, m.member_id
LIMIT 10000
