-- How often rounds since a moment asked each mentor who takes people.
SELECT count(p.pairing_id) AS "exposures!"
FROM mentors_v1 m
LEFT JOIN pairings_v2 p
    ON p.tenant = m.tenant
    AND p.mentor_id = m.member_id
    AND p.round_id IS NOT NULL
    AND p.asked_at > $2
WHERE m.tenant = $1 AND m.enrolled AND m.trained AND NOT m.erased
GROUP BY m.member_id
