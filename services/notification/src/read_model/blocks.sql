SELECT EXISTS (
    SELECT
    FROM notice_blocks_v1
    WHERE tenant = $1
        AND ((member_id = $2 AND blocked_id = $3) OR (member_id = $3 AND blocked_id = $2))
) AS "blocked!"
