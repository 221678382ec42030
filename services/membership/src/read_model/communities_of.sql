SELECT member_id AS "member_id!", community_id AS "community_id!"
FROM roster_members_v1
WHERE tenant = $1 AND member_id = ANY($2) AND state = 3
