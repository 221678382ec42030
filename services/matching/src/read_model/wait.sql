-- Since when a member has been waiting, whatever a round asked in their name.
SELECT since
FROM mentor_waits_v1
WHERE tenant = $1 AND member_id = $2
