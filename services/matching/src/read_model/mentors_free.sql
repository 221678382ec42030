-- Mentors who take people and have a place. Left out: whoever was given enough new people
-- lately, and whoever the viewer may not ask now, be the question open (1), declined (3),
-- going on (2) or too young to be put again: the viewer cannot tell which. What a round
-- asked in their name keeps nobody from them unless it began.
SELECT
    m.member_id AS "member_id!",
    m.about,
    m.capacity AS "capacity!",
    load.active AS "active!"
FROM mentors_v1 m
CROSS JOIN LATERAL (
    SELECT
        count(*) FILTER (WHERE p.state = 2) AS active,
        count(*) FILTER (WHERE p.accepted_at > $3) AS recent
    FROM pairings_v2 p
    WHERE p.tenant = m.tenant AND p.mentor_id = m.member_id
) load
WHERE m.tenant = $1
    AND m.member_id <> $2
    AND m.enrolled
    AND m.trained
    AND NOT m.paused
    AND NOT m.erased
    AND load.active < m.capacity
    AND load.recent < $4
    AND NOT EXISTS (
        SELECT
        FROM pairings_v2 p
        WHERE p.tenant = $1
            AND p.mentee_id = $2
            AND p.mentor_id = m.member_id
            AND (p.state IN (1, 2, 3) OR p.asked_at > $5)
            AND (p.round_id IS NULL OR p.state IN (2, 5))
    )
ORDER BY load.active, m.member_id
LIMIT 2000
