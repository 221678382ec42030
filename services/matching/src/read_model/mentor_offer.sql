-- A member's own offer, and how many they look after.
SELECT
    m.about,
    m.capacity AS "capacity!",
    m.trained AS "trained!",
    m.paused AS "paused!",
    (
        SELECT count(*)
        FROM pairings_v2 p
        WHERE p.tenant = m.tenant AND p.mentor_id = m.member_id AND p.state = 2
    ) AS "active!"
FROM mentors_v1 m
WHERE m.tenant = $1 AND m.member_id = $2 AND m.enrolled AND NOT m.erased
