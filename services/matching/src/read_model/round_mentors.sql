-- Mentors who take people: their places, how many are taken, how many questions of rounds
-- are open, and how many new people they had lately.
SELECT
    m.member_id AS "member_id!",
    m.capacity AS "capacity!",
    load.active AS "active!",
    load.open AS "open!",
    load.recent AS "recent!"
FROM mentors_v1 m
CROSS JOIN LATERAL (
    SELECT
        count(*) FILTER (WHERE p.state = 2) AS active,
        count(*) FILTER (WHERE p.state = 1 AND p.round_id IS NOT NULL) AS open,
        count(*) FILTER (WHERE p.accepted_at > $2) AS recent
    FROM pairings_v2 p
    WHERE p.tenant = m.tenant AND p.mentor_id = m.member_id
) load
WHERE m.tenant = $1 AND m.enrolled AND m.trained AND NOT m.paused AND NOT m.erased
ORDER BY m.member_id
LIMIT 10000
