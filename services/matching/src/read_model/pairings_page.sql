-- Pairings of a member, the newest question first, behind a place, each with the last
-- check-in of either side. Whoever asked sees a declined one (3) as open (1), with no trace
-- of an answer; the mentor no longer sees the note of one that was taken back (4). With
-- somebody whom the member blocked or who is gone, only a pairing that goes on (2) is
-- shown, so that it can be ended, and no words. What a round asked in the mentee's name
-- they see once it began (2, 5).
SELECT
    p.pairing_id AS "pairing_id!",
    p.mentee_id AS "mentee_id!",
    p.mentor_id AS "mentor_id!",
    p.state AS "state!",
    CASE WHEN NOT p.muted THEN p.note END AS note,
    p.asked_at AS "asked_at!",
    CASE WHEN p.state IN (2, 5) THEN p.accepted_at END AS accepted_at,
    CASE WHEN p.state = 5 THEN p.ended_at END AS ended_at,
    CASE WHEN p.state = 5 AND p.ended_by = $2 THEN p.reason END AS reason,
    mentee_said.mood AS "mentee_mood?",
    CASE WHEN NOT p.muted THEN mentee_said.note END AS mentee_note,
    mentee_said.said_at AS "mentee_said_at?",
    mentor_said.mood AS "mentor_mood?",
    CASE WHEN NOT p.muted THEN mentor_said.note END AS mentor_note,
    mentor_said.said_at AS "mentor_said_at?"
FROM (
    (
        SELECT
            pairing_id,
            mentee_id,
            mentor_id,
            CASE WHEN state = 3 THEN 1::smallint ELSE state END AS state,
            note,
            asked_at,
            accepted_at,
            ended_at,
            ended_by,
            reason,
            mentor_id = ANY ($6::uuid[]) AS muted
        FROM pairings_v2
        WHERE tenant = $1
            AND mentee_id = $2
            AND (round_id IS NULL OR state IN (2, 5))
            AND (state = 2 OR NOT (mentor_erased OR mentor_id = ANY ($6::uuid[])))
            AND (asked_at, pairing_id) < ($3, $4)
        ORDER BY asked_at DESC, pairing_id DESC
        LIMIT $5
    )
    UNION ALL
    (
        SELECT
            pairing_id,
            mentee_id,
            mentor_id,
            state,
            CASE WHEN state <> 4 THEN note END AS note,
            asked_at,
            accepted_at,
            ended_at,
            ended_by,
            reason,
            mentee_id = ANY ($6::uuid[]) AS muted
        FROM pairings_v2
        WHERE tenant = $1
            AND mentor_id = $2
            AND (state = 2 OR NOT (mentee_erased OR mentee_id = ANY ($6::uuid[])))
            AND (asked_at, pairing_id) < ($3, $4)
        ORDER BY asked_at DESC, pairing_id DESC
        LIMIT $5
    )
) AS p
LEFT JOIN LATERAL (
    SELECT c.mood, c.note, c.said_at
    FROM check_ins_v2 c
    WHERE c.tenant = $1
        AND c.pairing_id = p.pairing_id
        AND c.written_by = p.mentee_id
        AND c.said_at >= p.asked_at
        AND p.state IN (2, 5)
    ORDER BY c.said_at DESC, c.check_in_id DESC
    LIMIT 1
) AS mentee_said ON true
LEFT JOIN LATERAL (
    SELECT c.mood, c.note, c.said_at
    FROM check_ins_v2 c
    WHERE c.tenant = $1
        AND c.pairing_id = p.pairing_id
        AND c.written_by = p.mentor_id
        AND c.said_at >= p.asked_at
        AND p.state IN (2, 5)
    ORDER BY c.said_at DESC, c.check_in_id DESC
    LIMIT 1
) AS mentor_said ON true
ORDER BY p.asked_at DESC, p.pairing_id DESC
LIMIT $5
