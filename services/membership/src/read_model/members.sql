SELECT member_id AS "member_id!", handle, state AS "state!", roles AS "roles!"
FROM directory_members_v1
WHERE tenant = $1 AND member_id = ANY($2)
