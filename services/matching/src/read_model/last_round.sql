-- The round that was started last, with how many of those whom it asked said yes.
SELECT
    r.round_id AS "round_id!",
    r.mode AS "mode!",
    r.started_at AS "started_at!",
    r.finished_at,
    r.waiting,
    r.mentors,
    r.places,
    r.proposed,
    r.longest_wait_millis,
    (
        SELECT count(*)
        FROM pairings_v2 p
        WHERE p.tenant = r.tenant AND p.round_id = r.round_id AND p.state IN (2, 5)
    ) AS "accepted!"
FROM rounds_v1 r
WHERE r.tenant = $1
ORDER BY r.started_at DESC, r.round_id DESC
LIMIT 1
