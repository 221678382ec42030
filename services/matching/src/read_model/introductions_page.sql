-- Introductions of a member, the newest question first, behind a place. Whoever asked
-- sees a declined one (3) as open (1), with no trace of an answer; whoever was asked no
-- longer sees the note of one that was taken back (4).
SELECT
    introduction_id AS "introduction_id!",
    from_id AS "from_id!",
    to_id AS "to_id!",
    state AS "state!",
    note,
    asked_at AS "asked_at!",
    answered_at
FROM (
    (
        SELECT
            introduction_id,
            from_id,
            to_id,
            CASE WHEN state = 3 THEN 1::smallint ELSE state END AS state,
            note,
            asked_at,
            CASE WHEN state = 2 THEN answered_at END AS answered_at
        FROM introductions_v1
        WHERE tenant = $1
            AND from_id = $2
            AND NOT to_erased
            AND to_id <> ALL ($6::uuid[])
            AND (asked_at, introduction_id) < ($3, $4)
        ORDER BY asked_at DESC, introduction_id DESC
        LIMIT $5
    )
    UNION ALL
    (
        SELECT
            introduction_id,
            from_id,
            to_id,
            state,
            CASE WHEN state <> 4 THEN note END AS note,
            asked_at,
            answered_at
        FROM introductions_v1
        WHERE tenant = $1
            AND to_id = $2
            AND NOT from_erased
            AND from_id <> ALL ($6::uuid[])
            AND (asked_at, introduction_id) < ($3, $4)
        ORDER BY asked_at DESC, introduction_id DESC
        LIMIT $5
    )
) AS both_sides
ORDER BY asked_at DESC, introduction_id DESC
LIMIT $5
