SELECT member_id AS "member_id!", state AS "state!", role AS "role!", note, since AS "since!"
FROM roster_members_v1
WHERE tenant = $1 AND community_id = $2
    AND state = ANY($3)
    AND (since, member_id) > ($4, $5)
ORDER BY since, member_id
LIMIT $6
