-- Whom those who wait may not be proposed: the question is open (1), goes on (2), was
-- declined (3), or is too young to be put again.
SELECT
    p.mentee_id AS "mentee_id!",
    p.mentor_id AS "mentor_id!"
FROM pairings_v2 p
JOIN mentor_waits_v1 w ON w.tenant = p.tenant AND w.member_id = p.mentee_id
WHERE p.tenant = $1
    AND w.since IS NOT NULL
    AND w.mentor_id IS NULL
    AND (p.state IN (1, 2, 3) OR p.asked_at > $2)
